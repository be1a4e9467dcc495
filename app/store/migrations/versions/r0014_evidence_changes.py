"""How often what a repository's replies teach was changed."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Adds the column."""
    op.add_column(
        "repository",
        sa.Column("evidence_changes", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
