"""What maintainers decided, and who did what."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Creates the tables."""
    _create(
        "ruling",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.UniqueConstraint(
            "repository_id", "kind", "digest", name=op.f("uq_ruling_repository_id_kind_digest")
        ),
        numbered=False,
    )
    _create(
        "roll_back",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("aside", sa.JSON(), nullable=False),
    )
    _create(
        "audit",
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
    )


def _create(
    name: str, *own: sa.Column[object] | sa.UniqueConstraint, numbered: bool = True
) -> None:
    """Creates a table of things that people did in a repository.

    Where it is `numbered`, it is read in the order of its ids, none of which is given twice.
    """
    op.create_table(
        name,
        sa.Column("id", _id(), nullable=False),
        sa.Column("repository_id", _id(), nullable=False),
        *own,
        sa.Column("person_id", _id(), nullable=False),
        sa.Column("person_login", sa.String(length=255), nullable=False),
        sa.Column("person_is_bot", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["repository_id"],
            ["repository.id"],
            name=op.f(f"fk_{name}_repository_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sqlite_autoincrement=numbered,
    )
    if numbered:
        index = op.f(f"ix_{name}_repository_id_id")
        op.create_index(index, name, ["repository_id", "id"], unique=False)


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
