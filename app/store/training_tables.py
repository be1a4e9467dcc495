"""The tables of training: its runs, what came of them, and what answers use."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from app.store.columns import metadata, repository_column
from app.store.types import Id, Json, Utc, Words

training_run = Table(
    "training_run",
    metadata,
    Column("id", String(64), primary_key=True),
    repository_column(),
    Column("state", String(16), nullable=False),
    Column("by_login", String(255), nullable=False),
    Column("reason", Words, nullable=False),
    Column("adapter", String(64), nullable=False),
    Column("progress", Json, nullable=False),
    Column("cancel", Boolean, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("started_at", Utc),
    Column("ended_at", Utc),
    Index(None, "repository_id", "created_at"),
    Index(None, "state"),
)

adapter_version = Table(
    "adapter_version",
    metadata,
    Column("name", String(64), primary_key=True),
    repository_column(),
    Column("number", Integer, nullable=False),
    Column("run_id", String(64), nullable=False),
    Column("base", Words, nullable=False),
    Column("base_hash", String(64), nullable=False),
    Column("data_hash", String(64), nullable=False),
    Column("seed", Id, nullable=False),
    Column("recipe", Json, nullable=False),
    Column("metrics", Json, nullable=False),
    Column("verdict", Json, nullable=False),
    Column("files", Json, nullable=False),
    # Null: not known, of versions from before it was kept.
    Column("trained_on", Json),
    Column("taken_back_at", Utc),
    Column("created_at", Utc, nullable=False),
    Column("retired_at", Utc),
    UniqueConstraint("repository_id", "number"),
    # What a promotion points to: an adapter together with its repository.
    UniqueConstraint("repository_id", "name"),
)

promotion = Table(
    "promotion",
    metadata,
    Column("id", Id, primary_key=True),
    repository_column(),
    Column("adapter", String(64)),
    Column("rollback", Boolean, nullable=False),
    Column("by_login", String(255), nullable=False),
    Column("reason", Words, nullable=False),
    Column("at", Utc, nullable=False),
    # The database itself refuses the adapter of another repository.
    ForeignKeyConstraint(
        ["repository_id", "adapter"],
        ["adapter_version.repository_id", "adapter_version.name"],
        ondelete="CASCADE",
    ),
    Index(None, "repository_id", "id"),
    sqlite_autoincrement=True,
)
