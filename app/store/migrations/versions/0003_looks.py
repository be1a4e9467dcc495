"""Replies get the time of their newest look, workers the process that they are."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds both columns, and drops the commit of an index, which nothing read."""
    op.drop_column("repository", "indexed_commit")
    op.add_column("reply", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "worker", sa.Column("instance", sa.String(255), server_default="", nullable=False)
    )
