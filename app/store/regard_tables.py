"""The table of what votes say of passages."""

from sqlalchemy import Column, Float, Index, Integer, String, Table

from app.store.columns import metadata, reply_column, repository_column
from app.store.types import Utc, Words

regard = Table(
    "regard",
    metadata,
    reply_column(primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    repository_column(),
    Column("path", Words, nullable=False),
    Column("digest", String(32), nullable=False),
    Column("mass", Float(53), nullable=False),
    Column("trust", Float(53), nullable=False),
    Column("at", Utc, nullable=False),
    Column("person", String(255), nullable=False),
    Column("url", Words, nullable=False),
    Index(None, "repository_id"),
)
