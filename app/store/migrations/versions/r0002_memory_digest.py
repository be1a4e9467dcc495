"""Memories get a digest, by which a repeated computation finds them again."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the column, fills it, and makes it unique within a reply.

    Where a memory stands there twice, the older one stays: answers may have cited it.
    """
    op.add_column("memory", sa.Column("digest", sa.String(64), nullable=True))
    columns = ("id", "reply_id", "kind", "before", "after", "author", "digest")
    memory = sa.table("memory", *(sa.column(name) for name in columns))
    connection = op.get_bind()
    seen = set()
    for row in connection.execute(sa.select(memory).order_by(memory.c.id)).mappings().all():
        parts = "\0".join(row[name] for name in ("kind", "before", "after", "author"))
        digest = hashlib.sha256(parts.encode()).hexdigest()
        here = memory.c.id == row["id"]
        if (row["reply_id"], digest) in seen:
            connection.execute(sa.delete(memory).where(here))
            continue
        seen.add((row["reply_id"], digest))
        connection.execute(sa.update(memory).where(here).values(digest=digest))
    with op.batch_alter_table("memory", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.alter_column("digest", existing_type=sa.String(64), nullable=False)
        batch.create_unique_constraint("uq_memory_reply_id_digest", ["reply_id", "digest"])
