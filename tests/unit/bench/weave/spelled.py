"""A problem whose pieces and scores a test can foresee."""

from app.domain import Piece
from bench.weave.meter import Terms
from bench.weave.problem import END, Problem


class Spelled(Problem):
    """Draws a, b, c, ... in turn after every text; `scores` are what each text is worth."""

    def __init__(self, longest: int, scores: dict[str, float]) -> None:
        super().__init__(0)
        self.longest = longest
        self.scores = scores

    def draw(self, text: str, again: int) -> Piece | None:
        if text.endswith(END):
            return None
        letter = "abcdefgh"[again % 8]
        ends = len(text) + 1 == self.longest or letter == "h"
        return Piece(text=letter + END * ends, finished=ends, logprob=0.0)

    def look(self, text: str, again: int) -> float:
        return self.scores.get(text, 0.0)


def terms(budget: int, longest: int, seed: int = 0) -> Terms:
    """The terms of a search on it."""
    return Terms(budget=budget, longest=longest, seed=seed)
