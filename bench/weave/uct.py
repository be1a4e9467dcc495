"""UCT with progressive widening: Kocsis and Szepesvári 2006; Coulom 2007 for the widening.

The constants are those of Browne et al. 2012, A Survey of Monte Carlo Tree Search Methods.
"""

import math
from dataclasses import dataclass, field

from bench.weave.meter import Meter, Terms

EXPLORE = 1 / math.sqrt(2)
"""C_p, for rewards in [0, 1]; scores are brought there by the lowest and highest seen."""
WIDEN = 0.5
"""A text visited v times may have v ** 0.5 children, rounded up."""


@dataclass(kw_only=True, slots=True)
class Place:
    """A text of the tree with the scores of the answers sampled through it."""

    text: str
    finished: bool = False
    visits: int = 0
    total: float = 0.0
    children: dict[str, "Place"] = field(default_factory=dict)


class _Search:
    def __init__(self, meter: Meter, terms: Terms) -> None:
        self._meter = meter
        self._left = terms.budget
        self._root = Place(text="")
        self._ended: dict[str, float] = {}
        self._open: dict[str, float] = {}
        self._low, self._high = math.inf, -math.inf

    def run(self) -> str:
        while self._left:
            path = self._descend()
            score = self._play(path[-1])
            for place in path:
                place.visits += 1
                place.total += score
        found = self._ended or self._open
        return max(found, key=lambda text: found[text])

    def _descend(self) -> list[Place]:
        """Returns the places from the root to a new child, a copy of one, or an ended answer."""
        path = [self._root]
        while not path[-1].finished:
            place = path[-1]
            if len(place.children) < math.ceil(max(place.visits, 1) ** WIDEN):
                path.append(self._widen(place))
                return path
            path.append(max(place.children.values(), key=lambda c: self._bound(c, place)))
        return path

    def _widen(self, place: Place) -> Place:
        text, finished = self._sample(place.text)
        return place.children.setdefault(text, Place(text=text, finished=finished))

    def _bound(self, child: Place, parent: Place) -> float:
        reward = (child.total / child.visits - self._low) / ((self._high - self._low) or 1.0)
        return reward + 2 * EXPLORE * math.sqrt(2 * math.log(parent.visits) / child.visits)

    def _play(self, place: Place) -> float:
        """Samples to the end of the answer and scores that once."""
        text, finished = place.text, place.finished
        while self._left and not finished:
            text, finished = self._sample(text)
        known = self._ended if finished else self._open
        if text not in known:
            [score] = self._meter.score([text])
            known[text] = score
            self._low, self._high = min(self._low, score), max(self._high, score)
        return known[text]

    def _sample(self, text: str) -> tuple[str, bool]:
        self._left -= 1
        [[piece]] = self._meter.expand([text], [1])
        return text + piece.text, piece.finished


def uct(meter: Meter, terms: Terms) -> str:
    """Samples one answer at a time from where the upper confidence bound is highest."""
    return _Search(meter, terms).run()
