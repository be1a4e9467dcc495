"""Backfills: how far the reading of each repository's past has come, without a word of it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, text

from app.domain.backfill import BackfillState, Lost, PostedAt
from app.store.backfill_tables import backfill
from app.store.noun import Noun
from app.store.schema import memory


class Backfills(Noun):
    """The one reading that is under way in each repository, if there is one."""

    def get(self, repository_id: int) -> BackfillState | None:
        """Returns how far it has come; None where none is under way."""
        row = self._row(select(backfill).where(backfill.c.repository_id == repository_id))
        if row is None:
            return None
        return BackfillState(
            **{
                **row,
                "edge": tuple(row["edge"]),
                "pending": tuple(_posted(one) for one in row["pending"]),
                "orders": tuple(_posted(one) for one in row["orders"]),
                "lost": tuple(Lost(**one) for one in row["lost"]),
            }
        )

    def save(self, value: BackfillState) -> None:
        """Keeps how far it has come."""
        columns: dict[str, Any] = {
            **asdict(value),
            "edge": list(value.edge),
            "pending": [_plain(one) for one in value.pending],
            "orders": [_plain(one) for one in value.orders],
            "lost": [asdict(one) for one in value.lost],
        }
        self._write(
            self._insert(backfill)
            .values(columns)
            .on_conflict_do_update(index_elements=["repository_id"], set_=columns)
        )

    def end(self, repository_id: int) -> None:
        """Forgets how far it had come: it is at its end, or begins anew."""
        self._write(delete(backfill).where(backfill.c.repository_id == repository_id))

    def number_memories_above(self, memory_id: int) -> None:
        """Gives no memory an id up to this one: posted comments cite it as another's."""
        with self._writing() as connection:
            if connection.dialect.name == "sqlite":
                known = text("UPDATE sqlite_sequence SET seq = max(seq, :id) WHERE name = :name")
                first = text("INSERT INTO sqlite_sequence (seq, name) VALUES (:id, :name)")
                values = {"id": memory_id, "name": memory.name}
                if not connection.execute(known, values).rowcount:
                    connection.execute(first, values)
                return
            schemas = connection.get_execution_options().get("schema_translate_map") or {}
            table = f"{schemas[None]}.{memory.name}" if schemas.get(None) else memory.name
            sequence = "pg_get_serial_sequence(:table, 'id')"
            following = text(f"SELECT setval({sequence}, greatest(:id, nextval({sequence})))")
            connection.execute(following, {"id": memory_id, "table": table})


def _plain(value: PostedAt) -> dict[str, Any]:
    return asdict(value) | {"at": value.at.isoformat()}


def _posted(value: dict[str, Any]) -> PostedAt:
    return PostedAt(**{**value, "at": datetime.fromisoformat(value["at"])})
