"""Copies of a repository what only its own database can know: not what GitHub shows anyway."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, Table, insert, select

from app.store.engine import WRITING
from app.store.removal_tables import opt_out, removal
from app.store.ruling_tables import roll_back, ruling
from app.store.schema import installation, policy, reply
from app.store.schema import repository as repositories

OWN = (policy, ruling, roll_back, opt_out)


def repository(source: Engine, target: Engine, repository_id: int) -> None:
    """Copies a repository, its configuration, and what people decided in it."""
    rows = _rows(source, repositories, repositories.c.id == repository_id)
    _put(target, repositories, rows)
    numbers = [row["installation_id"] for row in rows]
    _put(target, installation, _rows(source, installation, installation.c.id.in_(numbers)))
    for table in OWN:
        _put(target, table, _rows(source, table, table.c.repository_id == repository_id))


def removals(source: Engine, target: Engine, repository_id: int) -> None:
    """Copies what people took back; both databases must have the replies that it was said of."""
    comments = {
        row["id"]: row["comment_id"]
        for row in _rows(source, reply, reply.c.repository_id == repository_id)
    }
    replies = {
        row["comment_id"]: row["id"]
        for row in _rows(target, reply, reply.c.repository_id == repository_id)
    }
    rows = []
    for row in _rows(source, removal, removal.c.repository_id == repository_id):
        reply_id = replies.get(comments.get(row["reply_id"], 0))
        if reply_id is not None or row["reply_id"] is None:
            rows.append({**row, "reply_id": reply_id, "done_at": None})
    _put(target, removal, rows)


def _rows(engine: Engine, table: Table, condition: Any) -> Sequence[Mapping[str, Any]]:
    with engine.connect() as connection:
        rows = connection.execute(select(table).where(condition)).mappings()
        return [dict(row) for row in rows]


def _put(engine: Engine, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        connection.execute(insert(table), [dict(row) for row in rows])
