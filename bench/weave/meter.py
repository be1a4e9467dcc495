"""What a search sees of a problem, and what it costs."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain import Piece
from bench.weave.problem import Problem


class OverBudgetError(RuntimeError):
    """A search asked for more than its budget: its figures would mean nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What a search may do: pieces asked for, at most; `longest` answer in pieces; its seed."""

    budget: int
    longest: int
    seed: int


class Meter:
    """Samples and scores one problem for one search, and counts.

    Raises:
        OverBudgetError: more pieces than the budget were asked for, or more than 1.25 times as
            many texts were to be scored.
    """

    def __init__(self, problem: Problem, budget: int) -> None:
        self._problem = problem
        self._budget = budget
        self._drawn: Counter[str] = Counter()
        self._looked: Counter[str] = Counter()
        self.pieces = 0
        self.scored = 0
        self.calls = 0
        self.seconds = 0.0
        """Processor time spent in the problem, not in the search."""

    def expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> list[list[Piece]]:
        """Draws pieces after texts; after an ended one there are none, but they count as asked."""
        started = time.thread_time()
        self.calls += 1
        self.pieces += sum(counts)
        if self.pieces > self._budget:
            raise OverBudgetError(f"{self.pieces} pieces asked for, {self._budget} allowed")
        drawn = []
        for text, count in zip(prefixes, counts, strict=True):
            first = self._drawn[text]
            self._drawn[text] += count
            pieces = (self._problem.draw(text, again) for again in range(first, first + count))
            drawn.append([piece for piece in pieces if piece is not None])
        self.seconds += time.thread_time() - started
        return drawn

    def score(self, texts: Sequence[str]) -> list[float]:
        """Returns the log-odds of texts; a text that comes again is measured again."""
        started = time.thread_time()
        self.scored += len(texts)
        if self.scored > 1.25 * self._budget:
            raise OverBudgetError(f"{self.scored} texts scored for {self._budget} pieces")
        scores = []
        for text in texts:
            scores.append(self._problem.look(text, self._looked[text]))
            self._looked[text] += 1
        self.seconds += time.thread_time() - started
        return scores


Method = Callable[[Meter, Terms], str]
"""A search: returns its answer."""
