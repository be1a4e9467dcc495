"""The table of the issues "What Treadle learned"."""

from sqlalchemy import Boolean, Column, Integer, String, Table

from app.store.columns import metadata, repository_column
from app.store.types import Json, Utc

learned_issue = Table(
    "learned_issue",
    metadata,
    repository_column(primary_key=True),
    Column("state", String(16), nullable=False),
    Column("asked", Boolean, nullable=False),
    Column("number", Integer, nullable=False),
    Column("node_id", String(255), nullable=False),
    Column("url", String(1024), nullable=False),
    Column("write", Integer, nullable=False),
    Column("ticked", Json, nullable=False),
    Column("edit", String(255), nullable=False),
    Column("edit_at", Utc),
    Column("written_at", Utc),
    Column("due_at", Utc, nullable=False, index=True),
)
