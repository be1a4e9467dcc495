"""What was used of GitHub's limits: counts over sliding windows of time, by value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SLICES = 30
"""Parts that a window is counted in: what is used is given back a part at a time."""

Counts = Mapping[int, int]
"""What was used in each part of a window; parts are numbered from the epoch on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """At most `count` in any span of `seconds`.

    A part counts until its end is `seconds` past, so no span ever holds more than `count`,
    wherever it begins; what was used is given back up to a thirtieth of the span late.

    All times are seconds since the epoch.
    """

    count: int
    seconds: float

    @property
    def _width(self) -> float:
        return self.seconds / SLICES

    def free(self, used: Counts, at: float) -> int:
        """Returns how much is left at a time, at least 0."""
        return max(0, self.count - sum(number for _, number in self._live(used, at)))

    def earliest(self, used: Counts, at: float, amount: int = 1) -> float:
        """Returns the first time, `at` or later, at which an amount fits.

        An amount above `count` fits once nothing else counts.
        """
        live = self._live(used, at)
        total = sum(number for _, number in live)
        for part, number in live:
            if total + amount <= self.count:
                break
            total -= number
            at = max(at, (part + 1) * self._width + self.seconds)
        return at

    def taken(self, used: Counts, at: float, amount: int = 1) -> Counts:
        """Returns the counts with an amount more, without what has not counted for long."""
        # `at` may lie ahead, and somebody may still ask for a time before it.
        kept = dict(self._live(used, at - self.seconds / 3))
        return self.planned(kept, (at,), amount)

    def planned(self, used: Counts, times: Iterable[float], amount: int = 1) -> Counts:
        """Returns the counts with an amount more at each of some times."""
        counts = dict(used)
        for at in times:
            part = int(at // self._width)
            counts[part] = counts.get(part, 0) + amount
        return counts

    def _live(self, used: Counts, at: float) -> list[tuple[int, int]]:
        begin = at - self.seconds
        return sorted(item for item in used.items() if (item[0] + 1) * self._width > begin)


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """What one installation used of GitHub's limits, by all processes together.

    Times are seconds since the epoch, by the clock of what keeps this.

    Attributes:
        minute, hour: requests that changed something.
        rest, graphql: points.
        sweeps: points of GraphQL that looking at replies took.
        next_write: before that time nothing more is changed.
        turns: when those who had to wait for long may come back, each by what it wants.
        blocked_until: GitHub refused everything until then.
        refusals: how often it did so without a quiet time in between.
    """

    minute: Counts = field(default_factory=dict)
    hour: Counts = field(default_factory=dict)
    rest: Counts = field(default_factory=dict)
    graphql: Counts = field(default_factory=dict)
    sweeps: Counts = field(default_factory=dict)
    next_write: float = 0.0
    turns: Mapping[str, float] = field(default_factory=dict)
    blocked_until: float = 0.0
    refusals: int = 0
