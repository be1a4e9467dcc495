"""What is done on DBOS's tables themselves, since its client has no method for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dbos import DBOSClient
from sqlalchemy import func, select, update

from app.queue.client import ACTIVE, reaching
from app.queue.names import QUEUES

# Where work goes that had no queue; ours always has one.
_NO_QUEUE = "_dbos_internal_queue"


@dataclass(frozen=True, kw_only=True, slots=True)
class Backlog:
    """Work of one queue that is not finished.

    `waits` is true for what no worker has in hand; `oldest` is when the oldest of it was put in.
    """

    queue: str
    waits: bool
    count: int
    oldest: datetime


def postpone(client: DBOSClient, key: str, worker_id: str, until: float) -> None:
    """Puts work that a worker has in hand back; as `WorkQueue.postpone`."""
    work = client._sys_db.tables.workflow_status
    with reaching(), client._sys_db.engine.begin() as connection:
        connection.execute(
            update(work)
            .where(
                work.c.workflow_uuid == key,
                work.c.status == "PENDING",
                work.c.executor_id == worker_id,
            )
            .values(
                status="DELAYED",
                delay_until_epoch_ms=int(until * 1000),
                owner_xid=None,
                started_at_epoch_ms=None,
                recovery_attempts=0,
            )
        )


def release(client: DBOSClient, keys: Sequence[str], worker_id: str) -> int:
    """Puts work back that a worker still has in hand; returns how much that was."""
    # Not `resume_workflows`: that would also tear work away from one who took it up since.
    put_back = client._sys_db.reenqueue_for_recovery
    with reaching():
        return sum(put_back(key, [worker_id], _NO_QUEUE) for key in keys)


def backlog(client: DBOSClient) -> Sequence[Backlog]:
    """Counts the work that is not finished, by queue and by whether it waits."""
    work = client._sys_db.tables.workflow_status
    waits = work.c.status != "PENDING"
    with reaching(), client._sys_db.engine.connect() as connection:
        rows = connection.execute(
            select(work.c.queue_name, waits, func.count(), func.min(work.c.created_at))
            .where(work.c.status.in_(ACTIVE), work.c.queue_name.in_(QUEUES.values()))
            .group_by(work.c.queue_name, waits)
        ).all()
    return [
        Backlog(
            queue=queue,
            waits=bool(waiting),
            count=count,
            oldest=datetime.fromtimestamp(oldest / 1000, UTC),
        )
        for queue, waiting, count, oldest in rows
    ]
