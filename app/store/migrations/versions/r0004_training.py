"""Training runs, versions of adapters, and which of them answers use."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Creates the three tables."""
    op.create_table(
        "training_run",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("repository_id", ID, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("by_login", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("adapter", sa.String(length=64), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("cancel", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        _repository("training_run"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_run")),
    )
    op.create_index(
        op.f("ix_training_run_repository_id_created_at"),
        "training_run",
        ["repository_id", "created_at"],
        unique=False,
    )
    op.create_index(op.f("ix_training_run_state"), "training_run", ["state"], unique=False)
    op.create_table(
        "adapter_version",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("repository_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("base_hash", sa.String(length=64), nullable=False),
        sa.Column("data_hash", sa.String(length=64), nullable=False),
        sa.Column("seed", ID, nullable=False),
        sa.Column("recipe", sa.JSON(), nullable=False),
        sa.Column("metrics", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.JSON(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("retired_at", TIME, nullable=True),
        _repository("adapter_version"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_adapter_version")),
        sa.UniqueConstraint(
            "repository_id", "number", name=op.f("uq_adapter_version_repository_id_number")
        ),
        sa.UniqueConstraint(
            "repository_id", "name", name=op.f("uq_adapter_version_repository_id_name")
        ),
    )
    op.create_table(
        "promotion",
        sa.Column("id", ID, nullable=False),
        sa.Column("repository_id", ID, nullable=False),
        sa.Column("adapter", sa.String(length=64), nullable=True),
        sa.Column("rollback", sa.Boolean(), nullable=False),
        sa.Column("by_login", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        _repository("promotion"),
        sa.ForeignKeyConstraint(
            ["repository_id", "adapter"],
            ["adapter_version.repository_id", "adapter_version.name"],
            name=op.f("fk_promotion_repository_id_adapter"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_promotion_repository_id_id"), "promotion", ["repository_id", "id"], unique=False
    )


def _repository(table: str) -> sa.ForeignKeyConstraint:
    """Ties a table's rows to their repository, with which they go."""
    return sa.ForeignKeyConstraint(
        ["repository_id"],
        ["repository.id"],
        name=op.f(f"fk_{table}_repository_id"),
        ondelete="CASCADE",
    )
