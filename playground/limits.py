"""Hourly budgets, as GitHub's primary rate limit.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from dataclasses import dataclass

from playground.actors import ANONYMOUS
from playground.clock import Clock

LIMITS = {"core": 5000, "graphql": 5000, "search": 30}
WINDOWS = {"core": 3600, "graphql": 3600, "search": 60}
ANONYMOUS_LIMIT = 60


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where somebody stands with a budget; `reset` is in seconds since the epoch."""

    resource: str
    limit: int
    used: int
    reset: int

    @property
    def remaining(self) -> int:
        """What is left until the reset."""
        return max(0, self.limit - self.used)

    def headers(self) -> dict[str, str]:
        """The headers that tell a client."""
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-used": str(min(self.used, self.limit)),
            "x-ratelimit-reset": str(self.reset),
            "x-ratelimit-resource": self.resource,
        }

    def json(self) -> dict[str, object]:
        """As `GET /rate_limit` shows it."""
        return {
            "limit": self.limit,
            "used": min(self.used, self.limit),
            "remaining": self.remaining,
            "reset": self.reset,
            "resource": self.resource,
        }


class Budgets:
    """Counts what each installation and person uses."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._standings: dict[tuple[str, str], Standing] = {}

    def standing(self, who: str, resource: str) -> Standing:
        """Where somebody stands now; a new window begins when the last one is over."""
        now = int(self._clock.now().timestamp())
        found = self._standings.get((who, resource))
        if found is not None and found.reset > now:
            return found
        limit = LIMITS[resource]
        if who == ANONYMOUS.budget and resource == "core":
            limit = ANONYMOUS_LIMIT
        fresh = Standing(resource=resource, limit=limit, used=0, reset=now + WINDOWS[resource])
        self._standings[who, resource] = fresh
        return fresh

    def spend(self, who: str, resource: str, points: int = 1) -> tuple[Standing, bool]:
        """Takes points from a budget; tells also whether there were enough."""
        before = self.standing(who, resource)
        if before.remaining < points:
            return before, False
        after = self._with_used(before, before.used + points)
        self._standings[who, resource] = after
        return after, True

    def set_remaining(self, who: str, resource: str, remaining: int) -> None:
        """Leaves somebody with so many points until the reset."""
        before = self.standing(who, resource)
        self._standings[who, resource] = self._with_used(before, before.limit - remaining)

    @staticmethod
    def _with_used(standing: Standing, used: int) -> Standing:
        return Standing(
            resource=standing.resource, limit=standing.limit, used=used, reset=standing.reset
        )
