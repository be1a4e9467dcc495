"""The tree of texts that a search has looked at."""

from dataclasses import dataclass, field

from app.domain import Piece


@dataclass(kw_only=True, slots=True)
class Node:
    """A beginning of an answer. `score` is its log-odds; the root's is not measured."""

    text: str
    piece: Piece | None = None
    score: float = 0.0
    depth: int = 0
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)

    @property
    def finished(self) -> bool:
        return self.piece is not None and self.piece.finished
