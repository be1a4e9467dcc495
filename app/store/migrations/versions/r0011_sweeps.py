"""What was taken in of each reply, so that looks at unchanged ones cost little."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Adds the column; nothing is known of the replies that are there."""
    column = sa.Column("shown", sa.String(length=64), server_default="", nullable=False)
    op.add_column("reply", column)
