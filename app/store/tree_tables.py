"""The table of what was tried for each ask."""

from sqlalchemy import Column, Float, ForeignKey, String, Table

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
)
