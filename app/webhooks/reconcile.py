"""Which deliveries never arrived and are worth asking for again, told from GitHub's list.

GitHub does not repeat a delivery by itself. It lists each attempt of three days, those that
were asked for included: how often and when one was tried needs to be kept nowhere else.

https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from app.domain import HookDelivery

WINDOW = timedelta(days=3)
"""As far back as GitHub can deliver again."""
GROWTH = 4
"""How many times as long each pause is as the one before."""

_ANY: frozenset[str] = frozenset()
_ACTIONS = {
    "issue_comment": frozenset({"created", "edited", "deleted"}),
    "issues": frozenset({"deleted", "transferred", "edited", "reopened"}),
    "push": _ANY,
    "repository": frozenset(
        {"renamed", "transferred", "deleted", "publicized", "privatized", "edited"}
    ),
    "installation": _ANY,
    "installation_repositories": _ANY,
}


def concerns(event: str, action: str) -> bool:
    """Tells whether `app.webhooks.select` may keep such a delivery."""
    actions = _ACTIONS.get(event)
    return actions is not None and (actions is _ANY or action in actions)


def due(
    failed: Iterable[HookDelivery], now: datetime, *, tries: int, pause: timedelta
) -> Sequence[HookDelivery]:
    """Returns of each delivery that is to be asked for now its newest attempt, oldest first.

    Args:
        failed: the attempts that failed, in any order.
        now: an aware time.
        tries: times that one is asked for at most.
        pause: time between the first two times that one is asked for.
    """
    attempts: dict[str, list[HookDelivery]] = {}
    for attempt in failed:
        if concerns(attempt.event, attempt.action) and not attempt.succeeded:
            attempts.setdefault(attempt.guid, []).append(attempt)
    found = []
    for mine in attempts.values():
        mine.sort(key=lambda attempt: (attempt.delivered_at, attempt.id))
        asked = sum(attempt.redelivery for attempt in mine)
        ready = not asked or mine[-1].delivered_at + pause * GROWTH ** (asked - 1) <= now
        if asked < tries and ready:
            found.append(mine)
    found.sort(key=lambda mine: (mine[0].delivered_at, mine[0].id))
    return [mine[-1] for mine in found]
