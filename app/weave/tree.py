"""The tree of texts that a search has looked at."""

from dataclasses import dataclass, field

from app.domain import Piece


@dataclass(kw_only=True, slots=True, eq=False)
class Node:
    """A beginning of an answer.

    `score` is its log-odds, the mean where it was measured more than once (`looks` times); the
    root's is not measured. `value` is the score in the search's own unit. `asked` pieces were
    drawn after it; `once` of its children came up one time only. It is `exhausted` where
    fewer pieces came than were asked for, and has `ended` where nothing follows it.
    """

    text: str
    piece: Piece | None = None
    score: float = 0.0
    depth: int = 0
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    looks: int = 0
    value: float = 0.0
    asked: int = 0
    once: int = 0
    copies: int = 0
    exhausted: bool = False
    ended: bool = False

    @property
    def finished(self) -> bool:
        return self.piece is not None and self.piece.finished

    @property
    def novelty(self) -> float:
        """The chance that the next piece is a new one (Good and Turing: Good 1953)."""
        return (self.once + 0.5) / (self.asked + 0.5)
