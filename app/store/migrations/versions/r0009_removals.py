"""What people took back, who opted out, and which adapters were trained on it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Creates the tables; of adapters made before it is not known what they were trained on."""
    op.create_table(
        "removal",
        sa.Column("id", ID, nullable=False),
        sa.Column("repository_id", ID, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("reply_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        _home("removal"),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["reply.id"], name=op.f("fk_removal_reply_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removal")),
        sa.UniqueConstraint("key", name=op.f("uq_removal_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_removal_repository_id"), "removal", ["repository_id"], unique=False)
    op.create_table(
        "opt_out",
        sa.Column("repository_id", ID, nullable=False),
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("at", TIME, nullable=False),
        _home("opt_out"),
        sa.PrimaryKeyConstraint("repository_id", "person_id", name=op.f("pk_opt_out")),
    )
    op.add_column("adapter_version", sa.Column("trained_on", sa.JSON(), nullable=True))
    op.add_column("adapter_version", sa.Column("taken_back_at", TIME, nullable=True))


def _home(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["repository_id"],
        ["repository.id"],
        name=op.f(f"fk_{table}_repository_id"),
        ondelete="CASCADE",
    )
