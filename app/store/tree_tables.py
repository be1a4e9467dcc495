"""The tables of what was tried for each ask, and of what people picked of it."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, text

from app.store.columns import metadata, repository_column
from app.store.types import Json, Utc, Words

tree = Table(
    "tree",
    metadata,
    Column("ask_key", String(255), ForeignKey("ask.key", ondelete="CASCADE"), primary_key=True),
    repository_column(),
    Column("question", Words, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("min_score", Float(53), nullable=False),
    Column("tried", Json, nullable=False),
    Column("created_at", Utc, nullable=False, index=True),
    Column("drafts", Json, nullable=False, server_default=text("'[]'")),
    Column("more", Integer, nullable=False, server_default=text("0")),
)

# By the ask, since a tree is kept for a time and what was picked of it for good. Not by the reply:
# what hangs on one is computed anew when somebody takes an edit of it back.
pick = Table(
    "pick",
    metadata,
    Column("ask_key", String(255), ForeignKey("ask.key", ondelete="CASCADE"), primary_key=True),
    repository_column(),
    Column("chosen", Words, nullable=False),
    Column("others", Json, nullable=False),
    Column("taught", Json, nullable=False),
    Column("by_login", String(255), nullable=False),
    Column("at", Utc, nullable=False),
    Index(None, "repository_id"),
)
