"""The tables of what maintainers decided, and of who did what."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, UniqueConstraint, false

from app.store.columns import metadata, repository_column
from app.store.types import Id, Json, Utc, Words


def _by() -> list[Column[object]]:
    """Makes the columns of who did it, when and where."""
    return [
        Column("person_id", Id, nullable=False),
        Column("person_login", String(255), nullable=False),
        Column("person_is_bot", Boolean, nullable=False, server_default=false()),
        Column("at", Utc, nullable=False),
        Column("url", Words, nullable=False),
    ]


# By a digest of the key, since a phrase may be longer than what Postgres can index.
ruling = Table(
    "ruling",
    metadata,
    Column("id", Id, primary_key=True),
    repository_column(),
    Column("kind", String(16), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("key", Words, nullable=False),
    Column("what", String(16), nullable=False),
    *_by(),
    UniqueConstraint("repository_id", "kind", "digest"),
)

roll_back = Table(
    "roll_back",
    metadata,
    Column("id", Id, primary_key=True),
    repository_column(),
    Column("version", Integer, nullable=False),
    Column("aside", Json, nullable=False),
    *_by(),
    Index(None, "repository_id", "id"),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    repository_column(),
    Column("act", String(16), nullable=False),
    Column("subject", Words, nullable=False),
    *_by(),
    Index(None, "repository_id", "id"),
    sqlite_autoincrement=True,
)
