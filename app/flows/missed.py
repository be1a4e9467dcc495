"""Deliveries that never arrived: found in GitHub's list, and asked for again.

https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from app.domain import HookDelivery
from app.errors import GoneError, LackingError, RateLimited
from app.metrics import DELIVERIES_ASKED
from app.ports.clock import Clock
from app.ports.github import GitHub
from app.webhooks.reconcile import WINDOW, due

log = structlog.get_logger()

Known = Callable[[Sequence[str]], Collection[str]]
"""Returns those of some GUIDs whose deliveries are in the queue."""

_MARGIN = timedelta(minutes=5)
"""Time that GitHub's clock and ours may be apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Effort:
    """How often one delivery is asked for, after which pause, and how many at one look."""

    tries: int
    pause: timedelta
    at_once: int


class Missed:
    """Looks for deliveries that failed and that nobody has seen since."""

    def __init__(self, github: GitHub, known: Known, effort: Effort, clock: Clock) -> None:
        self._github = github
        self._known = known
        self._effort = effort
        self._clock = clock
        self._lacking = False

    def ask_again(self) -> int:
        """Asks for what is missing, oldest first; returns how many deliveries that were.

        A GitHub that keeps no list of deliveries is not asked again by this process.

        Raises:
            TransientError: GitHub or the queue's database could not be asked.
        """
        if self._lacking:
            return 0
        try:
            missing = self._missing()
        except LackingError:
            self._lacking = True
            log.warning("missed.lacking", told="this GitHub lists no deliveries")
            return 0
        asked = 0
        for attempt in missing[: self._effort.at_once]:
            try:
                self._github.redeliver(attempt.id)
            except GoneError:
                log.info("missed.gone", delivery=attempt.guid)
                continue
            except RateLimited as error:
                # What is left is found again by the next look.
                log.info("missed.limited", retry_after=round(error.retry_after, 1))
                break
            asked += 1
            DELIVERIES_ASKED.inc()
            log.info(
                "missed.asked",
                delivery=attempt.guid,
                event_kind=attempt.event,
                installation=attempt.installation_id,
                status=attempt.status_code,
            )
        if missing:
            log.info("missed.looked", missing=len(missing), asked=asked)
        return asked

    def _missing(self) -> Sequence[HookDelivery]:
        now = self._clock()
        failed = list(self._github.deliveries(now - WINDOW, failed=True))
        found = due(failed, now, tries=self._effort.tries, pause=self._effort.pause)
        if found:
            # An answer that came too late is a failure to GitHub only.
            known = self._known([attempt.guid for attempt in found])
            found = [attempt for attempt in found if attempt.guid not in known]
        if found:
            first = min(attempt.delivered_at for attempt in failed)
            arrived = {
                attempt.guid
                for attempt in self._github.deliveries(first - _MARGIN)
                if attempt.succeeded
            }
            found = [attempt for attempt in found if attempt.guid not in arrived]
        return found
