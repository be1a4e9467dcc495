"""When repositories and installations were removed, and what was deleted since."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Puts times where only the fact stood; what was removed before counts from now."""
    op.add_column("repository", sa.Column("removed_at", TIME, nullable=True))
    op.add_column("installation", sa.Column("removed_at", TIME, nullable=True))
    # As `app.store.types.Utc` writes it: SQLite keeps a time without its zone.
    now = datetime.now(UTC)
    if op.get_bind().dialect.name == "sqlite":
        now = now.replace(tzinfo=None)
    removed = sa.table(
        "repository", sa.column("removed", sa.Boolean()), sa.column("removed_at", TIME)
    )
    op.execute(sa.update(removed).where(removed.c.removed).values(removed_at=now))
    left = sa.table("installation", sa.column("state"), sa.column("removed_at", TIME))
    op.execute(sa.update(left).where(left.c.state == "removed").values(removed_at=now))
    op.drop_column("repository", "removed")
    op.create_table(
        "forgotten",
        sa.Column("repository_id", ID, autoincrement=False, nullable=False),
        sa.Column("runs", sa.JSON(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("repository_id", name=op.f("pk_forgotten")),
    )
