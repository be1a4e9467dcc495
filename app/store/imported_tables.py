"""The table of preference rows that came from files."""

from sqlalchemy import JSON, Column, Float, Index, Integer, String, Table, UniqueConstraint

from app.store.columns import metadata, repository_column
from app.store.types import Id, Utc, Words

imported_row = Table(
    "imported_row",
    metadata,
    Column("id", Id, primary_key=True),
    repository_column(),
    Column("batch", String(32), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("number", Integer, nullable=False),
    Column("prompt", Words, nullable=False),
    Column("chosen", Words, nullable=False),
    Column("rejected", Words, nullable=False),
    Column("weight", Float(53), nullable=False),
    Column("consent", String(16), nullable=False),
    Column("people", JSON, nullable=False),
    Column("urls", JSON, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("imported_at", Utc, nullable=False),
    UniqueConstraint("repository_id", "digest"),
    Index(None, "repository_id", "batch"),
)
