"""The playground's clock, which tests move forward."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """Wall time plus what a test has added.

    App JWTs are checked against `wall`, since their makers read a clock that nobody advances.

    Args:
        wall: Seconds since the epoch.
    """

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._ahead = 0.0

    def wall(self) -> float:
        """Seconds since the epoch, not advanced."""
        return self._wall()

    def now(self) -> datetime:
        """The playground's time in UTC, to the second as GitHub gives it."""
        return datetime.fromtimestamp(int(self._wall() + self._ahead), UTC)

    def advance(self, seconds: float) -> None:
        """Moves the playground's time forward."""
        if seconds < 0:
            raise ValueError("time only moves forward")
        self._ahead += timedelta(seconds=seconds).total_seconds()


def stamp(at: datetime) -> str:
    """A time as GitHub writes it: `2026-01-31T12:00:00Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
