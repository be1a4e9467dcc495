"""Stretches of a file that passages are made of."""

from dataclasses import dataclass

from app.domain import SourceKind

MAX_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Part:
    """Lines `start` to `end` (from 1, both included) under a title."""

    title: str
    start: int
    end: int
    kind: SourceKind
