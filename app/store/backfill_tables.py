"""How far the reading of a repository's past has come."""

from sqlalchemy import Column, Integer, Table

from app.store.columns import metadata, repository_column
from app.store.types import Json, Utc

backfill = Table(
    "backfill",
    metadata,
    repository_column(primary_key=True),
    Column("begun_at", Utc, nullable=False),
    Column("since", Utc),
    Column("cursor", Utc),
    Column("page", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("comments", Integer, nullable=False),
    Column("replies", Integer, nullable=False),
    Column("edge", Json, nullable=False),
    Column("pending", Json, nullable=False),
    Column("orders", Json, nullable=False),
    Column("lost", Json, nullable=False),
)
