"""What a search may still ask for, and everything that it has seen; no I/O of its own.

Texts that come again are one node, and are not scored again. Scores are kept in a unit of the
search's own: the spread of the first texts that differ, from their mean. So nothing that
follows depends on the scale or the origin of the evaluator.
"""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence

from app.domain import Piece
from app.weave.tree import Node

Expand = Callable[[Sequence[str], Sequence[int]], Sequence[Sequence[Piece]]]
Score = Callable[[Sequence[str]], Sequence[float]]

CALLS = 40
"""Sequential calls of `expand` at most: what a person waits for."""
DIGITS = 9
"""Decimals of a value: without rounding, an origin far away would break ties by chance."""
OUTCAST = 8.0
"""Spreads below its siblings' median from which on a text is out of question, not just worse."""
EXTREME = 1e60
"""Stands for what is not finite."""


class Sampling:
    """Expands and scores within limits.

    `left` pieces, `calls` and `evaluations` may still be asked for; `open` holds the texts that
    may go on by depth, `ended` the others; `drawn` and `stopped` count, by depth, the pieces
    that came and those of them that ended an answer.
    """

    def __init__(self, expand: Expand, score: Score, *, budget: int, longest: int | None) -> None:
        self._expand = expand
        self._score = score
        self._longest = longest
        self._nodes: dict[tuple[str, bool], Node] = {("", False): Node(text="")}
        self._unit = 0.0
        self._origin: float | None = None
        self.root = self._nodes["", False]
        self.budget = budget
        self.left = budget
        self.calls = CALLS
        self.evaluations = budget + budget // 4
        self.measured = 0
        self.open: list[list[Node]] = [[self.root]]
        self.ended: list[Node] = []
        self.drawn = [0]
        self.stopped = [0]
        self._known: dict[str, float] = {}

    @property
    def going(self) -> bool:
        """Says whether anything may still be drawn."""
        return self.left > 0 and self.calls > 0

    @property
    def novelty(self) -> float:
        """The share of pieces so far that were new."""
        return max(0.1, (len(self._nodes) - 1) / max(1, sum(self.drawn)))

    @property
    def deepest(self) -> list[Node]:
        """The open texts of the greatest depth; the root alone before anything was drawn."""
        return next((level for level in reversed(self.open) if level), [])

    def draw(self, plan: Mapping[Node, int]) -> list[Node]:
        """Continues texts in one call, as far as the budget goes; returns the new texts."""
        asked: dict[Node, int] = {}
        for node, count in plan.items():
            count = min(count, self.left)
            if count > 0:
                asked[node] = count
                self.left -= count
        if not asked:
            return []
        self.calls -= 1
        batches = self._expand([node.text for node in asked], list(asked.values()))
        if len(batches) != len(asked):
            raise ValueError(
                f"asked to continue {len(asked)} texts, got {len(batches)} lists of pieces"
            )
        new: list[Node] = []
        for (node, count), pieces in zip(asked.items(), batches, strict=True):
            node.exhausted = len(pieces) < count
            new += self._take(node, pieces[:count])
        self._measure(new)
        for node in new:
            (self.ended if node.ended else self.open[node.depth]).append(node)
        return new

    def _take(self, parent: Node, pieces: Sequence[Piece]) -> list[Node]:
        """Hangs new pieces below a text; a text that is known already is only counted."""
        depth = parent.depth + 1
        if depth >= len(self.open):
            self.open.append([])
            self.drawn.append(0)
            self.stopped.append(0)
        new = []
        parent.asked += len(pieces)
        for piece in pieces:
            ended = piece.finished or (self._longest is not None and depth >= self._longest)
            self.drawn[depth] += 1
            self.stopped[depth] += ended
            key = (parent.text + piece.text, piece.finished)
            known = self._nodes.get(key)
            if known is not None:
                known.copies += 1
                parent.once -= known.parent is parent and known.copies == 1
                continue
            node = Node(text=key[0], piece=piece, depth=depth, parent=parent, ended=ended)
            self._nodes[key] = node
            parent.children.append(node)
            parent.once += 1
            new.append(node)
        return new

    @property
    def spare(self) -> int:
        """Evaluations that no piece still to be drawn will need."""
        return self.evaluations - self.left

    def look(self, nodes: Sequence[Node]) -> None:
        """Measures texts once more, as far as spare evaluations go."""
        nodes = nodes[: self.spare]
        self._average(nodes, self._scores([node.text for node in nodes]))

    def _measure(self, nodes: Sequence[Node]) -> None:
        """Measures new texts; one that was scored with another end is not scored again."""
        fresh = list(dict.fromkeys(n.text for n in nodes if n.text not in self._known))
        self._known.update(zip(fresh, self._scores(fresh), strict=True))
        self._average(nodes, [self._known[node.text] for node in nodes])

    def _scores(self, texts: Sequence[str]) -> list[float]:
        if not texts:
            return []
        self.evaluations -= len(texts)
        self.measured += len(texts)
        scores = self._score(texts)
        if len(scores) != len(texts):
            raise ValueError(f"asked to score {len(texts)} texts, got {len(scores)} scores")
        return [-math.inf if math.isnan(score) else score for score in scores]

    def _average(self, nodes: Sequence[Node], scores: Sequence[float]) -> None:
        finite = [score for score in scores if math.isfinite(score)]
        if not self._unit and finite:
            self._settle_unit(finite)
        for node, score in zip(nodes, scores, strict=False):
            node.looks += 1
            # Not by the difference: infinity less infinity is no number.
            before = node.score * (node.looks - 1) if node.looks > 1 else 0.0
            node.score = (before + score) / node.looks
            value = self._in_unit(score)
            node.value = round(node.value + (value - node.value) / node.looks, DIGITS)

    def _settle_unit(self, scores: Sequence[float]) -> None:
        """Takes the first scores for origin, and their spread for unit once they differ."""
        if self._origin is None:
            self._origin = statistics.median(scores)
        origin = self._origin
        widest = max(abs(score - origin) for score in scores)
        if widest > 1e-9 * abs(origin):
            self._unit = statistics.fmean(abs(score - origin) for score in scores)

    def _in_unit(self, score: float) -> float:
        if not math.isfinite(score):
            return math.copysign(EXTREME, score)
        if not self._unit or self._origin is None:
            return 0.0
        return max(-EXTREME, min(EXTREME, (score - self._origin) / self._unit))


def sound(values: Sequence[float]) -> list[float]:
    """Leaves out what lies so far below the median that it says nothing of the spread."""
    if len(values) < 3:
        return [value for value in values if value > -EXTREME / 2]
    ordered = sorted(values)
    middle = ordered[len(ordered) // 2]
    upper = ordered[(3 * len(ordered)) // 4 :]
    spread = max(statistics.fmean(upper) - middle, 1e-9)
    return [value for value in ordered if value >= middle - OUTCAST * spread - 1.0]
