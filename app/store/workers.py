"""Workers: who is alive, and who holds a lease."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select, update

from app.store.holder import gone
from app.store.noun import Noun
from app.store.schema import lease, worker


@dataclass(frozen=True, kw_only=True, slots=True)
class Beat:
    """The newest sign of life of a worker.

    `instance` is the process that gave it, as `holder.this_process`; "" where not known.
    """

    at: datetime
    instance: str
    retired: bool


class Workers(Noun):
    """Worker processes by their name, which is stable over restarts."""

    def newest_beat(self, worker_id: str) -> Beat | None:
        """Returns the newest sign of life of a worker; None where there never was one."""
        row = self._row(select(worker).where(worker.c.id == worker_id))
        if row is None:
            return None
        return Beat(at=row["beat_at"], instance=row["instance"], retired=row["retired"])

    def beat(self, worker_id: str, at: datetime, instance: str = "") -> None:
        """Notes that a worker is alive, and which process it is."""
        columns = {"beat_at": at, "retired": False, "instance": instance}
        self._write(
            self._insert(worker)
            .values(id=worker_id, **columns)
            .on_conflict_do_update(index_elements=["id"], set_=columns)
        )

    def beat_again(self, worker_id: str, at: datetime, instance: str) -> bool:
        """Notes that a worker still lives; False where another process has its name by now."""
        with self._writing() as connection:
            noted = connection.execute(
                update(worker)
                .where(worker.c.id == worker_id, worker.c.instance == instance)
                .values(beat_at=at, retired=False)
            )
        return noted.rowcount == 1

    def silent(self, since: datetime) -> Sequence[str]:
        """Returns the workers that were not heard of since a time and did not retire."""
        rows = self._rows(
            select(worker.c.id)
            .where(worker.c.beat_at < since, ~worker.c.retired)
            .order_by(worker.c.id)
        )
        return [row["id"] for row in rows]

    def living(self, since: datetime) -> Sequence[str]:
        """Returns the workers that were heard of since a time and have not ended."""
        rows = self._rows(
            select(worker.c.id, worker.c.instance)
            .where(worker.c.beat_at >= since, ~worker.c.retired)
            .order_by(worker.c.id)
        )
        return [row["id"] for row in rows if not gone(row["instance"])]

    def retire(self, worker_id: str) -> None:
        """Notes that a worker has no work left; its next beat brings it back."""
        self._write(update(worker).where(worker.c.id == worker_id).values(retired=True))

    def lease(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Takes or extends a lease, unless another holds it; tells whether it is held now."""
        columns = {"holder": holder, "until": until}
        return self._wrote(
            self._insert(lease)
            .values(name=name, **columns)
            .on_conflict_do_update(
                index_elements=["name"],
                set_=columns,
                where=or_(lease.c.holder == holder, lease.c.until <= now),
            )
            .returning(lease.c.name)
        )

    def release(self, name: str, holder: str) -> None:
        """Gives a lease back; one that another holds stays."""
        self._write(delete(lease).where(lease.c.name == name, lease.c.holder == holder))
