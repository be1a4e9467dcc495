"""The table of what each installation used of GitHub's limits."""

from sqlalchemy import Column, Table

from app.store.columns import metadata
from app.store.types import Id, Json, Utc

allowance = Table(
    "allowance",
    metadata,
    Column("installation_id", Id, primary_key=True, autoincrement=False),
    Column("used", Json, nullable=False),
    Column("changed_at", Utc, nullable=False),
)
