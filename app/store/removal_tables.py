"""The tables of what people took back. There is none of their words in them."""

from sqlalchemy import Column, ForeignKey, Index, String, Table

from app.store.columns import metadata, repository_column
from app.store.types import Id, Utc

removal = Table(
    "removal",
    metadata,
    Column("id", Id, primary_key=True),
    repository_column(),
    # By it the same order, delivered twice, is one.
    Column("key", String(255), nullable=False, unique=True),
    Column("reply_id", Id, ForeignKey("reply.id", ondelete="CASCADE")),
    Column("person_id", Id),
    Column("at", Utc, nullable=False),
    Column("done_at", Utc),
    Index(None, "repository_id"),
    sqlite_autoincrement=True,
)

opt_out = Table(
    "opt_out",
    metadata,
    repository_column(primary_key=True),
    Column("person_id", Id, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
)
