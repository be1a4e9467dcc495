"""Shares of hits with their 95 % intervals."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

_Z = 1.959964


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """How many of how many; `total` is at least 1."""

    hits: int
    total: int

    @classmethod
    def of(cls, outcomes: Iterable[bool]) -> "Share":
        """Counts outcomes.

        Raises:
            ValueError: there are none.
        """
        counted = list(outcomes)
        if not counted:
            raise ValueError("a share needs at least one outcome")
        return cls(hits=sum(counted), total=len(counted))

    @property
    def value(self) -> float:
        """The share, in [0, 1]."""
        return self.hits / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval by Wilson's formula (Wilson 1927, equation 4)."""
        spread = _Z * math.sqrt(
            self.value * (1 - self.value) / self.total + (_Z / self.total) ** 2 / 4
        )
        centre, scale = self.value + _Z**2 / (2 * self.total), 1 + _Z**2 / self.total
        return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)

    def figures(self) -> dict[str, float]:
        """Returns the share with its interval and count, as kept in `figures.json`."""
        low, high = self.interval
        rounded = {"value": self.value, "low": low, "high": high}
        return {**{name: round(value, 4) for name, value in rounded.items()}, "n": self.total}
