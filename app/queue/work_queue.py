"""The queue as the rest sees it: work goes in, is looked at, put off and forgotten by its key."""

import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from dbos import EnqueueOptions, WorkflowStatus
from dbos import error as dbos_error

from app.domain import Job
from app.errors import TransientError
from app.queue import tables
from app.queue.client import ACTIVE, DONE, FAILED, WAITING, open_client, reaching
from app.queue.names import LEARNED, QUEUES, VERSION
from app.queue.retries import RETRIED, RETRIED_FOR, due
from app.queue.tables import Backlog
from app.settings import Settings

# Each looks at all that is there then: of one that has not begun, a second adds nothing.
_ONE_WAITS = {"refresh", "sweep_thread", LEARNED}
_TRIES = 3
_PRUNED_AT_ONCE = 500
_LISTED_AT_ONCE = 200


class WorkQueue:
    """Work by its key; safe to share between threads.

    Every method raises `TransientError` where the queue's database cannot be reached.
    """

    def __init__(self, settings: Settings) -> None:
        self._client = open_client(settings)

    def put(self, name: str, key: str, args: Sequence[Any], *, place: int = 0) -> bool:
        """Puts work in; False where it is there already and did not fail.

        Work that failed is put to work anew from its start, and that is True.

        Args:
            name: one of `QUEUES`.
            key: what the work is known by, at most 255 characters.
            args: JSON values; ids alone.
            place: what has a lower one is taken out first, else what came first.
        """
        options: EnqueueOptions = {
            "workflow_name": name,
            "queue_name": QUEUES[name],
            "workflow_id": key,
            "workflow_id_reuse_policy": "reject",
            "app_version": VERSION,
            # From 1 on: what was put in without any goes before all.
            "priority": place + 1,
        }
        for _ in range(_TRIES):
            try:
                with reaching():
                    self._client.enqueue(options, *args)
                return True
            except dbos_error.DBOSWorkflowIDInUseError as known:
                if known.workflow_status not in FAILED:
                    return False
            if self._rewind(name, key):
                return True
        raise TransientError(f"the work {key} changes faster than it can be put to work")

    def put_job(self, job: Job) -> bool:
        """Puts a job in, as `put`; False too where the same waits for another delivery.

        That is a refresh of the same repository, a sweep of the same thread, or a look at the
        issue of what was learned: the key without the GUID at its end. So deliveries that are
        sent again and again fill no queue.
        """
        same = job.key.rpartition(":")[0] + ":"
        if job.name in _ONE_WAITS and self._list(
            workflow_id_prefix=same, status=list(WAITING), limit=1
        ):
            return False
        return self.put(job.name, job.key, job.args, place=job.place)

    def revive(self, name: str, keys: Sequence[str]) -> bool:
        """Puts those of some work that failed to work anew; tells whether any did."""
        failed = self._list(workflow_ids=list(keys), status=list(FAILED)) if keys else []
        return sum(self._rewind(name, key) for key in failed) > 0

    def retry(self, now: datetime) -> int:
        """Puts work that failed to work anew when its pause is over; returns how much that was.

        That goes on for `RETRIED_FOR` from when the work came; `retries` has the pauses.
        """
        with reaching():
            failed = self._client.list_workflows(
                status=list(RETRIED),
                start_time=(now - RETRIED_FOR).isoformat(),
                load_input=False,
                load_output=False,
            )
        return sum(self._rewind(work.name, work.workflow_id) for work in due(failed, now))

    def postpone(self, key: str, worker_id: str, until: float) -> None:
        """Puts work that a worker has in hand back, to be taken up after a time.

        What was recorded of it stays; it does not count as another life of the work.

        Args:
            until: seconds since the epoch.
        """
        tables.postpone(self._client, key, worker_id, until)

    def release(self, worker_id: str) -> int:
        """Lets others take up what a worker has begun; returns how much that was.

        To be called for a worker that is gone: one that still lives loses the work, and
        what it records of it from then on is refused.
        """
        keys = self._list(status="PENDING", executor_id=worker_id)
        return tables.release(self._client, keys, worker_id)

    def known(self, keys: Sequence[str]) -> Collection[str]:
        """Returns those of some keys whose work was put in, whatever became of it."""
        found: set[str] = set()
        for start in range(0, len(keys), _LISTED_AT_ONCE):
            found.update(self._list(workflow_ids=list(keys[start : start + _LISTED_AT_ONCE])))
        return found

    def unfinished(self) -> Sequence[str]:
        """Returns the keys of what waits or is being worked on."""
        return self._list(status=list(ACTIVE))

    def backlog(self) -> Sequence[Backlog]:
        """Counts the work that is not finished, by queue and by whether it waits."""
        return tables.backlog(self._client)

    def prune(self, before: datetime) -> int:
        """Forgets what was finished before a time; returns how much that was."""
        count = 0
        while True:
            keys = self._list(
                status=list(DONE), completed_before=before.isoformat(), limit=_PRUNED_AT_ONCE
            )
            if not keys:
                return count
            with reaching():
                self._client.delete_workflows(list(keys))
            count += len(keys)

    def discard(self, unwanted: Callable[[str, str, Sequence[Any]], bool]) -> int:
        """Forgets work, finished or not; returns how much that was.

        What a worker has of it in hand ends at its next step.

        Args:
            unwanted: says so of a piece of work by its name, key and arguments.
        """
        keys = [
            work.workflow_id
            for work in self._all()
            if unwanted(work.name, work.workflow_id, work.input["args"] if work.input else ())
        ]
        for start in range(0, len(keys), _PRUNED_AT_ONCE):
            part = keys[start : start + _PRUNED_AT_ONCE]
            with reaching():
                self._client.cancel_workflows(part)
                self._client.delete_workflows(part)
        return len(keys)

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
        with reaching():
            self._client.register_queue(
                name, worker_concurrency=concurrency, polling_interval_sec=poll_seconds
            )

    def schedule(self, name: str, cron: str) -> None:
        """Has work put in again and again, once each time however many workers there are.

        Its arguments are the time that it is put in for, and None. To say so again is to
        change it. https://docs.dbos.dev/python/tutorials/scheduled-workflows

        Args:
            name: one of `QUEUES`.
            cron: when, in UTC, such as `0 * * * *`.
        """
        with reaching():
            self._client.apply_schedules(
                [
                    {
                        "schedule_name": name,
                        "workflow_name": name,
                        "schedule": cron,
                        "queue_name": QUEUES[name],
                    }
                ]
            )

    def unschedule(self, name: str) -> None:
        """Has work put in no more that `schedule` named; nothing where none was."""
        with reaching():
            self._client.delete_schedule(name)

    def close(self) -> None:
        """Closes all connections."""
        self._client.destroy()

    def revive_of(self, guid: str) -> bool:
        """Puts work to work anew that failed and that came of one delivery, but for its asks."""
        with reaching():
            failed = self._client.list_workflows(
                status=list(FAILED),
                name=["refresh", "sweep_thread", LEARNED],
                load_input=False,
                load_output=False,
            )
        found = [work for work in failed if work.workflow_id.endswith(f":{guid}")]
        return sum(self._rewind(work.name, work.workflow_id) for work in found) > 0

    def _rewind(self, name: str, key: str) -> bool:
        try:
            with reaching():
                self._client.rewind_workflow(
                    key, application_version=VERSION, queue_name=QUEUES[name]
                )
        except dbos_error.DBOSException:
            # It was put to work, or forgotten, since its state was read.
            return False
        return True

    def _all(self) -> Iterator[WorkflowStatus]:
        """Goes over all work with its arguments, oldest first, a page at a time."""
        for offset in itertools.count(0, _PRUNED_AT_ONCE):
            with reaching():
                page = self._client.list_workflows(
                    name=list(QUEUES), limit=_PRUNED_AT_ONCE, offset=offset, load_output=False
                )
            yield from page
            if len(page) < _PRUNED_AT_ONCE:
                return

    def _list(self, **conditions: Any) -> Sequence[str]:
        with reaching():
            found = self._client.list_workflows(load_input=False, load_output=False, **conditions)
        return [workflow.workflow_id for workflow in found]
