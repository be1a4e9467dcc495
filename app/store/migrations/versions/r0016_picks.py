"""Whole texts beside each tree, and what people picked among them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds the columns, empty for trees that are there, and creates the table."""
    drafts = sa.Column("drafts", sa.JSON(), server_default=sa.text("'[]'"), nullable=False)
    more = sa.Column("more", sa.Integer(), server_default=sa.text("0"), nullable=False)
    op.add_column("tree", drafts)
    op.add_column("tree", more)
    op.create_table(
        "pick",
        sa.Column("ask_key", sa.String(length=255), nullable=False),
        sa.Column("repository_id", _ID, nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("others", sa.JSON(), nullable=False),
        sa.Column("taught", sa.JSON(), nullable=False),
        sa.Column("by_login", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ask_key"], ["ask.key"], name=op.f("fk_pick_ask_key"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["repository_id"],
            ["repository.id"],
            name=op.f("fk_pick_repository_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ask_key", name=op.f("pk_pick")),
    )
    op.create_index(op.f("ix_pick_repository_id"), "pick", ["repository_id"], unique=False)
