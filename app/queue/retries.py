"""When work that failed is put to work anew by itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from dbos import WorkflowStatus

from app.queue.names import LEARNED_DUE, MISSED, QUEUES, START_DUE

# Not what was cancelled, which somebody did on purpose.
RETRIED = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
RETRIED_FOR = timedelta(days=3)
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
RETRIED_AT_ONCE = 100
_WORK = QUEUES.keys() - {START_DUE, MISSED, LEARNED_DUE}


def due(failed: Sequence[WorkflowStatus], now: datetime) -> Sequence[WorkflowStatus]:
    """Returns what of some work that failed is due, at most `RETRIED_AT_ONCE` of it.

    What a schedule puts in is left out: its next time is the next try.
    """
    found = [
        work for work in failed if work.name in _WORK and retried_at(work) <= now.timestamp() * 1000
    ]
    return found[:RETRIED_AT_ONCE]


def retried_at(work: WorkflowStatus) -> float:
    """Returns when work that failed is to be tried again, in milliseconds since the epoch.

    The pause is as long as the work was tried for until then, so it doubles each time, from
    `SHORTEST_PAUSE` up to `LONGEST_PAUSE`.
    """
    came = float(work.created_at or 0)
    ended = float(work.completed_at or work.updated_at or came)
    shortest, longest = (pause.total_seconds() * 1000 for pause in (SHORTEST_PAUSE, LONGEST_PAUSE))
    return ended + min(max(ended - came, shortest), longest)
