"""What the two layouts of a lesson share: people's opinion, the sides, chance by hash."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain import Reply


@dataclass(frozen=True, kw_only=True, slots=True)
class Opinion:
    """What people think of a reply's texts; one of `chosen` and `rejected` may be empty."""

    chosen: str
    rejected: str
    weight: float
    people: Sequence[str]
    urls: Sequence[str]
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """A lesson's prompt and its answers in the model's own form."""

    prompt: str
    chosen: str
    rejected: str


@dataclass(frozen=True, slots=True)
class NoLesson:
    """Why nothing is learned of a reply, in words that are the same for replies alike."""

    reason: str


def place_of(reply: Reply, what: str, places: int) -> int:
    """Returns one of so many places by a hash: as good as by lot, and always the same."""
    name = f"{reply.repository_id}/{reply.id}/{what}"
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % places
