"""What a preference row is made of, and the rows that come from files."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds the column and the table.

    Pairs are of edits; whether votes or hides made the other rows, the next look at their reply
    tells.
    """
    origin = sa.Column("origin", sa.String(length=16), server_default="unknown", nullable=False)
    op.add_column("preference_row", origin)
    rows = sa.table("preference_row", sa.column("kind"), sa.column("form"), sa.column("origin"))
    edits = sa.or_(rows.c.kind == "pair", rows.c.form.in_(["pn", "np"]))
    op.execute(sa.update(rows).where(edits).values(origin="edit"))
    op.create_table(
        "imported_row",
        sa.Column("id", ID, nullable=False),
        sa.Column("repository_id", ID, nullable=False),
        sa.Column("batch", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("rejected", sa.Text(), nullable=False),
        sa.Column("weight", sa.Float(precision=53), nullable=False),
        sa.Column("consent", sa.String(length=16), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("urls", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["repository_id"],
            ["repository.id"],
            name=op.f("fk_imported_row_repository_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_row")),
        sa.UniqueConstraint(
            "repository_id", "digest", name=op.f("uq_imported_row_repository_id_digest")
        ),
    )
    op.create_index(
        op.f("ix_imported_row_repository_id_batch"),
        "imported_row",
        ["repository_id", "batch"],
        unique=False,
    )
