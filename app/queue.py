"""The durable queue, on the tables of DBOS: what is put here is done, whatever crashes.

Work is known by its key: the same key is the same work. The web process only puts deliveries
in; a worker (`app.jobs`) takes them out. In the queue's tables are ids alone, as JSON, never
people's text. https://docs.dbos.dev/python/reference/client
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from dbos import DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions
from dbos import error as dbos_error
from sqlalchemy.exc import SQLAlchemyError

from app.domain import Delivery, Job
from app.errors import TransientError
from app.settings import Settings

APPLICATION = "treadle"
# Fixed: work that is pending over an upgrade belongs to a version, and only that takes it up.
VERSION = "1"
DELIVERY = "delivery"
QUEUES = {DELIVERY: "deliveries", "ask": "asks", "sweep_thread": "sweeps", "refresh": "sweeps"}
"""The queue of each kind of work; `app.workflows` has a workflow of the same name."""

_ACTIVE = ("ENQUEUED", "DELAYED", "PENDING")
_FAILED = ("ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
_DONE = ("SUCCESS", *_FAILED)
_TRIES = 3
_LISTS = ("commands", "added", "removed")
_PRUNED_AT_ONCE = 500
# Where work goes that had no queue; ours always has one.
_NO_QUEUE = "_dbos_internal_queue"


class WorkQueue:
    """Work by its key; safe to share between threads.

    Every method raises `TransientError` where the queue's database cannot be reached.
    """

    def __init__(self, settings: Settings) -> None:
        # SQLite has one writer: more connections would only wait for each other, unfairly.
        local = settings.queue_database.startswith("sqlite")
        self._client = DBOSClient(
            system_database_url=settings.queue_database,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            system_database_pool_size=1 if local else 8,
            lazy=True,
            retry_connection_errors=False,
        )

    def put(self, name: str, key: str, args: Sequence[Any]) -> bool:
        """Puts work in; False where it is there already and did not fail.

        Work that failed is put to work anew from its start, and that is True.

        Args:
            name: one of `QUEUES`.
            key: what the work is known by, at most 255 characters.
            args: JSON values; ids alone.
        """
        options: EnqueueOptions = {
            "workflow_name": name,
            "queue_name": QUEUES[name],
            "workflow_id": key,
            "workflow_id_reuse_policy": "reject",
            "app_version": VERSION,
        }
        for _ in range(_TRIES):
            try:
                with _reaching():
                    self._client.enqueue(options, *args)
                return True
            except dbos_error.DBOSWorkflowIDInUseError as known:
                if known.workflow_status not in _FAILED:
                    return False
            if self._rewind(name, key):
                return True
        raise TransientError(f"the work {key} changes faster than it can be put to work")

    def put_job(self, job: Job) -> bool:
        """Puts a job in, as `put`."""
        return self.put(job.name, job.key, job.args)

    def revive(self, name: str, keys: Sequence[str]) -> bool:
        """Puts those of some work that failed to work anew; tells whether any did."""
        failed = self._list(workflow_ids=list(keys), status=list(_FAILED)) if keys else []
        return sum(self._rewind(name, key) for key in failed) > 0

    def release(self, worker_id: str) -> int:
        """Lets others take up what a worker has begun; returns how much that was.

        To be called for a worker that is gone: one that still lives loses the work, and
        what it records of it from then on is refused.
        """
        keys = self._list(status="PENDING", executor_id=worker_id)
        # Not `resume_workflows`: that would also tear work away from one who took it up since.
        release = self._client._sys_db.reenqueue_for_recovery
        with _reaching():
            return sum(release(key, [worker_id], _NO_QUEUE) for key in keys)

    def unfinished(self) -> Sequence[str]:
        """Returns the keys of what waits or is being worked on."""
        return self._list(status=list(_ACTIVE))

    def prune(self, before: datetime) -> int:
        """Forgets what was finished before a time; returns how much that was."""
        count = 0
        while True:
            keys = self._list(
                status=list(_DONE), completed_before=before.isoformat(), limit=_PRUNED_AT_ONCE
            )
            if not keys:
                return count
            with _reaching():
                self._client.delete_workflows(list(keys))
            count += len(keys)

    def ready(self) -> bool:
        """Tells whether the queue's tables can be read."""
        try:
            self._list(workflow_ids=["-"])
        except TransientError:
            return False
        return True

    def declare(self, name: str, *, concurrency: int, poll_seconds: float) -> None:
        """Sets how one queue is worked on.

        Args:
            name: one of the values of `QUEUES`.
            concurrency: work of it that one worker has in hand at most.
            poll_seconds: time between two looks of a worker for new work.
        """
        with _reaching():
            self._client.register_queue(
                name, worker_concurrency=concurrency, polling_interval_sec=poll_seconds
            )

    def close(self) -> None:
        """Closes all connections."""
        self._client.destroy()

    def _rewind(self, name: str, key: str) -> bool:
        try:
            with _reaching():
                self._client.rewind_workflow(
                    key, application_version=VERSION, queue_name=QUEUES[name]
                )
        except dbos_error.DBOSException:
            # It was put to work, or forgotten, since its state was read.
            return False
        return True

    def _list(self, **conditions: Any) -> Sequence[str]:
        with _reaching():
            found = self._client.list_workflows(load_input=False, load_output=False, **conditions)
        return [workflow.workflow_id for workflow in found]


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise TransientError("the queue's database cannot be reached") from error


class DurableInbox:
    """The `Inbox` port: deliveries by their GUID."""

    def __init__(self, settings: Settings) -> None:
        self._queue = WorkQueue(settings)

    def accept(self, delivery: Delivery) -> bool:
        """Keeps a delivery; False where it was known and needs no more work.

        A known one is put to work again where it failed, or where a command in it did.

        Raises:
            TransientError: the queue's database cannot be reached.
        """
        if self._queue.put(DELIVERY, delivery.guid, [facts(delivery)]):
            return True
        return self._queue.revive("ask", [ask_key(delivery, key) for key in delivery.commands])

    def ready(self) -> bool:
        """Tells whether deliveries can be kept."""
        return self._queue.ready()

    def close(self) -> None:
        """Closes all connections."""
        self._queue.close()


def ask_key(delivery: Delivery, command_key: str) -> str:
    """Returns the key of the ask that one command of a delivery makes, as `Ask.key`."""
    return f"ask:{delivery.comment_node_id}:{command_key}"


def facts(delivery: Delivery) -> dict[str, Any]:
    """Writes a delivery as JSON values."""
    lists = {name: list(getattr(delivery, name)) for name in _LISTS}
    return {**asdict(delivery), **lists}


def delivery_of(values: dict[str, Any]) -> Delivery:
    """Reads what `facts` wrote, by this version or another one."""
    names = {field.name for field in fields(Delivery)}
    known = {name: value for name, value in values.items() if name in names}
    return Delivery(**{**known, **{name: tuple(known.get(name, ())) for name in _LISTS}})
