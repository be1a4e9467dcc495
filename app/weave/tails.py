"""Whole answers: where beginnings tell nothing, whole ones are sampled and their tails regrown.

The belief: an answer's value is a sum of equal, independent normal parts, one a piece. Given the
answers seen, the value of each beginning follows by belief propagation on the tree (Pearl 1988),
and from it what a new tail there may improve the best by, for each piece that it costs.
"""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise

from app.weave.improvement import improvement, shares
from app.weave.sampling import Sampling
from app.weave.tree import Node

FRESH = 0.5
"""Share of the first beginnings that are grown to whole answers."""
FOCUS = 2.0
"""New tails are shared by the expected improvement a piece to this power."""
BEST = 3
"""Answers whose tails are regrown."""
VAGUE = 1e-12
"""Precision of what nothing is known of."""


@dataclass(kw_only=True, slots=True)
class Heard:
    """What answers tell of a beginning: precision, and precision times mean, of its value."""

    precision: float = 0.0
    moment: float = 0.0


class Tails:
    """Grows whole answers, one piece of each lane a call."""

    def __init__(self, sampling: Sampling, chance: random.Random) -> None:
        self._sampling = sampling
        self._chance = chance
        self._lanes: list[Node] = []
        self._heard: dict[Node, Heard] = {}
        self._told: dict[Node, Heard] = {}
        self._listened = 0
        self._mean = self._part = 0.0

    def run(self, *, fresh: bool) -> None:
        """Samples whole answers first where `fresh`, then regrows until nothing may be drawn."""
        sampling = self._sampling
        if fresh:
            first = sampling.open[1] if len(sampling.open) > 1 else []
            self._lanes = self._chance.sample(first, math.ceil(FRESH * len(first)))
        while sampling.going and (self._lanes or not sampling.ended):
            self._grow_fresh()
            if not self._lanes and not sampling.ended:
                return
        if sampling.ended:
            self._believe()
        while sampling.going:
            self._listen()
            plan = self._plan()
            for lane in self._lanes:
                plan[lane] = plan.get(lane, 0) + 1
            if not plan:
                return
            self._lanes = [node for node in sampling.draw(plan) if not node.ended]

    def _grow_fresh(self) -> None:
        """Grows the lanes by a piece; as many as can still end where no end is known."""
        sampling = self._sampling
        if not self._lanes:
            waiting = [node for node in sampling.deepest if not node.exhausted]
            self._lanes = waiting[:1]
        if not sampling.ended and self._lanes:
            depth = max(1, self._lanes[0].depth)
            self._lanes = self._lanes[: max(1, sampling.left // depth)]
        if self._lanes:
            drawn = sampling.draw(dict.fromkeys(self._lanes, 1))
            self._lanes = [node for node in drawn if not node.ended]

    def _believe(self) -> None:
        """Learns the mean of answers, and the variance that each piece has in it."""
        values = [node.value for node in self._sampling.ended]
        self._mean = sum(values) / len(values)
        squares = sum((value - self._mean) ** 2 for value in values)
        pieces = sum(node.depth for node in self._sampling.ended) / len(values)
        self._part = max(squares / max(1, len(values) - 1) / pieces, VAGUE)

    def _listen(self) -> None:
        """Tells new answers to the beginnings that they have, up to the root."""
        for answer in self._sampling.ended[self._listened :]:
            said = Heard(precision=1 / self._part, moment=(answer.value - self._mean) / self._part)
            node = answer
            while node.parent is not None:
                parent = self._heard.setdefault(node.parent, Heard())
                before = self._told.get(node, Heard())
                parent.precision += said.precision - before.precision
                parent.moment += said.moment - before.moment
                self._told[node] = said
                node = node.parent
                mean = parent.moment / parent.precision
                precision = 1 / (1 / parent.precision + self._part)
                said = Heard(precision=precision, moment=precision * mean)
        self._listened = len(self._sampling.ended)

    def _plan(self) -> dict[Node, int]:
        """Returns where new tails begin, as many as the calls that are left ask for."""
        sampling = self._sampling
        wanted = math.ceil(sampling.left / sampling.calls) - len(self._lanes)
        if wanted <= 0:
            return {}
        gains = self._gains()
        highest = max(gains.values(), default=0.0)
        order = sorted(gains, key=lambda node: -gains[node])
        weights = [(gains[node] / highest) ** FOCUS if highest > 0 else 1.0 for node in order]
        parts = shares(weights, wanted) if order else []
        return {node: part for node, part in zip(order, parts, strict=True) if part}

    def _gains(self) -> Mapping[Node, float]:
        """Returns the expected improvement a piece of a new tail after each beginning."""
        answers = nlargest(BEST, self._sampling.ended, key=lambda node: node.value)
        best = answers[0].value - self._mean
        gains: dict[Node, float] = {}
        for answer in answers:
            for node, mean, variance in self._path(answer):
                if node not in gains and not node.exhausted:
                    tail = answer.depth - node.depth
                    deviation = math.sqrt(variance + tail * self._part)
                    gains[node] = node.novelty * improvement(best, mean, deviation) / tail
        return gains

    def _path(self, answer: Node) -> list[tuple[Node, float, float]]:
        """Returns the beginnings of an answer, from the root, with mean and variance."""
        nodes = [answer]
        while (parent := nodes[-1].parent) is not None:
            nodes.append(parent)
        nodes.reverse()
        found = []
        precision, moment = 1 / VAGUE, 0.0
        for node, child in pairwise(nodes):
            heard, said = self._heard[node], self._told[child]
            precision += heard.precision
            moment += heard.moment
            found.append((node, moment / precision, 1 / precision))
            # What the child does not know yet: all but what it said itself, less sure by a part.
            others = max(precision - said.precision, VAGUE)
            mean = (moment - said.moment) / others
            precision = 1 / (1 / others + self._part)
            moment = precision * mean
        return found
