"""What was tried for each ask."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "tree",
        sa.Column("ask_key", sa.String(length=255), nullable=False),
        sa.Column(
            "repository_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("min_score", sa.Float(precision=53), nullable=False),
        sa.Column("tried", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ask_key"], ["ask.key"], name=op.f("fk_tree_ask_key"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["repository_id"],
            ["repository.id"],
            name=op.f("fk_tree_repository_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ask_key", name=op.f("pk_tree")),
    )
    op.create_index(op.f("ix_tree_created_at"), "tree", ["created_at"], unique=False)
