"""What votes say of passages, and the preference behind a correction in one sentence."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Creates the table, and adds the columns; the next looks at replies fill the table."""
    op.add_column("memory", sa.Column("preference", sa.Text(), server_default="", nullable=False))
    by = sa.Column("preference_by", sa.String(length=255), server_default="", nullable=False)
    op.add_column("memory", by)
    op.create_table(
        "regard",
        sa.Column("reply_id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("repository_id", _ID, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("mass", sa.Float(precision=53), nullable=False),
        sa.Column("trust", sa.Float(precision=53), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(length=255), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["reply.id"], name=op.f("fk_regard_reply_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["repository_id"],
            ["repository.id"],
            name=op.f("fk_regard_repository_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("reply_id", "position", name=op.f("pk_regard")),
    )
    op.create_index(op.f("ix_regard_repository_id"), "regard", ["repository_id"], unique=False)
