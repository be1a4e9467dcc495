"""The rules of GitHub's limits as arithmetic: what may be sent now, and what has to wait.

Each rule takes where an installation stands and the time, and returns where it stands then.
Who keeps the allowance, and for which processes, is `app.ports.github.Ledger`'s matter.

| limit | GitHub | here |
| --- | --- | --- |
| between two changes | at least a second | `pause`, counted from when they are sent |
| content creations | 80 a minute, 500 an hour | every change counts, reactions too |
| points of REST | 900 a minute; reading 1, changing 5 | the same |
| points of GraphQL | 2,000 a minute; a query 1 | the same |
| refused | `retry-after`, else a minute and more each time | the same, up to an hour |

A generic cell rate algorithm would need one number for each limit, but lets through up to
twice the limit in the first span; these windows never do.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from app.domain import Allowance, Limit
from app.settings import Settings

WRITE_POINTS = 5
MINUTE, HOUR = 60.0, 3600.0
LEASE_SECONDS = 10.0
"""How long points that were taken together may be used; spans are counted longer by that."""
TURN_LASTS = 300.0
"""Seconds that somebody's turn is kept open for them."""
MOST_TURNS = 500
"""Turns that are kept; who comes later has to wait as long, and then finds a turn or not."""
FIRST_BLOCK, LONGEST_BLOCK = 60.0, 3600.0
QUIET = 600.0
"""Seconds without a refusal after which the next counts as the first."""


class Resource(StrEnum):
    """The two parts of GitHub's interface that are counted apart, as GitHub names them."""

    REST = "core"
    GRAPHQL = "graphql"


class Rank(IntEnum):
    """What goes first where little is left."""

    ANSWER = 0
    """Waits, and may take all."""
    NOTICE = 1
    """Of use at once or not at all: waits for a second at most, and leaves the reserve."""
    BACKGROUND = 2
    """Never waits, and leaves the reserve."""


PATIENCE = {Rank.ANSWER: 5.0, Rank.NOTICE: 1.0, Rank.BACKGROUND: 0.0}
"""Seconds that are waited here; what has to wait longer comes back later."""
EARLY = 2.0
"""Seconds before its turn at which something is to come back: who comes late would leave the
time of its turn unused, since everybody behind has one of their own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruling:
    """Whether a request may be sent: in `wait` seconds; if not, when to come back.

    `points` are how many were taken, for a request that changes nothing.
    """

    granted: bool
    wait: float
    points: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """The limits of an installation, as `app.limit_settings` explains them."""

    pause: float
    minute: int
    hour: int
    rest: int
    graphql: int
    reserve: float

    def write(
        self, allowance: Allowance, now: float, key: str, rank: Rank = Rank.ANSWER
    ) -> tuple[Allowance, Ruling]:
        """Rules on a request that changes something.

        Whoever has to wait for long gets a turn, at which the place is kept for what wants
        the same: those who came first go first.

        Args:
            allowance: where the installation stands.
            now: seconds since the epoch.
            key: what is wanted; the same again is known by it.
            rank: how important it is.
        """
        turns = {name: at for name, at in allowance.turns.items() if at > now - TURN_LASTS}
        called = turns.pop(key, None) is not None
        ahead = [] if called else sorted(turns.values())
        at = max(now, allowance.next_write, allowance.blocked_until)
        if ahead:
            at = max(at, ahead[-1] + self.pause)
        for used, limit, amount in (
            (allowance.minute, self._limit(self.minute, MINUTE, rank), 1),
            (allowance.hour, self._limit(self.hour, HOUR, rank), 1),
            (allowance.rest, self._points(Resource.REST, rank), WRITE_POINTS),
        ):
            at = limit.earliest(limit.planned(used, ahead, amount), at, amount)
        if at - now > PATIENCE[rank]:
            if rank is not Rank.ANSWER:
                return replace(allowance, turns=turns), Ruling(granted=False, wait=at - now)
            if len(turns) < MOST_TURNS:
                turns[key] = at
            return replace(allowance, turns=turns), Ruling(granted=False, wait=at - now - EARLY)
        taken = replace(
            allowance,
            minute=self._limit(self.minute, MINUTE).taken(allowance.minute, at),
            hour=self._limit(self.hour, HOUR).taken(allowance.hour, at),
            rest=self._points(Resource.REST).taken(allowance.rest, at, WRITE_POINTS),
            next_write=at + self.pause,
            turns=turns,
        )
        return taken, Ruling(granted=True, wait=at - now)

    def read(
        self,
        allowance: Allowance,
        now: float,
        resource: Resource,
        rank: Rank = Rank.ANSWER,
        most: int = 1,
    ) -> tuple[Allowance, Ruling]:
        """Rules on requests that change nothing; grants up to `most` points, to be used soon."""
        used = allowance.rest if resource is Resource.REST else allowance.graphql
        limit = self._points(resource, rank)
        at = limit.earliest(used, max(now, allowance.blocked_until))
        if at > now:
            return allowance, Ruling(granted=False, wait=at - now)
        points = min(most, limit.free(used, now))
        counts = self._points(resource).taken(used, now, points)
        ruling = Ruling(granted=True, wait=0.0, points=points)
        if resource is Resource.REST:
            return replace(allowance, rest=counts), ruling
        return replace(allowance, graphql=counts), ruling

    def refused(
        self, allowance: Allowance, now: float, told: float | None
    ) -> tuple[Allowance, Ruling]:
        """Notes that GitHub refused a request.

        Args:
            allowance: where the installation stands.
            now: seconds since the epoch.
            told: the seconds that GitHub says to wait; None where it does not say.
        """
        if allowance.blocked_until > now:
            # Sent before the refusal was known: that says nothing new, unless a longer wait.
            until = max(allowance.blocked_until, now + (told or 0.0))
            return replace(allowance, blocked_until=until), Ruling(granted=False, wait=until - now)
        quiet = now - allowance.blocked_until > QUIET
        refusals = 0 if quiet else allowance.refusals
        wait = min(FIRST_BLOCK * 2**refusals, LONGEST_BLOCK) if told is None else told
        return (
            replace(allowance, blocked_until=now + wait, refusals=min(refusals + 1, 10)),
            Ruling(granted=False, wait=wait),
        )

    def _points(self, resource: Resource, rank: Rank = Rank.ANSWER) -> Limit:
        count = self.rest if resource is Resource.REST else self.graphql
        return self._limit(count, MINUTE + LEASE_SECONDS, rank)

    def _limit(self, count: int, seconds: float, rank: Rank = Rank.ANSWER) -> Limit:
        share = 1.0 if rank is Rank.ANSWER else 1.0 - self.reserve
        return Limit(count=int(count * share), seconds=seconds)


def rules_of(settings: Settings) -> Rules:
    """Returns the rules that the settings name."""
    return Rules(
        pause=settings.github_pause,
        minute=settings.github_writes_minute,
        hour=settings.github_writes_hour,
        rest=settings.github_rest_points,
        graphql=settings.github_graphql_points,
        reserve=settings.github_reserve,
    )
