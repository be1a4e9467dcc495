"""When the bot first read what people said."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Adds the columns; of what is there it is not known."""
    for table in ("signal", "phrase_mass"):
        op.add_column(table, sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
