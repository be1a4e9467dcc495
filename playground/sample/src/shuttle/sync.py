"""Sending what changed to the other machines."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """A file that differs from what the others have."""

    path: str
    size: int


def pending(changes: list[Change], limit: int = 1000) -> list[Change]:
    """Return the changes to send next, smallest first, at most `limit` of them."""
    return sorted(changes, key=lambda change: change.size)[:limit]


def retry_delay(attempt: int) -> float:
    """Return the seconds to wait before another attempt: one, doubled each time, at most 60."""
    return min(60.0, 2.0**attempt)
