"""What looking at replies may cost an installation: points of GraphQL in an hour.

All workers count in one ledger. A look takes its points before it is sent, so that no span of
an hour ever holds more than the budget, wherever it begins. The hour is shared out: a part of
it may use only its own share. After a backlog the youngest replies, which go first, wait for
the next part and not for the next hour.
"""

from dataclasses import replace
from functools import partial

from app.domain import Allowance, Limit
from app.domain.limits import SLICES
from app.errors import RateLimited
from app.metrics import SWEEP_POINTS
from app.ports.github import Ledger

HOUR = 3600.0
PART = HOUR / SLICES
"""Seconds of the parts that an hour is shared out to, two minutes each."""
LEAST = 2
"""Points that a part has at least: what a full query costs."""


class Spent(RateLimited):
    """The budget has no points for this now; `retry_after` says when it has."""


class Budget:
    """The budgets of all installations, of the same size each."""

    def __init__(self, ledger: Ledger, points: int) -> None:
        """Makes budgets of so many points an hour, at least `LEAST`, counted in a ledger."""
        self._ledger = ledger
        self._hour = Limit(count=points, seconds=HOUR)

    def purse(self, installation_id: int, *, at_once: bool = False) -> "BudgetPurse":
        """Returns what pays for looks in an installation.

        Args:
            installation_id: whose budget it is.
            at_once: whether they may use the hour's points before their part of it, as what
                somebody asks for and waits for.
        """
        return BudgetPurse(self._ledger, self._hour, installation_id, at_once)


class BudgetPurse:
    """Pays from the budget of one installation; a `Purse` port."""

    def __init__(
        self, ledger: Ledger, hour: Limit, installation_id: int, at_once: bool = False
    ) -> None:
        self._ledger = ledger
        self._hour = hour
        self._installation_id = installation_id
        self._at_once = at_once

    def take(self, points: int, *, more: bool = False) -> None:
        """Takes points before they are used; what was begun may go on beyond its part.

        Raises:
            Spent: there are not as many.
        """
        share = None if self._at_once or more else max(LEAST, self._hour.count // (SLICES + 1))
        rule = partial(taken, points=points, hour=self._hour, share=share)
        wait = self._ledger.change(self._installation_id, rule)
        if wait:
            raise Spent(
                "the points for looking at replies (TREADLE_SWEEP_POINTS) are used up for "
                f"{wait / 60:.0f} minutes",
                retry_after=wait,
            )
        self._used(points)

    def owe(self, points: int) -> None:
        """Counts points that GitHub took beyond those that were foreseen."""

        def rule(allowance: Allowance, now: float) -> tuple[Allowance, None]:
            counts = self._hour.taken(allowance.sweeps, now, points)
            return replace(allowance, sweeps=counts), None

        self._ledger.change(self._installation_id, rule)
        self._used(points)

    def _used(self, points: int) -> None:
        SWEEP_POINTS.labels(installation=self._installation_id).inc(points)


def taken(
    allowance: Allowance, now: float, *, points: int, hour: Limit, share: int | None
) -> tuple[Allowance, float]:
    """Rules on taking points.

    Args:
        allowance: where the installation stands.
        now: seconds since the epoch.
        points: how many are wanted.
        hour: how many any hour may hold.
        share: how many a part of the hour may hold; None for no such limit.

    Returns:
        Where it stands then, and the seconds to wait; 0 where the points were taken.
    """
    if points > hour.count:
        return allowance, HOUR
    at = hour.earliest(allowance.sweeps, now, points)
    part = int(now // PART)
    here = allowance.sweeps.get(part, 0)
    if share is not None and here and here + points > share:
        at = max(at, (part + 1) * PART)
    if at > now:
        return allowance, at - now
    return replace(allowance, sweeps=hour.taken(allowance.sweeps, now, points)), 0.0
