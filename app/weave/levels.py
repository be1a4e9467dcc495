"""Level by level: how far to widen a level, below which texts, and when to go on.

The belief: the children of a text lie normally around its own value and the usual step, with
the spread that siblings had so far. From it follows what one draw more below each text is
expected to improve the level's best by. Draws go where that is most; a level ends where it is
less than the same draw would be worth further on (`improvement.price`).
"""

import math
import random
import statistics
from collections.abc import Sequence
from heapq import nlargest

from app.weave.horizon import Horizon
from app.weave.improvement import improvement, price, quantile, shares
from app.weave.sampling import Sampling, sound
from app.weave.tree import Node

WAVE = 9
"""The first wave is this part of the budget."""
ROUNDS = 8
"""Calls for one level at most: more look closer at each draw, and take longer."""
HASTE = 1.5
"""A level may draw so many times its share before its rounds are used up."""
PARENTS = 8
"""Texts of a level that are continued, beside those that were tried."""
FOCUS = 8.0
"""Draws are shared by the expected improvement to this power: ties share, others hardly do."""
STRAY = 0.06
"""Variance, in siblings', of what a text's children have in common beyond its value.

What measuring again shows of noise comes on top of it."""
SURPRISE = 3.5
"""Children so many variances above the forecast raise the forecast of their parent."""
TRIED_FIRST = 0.035
TRIED = 0.05
"""Poor-looking beginnings that get one piece: a share of the budget, then of each level."""
FORECAST = 4
"""Siblings that the forecast of a level's spread from the level above counts for."""
NARROWING = 0.75
"""What a level's spread is of the level above, before any was seen."""
NOISE = 0.05
"""Share of a level's variance from which on what changes when measured again is noise."""
LOOKS = 4
"""Times that a text is measured on the way, at most."""


class Levels:
    """Searches level by level, one `widen` a call of `expand`."""

    def __init__(self, sampling: Sampling, horizon: Horizon, chance: random.Random) -> None:
        self._sampling = sampling
        self._horizon = horizon
        self._chance = chance
        self._noise = 0.0
        self._spreads: dict[int, float] = {0: 0.0}
        self._trend, self._seen = math.log(NARROWING), 1.0
        self._tried: list[Node] = []
        self._share = 0.0
        self.depth = 0

    def first_wave(self, count: int) -> None:
        """Draws the first beginnings, and measures a few twice to learn the noise."""
        sampling = self._sampling
        self._share = count
        sampling.draw({sampling.root: count})
        again = sampling.root.children[: max(3, min(8, sampling.budget // 16))]
        again = again[: sampling.spare]
        before = [node.value for node in again]
        sampling.look(again)
        # The mean of two looks moved by half of their difference, whose variance is twice one's.
        moved = [node.value - value for node, value in zip(again, before, strict=True)]
        self._noise = 2 * statistics.fmean(m * m for m in moved) if moved else 0.0

    @property
    def blind(self) -> bool:
        """Says whether beginnings all look alike, so that only whole answers can be judged."""
        values = {node.value for node in self._sampling.root.children if not node.ended}
        return len(values) == 1 and len(self._sampling.root.children) > 2

    def run(self) -> None:
        """Goes from level to level until nothing may be drawn or nothing is open."""
        rounds = 1
        self._horizon.run_ahead()
        while self._sampling.going and self._sampling.open[self.depth]:
            while self._sampling.going and self._widen(rounds):
                rounds += 1
            if self.depth + 1 >= len(self._sampling.open):
                return
            self._learn()
            self.depth += 1
            self._tried = []
            rounds = 0

    def _widen(self, rounds: int) -> bool:
        """Draws once more below this level's texts; returns whether more is to be drawn."""
        sampling = self._sampling
        levels = self._horizon.estimate(self.depth) - self.depth
        most = min(ROUNDS, sampling.calls // levels)
        if levels <= 1:
            most = max(most, sampling.calls // 2)
        share = sampling.left / levels
        if rounds == 0:
            self._share = share
        parents = self._parents()
        if not parents:
            return False
        spread = self._spread(self.depth + 1)
        gains = self._gains(parents, spread, share, begins=rounds == 0)
        wave = bool(sampling.open[self.depth + 1 :]) and bool(sampling.open[self.depth + 1])
        if rounds and levels > 1 and wave:
            draws = sampling.left / (levels - 1) * sampling.novelty
            worth = sampling.novelty * spread * price(draws)
            if rounds >= max(1, most) or max(gains) <= worth:
                return False
        batch = self._batch(levels, max(1, most), rounds)
        plan = self._plan(parents, gains, min(batch, sampling.left - self._horizon.reserve))
        if rounds == 0 and self.depth > 0 and levels > 1:
            self._try(plan, share)
        self._horizon.scout(plan)
        if not plan:
            return False
        new = sampling.draw(plan)
        self._look_again()
        return bool(new) or levels > 1 or not all(parent.exhausted for parent in parents)

    def _batch(self, levels: int, most: int, rounds: int) -> int:
        """Returns how many pieces to draw in this call."""
        left = self._sampling.left
        if levels <= 1:
            return math.ceil(left / most)
        if most == 1:
            return max(1, round(left / levels))
        batch = math.ceil(HASTE * self._share / most)
        return max(batch, min(3, math.ceil(self._share))) if rounds == 0 else batch

    def _parents(self) -> list[Node]:
        """Returns the best texts of this level, and those that have children already."""
        level = [node for node in self._sampling.open[self.depth] if not node.exhausted]
        best = nlargest(PARENTS, level, key=lambda node: node.value)
        return best + [node for node in level if node.children and node not in best]

    def _plan(self, parents: Sequence[Node], gains: Sequence[float], batch: int) -> dict[Node, int]:
        if batch <= 0:
            return {}
        highest = max(gains)
        order = sorted(range(len(parents)), key=lambda at: -gains[at])
        weights = [(gains[at] / highest) ** FOCUS if highest > 0 else 1.0 for at in order]
        parts = shares(weights, batch)
        return {parents[at]: part for at, part in zip(order, parts, strict=True) if part}

    def _gains(
        self, parents: Sequence[Node], spread: float, share: float, *, begins: bool
    ) -> list[float]:
        """Returns by how much one draw below each text may improve the level's best.

        Where the level `begins`, that best is what its share of draws is hoped to bring: the
        scout's piece, which is there already, says nothing of where the draws will do most.
        """
        shared = STRAY * spread * spread if self.depth else 0.0
        own = [_values(node) for node in parents]
        step = self._step(parents, own, shared + spread * spread)
        beliefs = []
        for node, values in zip(parents, own, strict=True):
            mean = node.value + step if self.depth else step
            error = self._noise / node.looks if self.depth else 0.0
            beliefs.append(_belief(mean, shared + error, values, spread))
        below = self._sampling.open[self.depth + 1 : self.depth + 2]
        seen = [node.value for node in below[0]] if below else []
        seen = seen or [child.value for node in parents for child in node.children]
        if begins or not seen:
            seen.append(max(mean for mean, _ in beliefs) + 0.7 * spread * quantile(share))
        best = max(seen)
        return [
            node.novelty * improvement(best, mean, math.sqrt(spread * spread + variance))
            for node, (mean, variance) in zip(parents, beliefs, strict=True)
        ]

    def _step(
        self, parents: Sequence[Node], own: Sequence[Sequence[float]], variance: float
    ) -> float:
        """Returns how far children lie from their parents on the mean."""
        weight = total = 0.0
        for node, values in zip(parents, own, strict=True):
            if values:
                share = 1 / (STRAY + 1 / len(values)) if variance else 1.0
                weight += share
                total += share * (statistics.fmean(values) - (node.value if self.depth else 0.0))
        return total / weight if weight else 0.0

    def _try(self, plan: dict[Node, int], share: float) -> None:
        """Adds one piece for some poor-looking texts: one of them may open what is best."""
        part = TRIED_FIRST * self._sampling.budget if self.depth == 1 else TRIED * share
        level = self._sampling.open[self.depth]
        rest = [node for node in level if node not in plan and not node.asked]
        rest.sort(key=lambda node: node.value)
        poor = rest[: (len(rest) + 1) // 2]
        count = min(len(poor), int(part + self._chance.random()))
        self._tried = self._chance.sample(poor, count)
        plan.update(dict.fromkeys(self._tried, 1))

    def _spread(self, depth: int) -> float:
        """Returns the deviation among siblings at a depth, with what the level above foretells."""
        squares = freedom = 0.0
        level = self._sampling.open[depth] if depth < len(self._sampling.open) else []
        for parent in {node.parent: None for node in level}:
            values = _values(parent) if parent else []
            if len(values) > 1:
                mean = statistics.fmean(values)
                above_mean = [value - mean for value in values if value > mean]
                squares += sum(gap * gap for gap in above_mean)
                freedom += len(above_mean)
        if depth <= 1:
            return math.sqrt(squares / freedom) if freedom else 0.0
        foretold = self._spreads[depth - 1] * math.exp(self._trend / self._seen)
        return math.sqrt((FORECAST * foretold**2 + squares) / (FORECAST + freedom))

    def _learn(self) -> None:
        """Keeps the level's spread, and how it compares with that of the level above."""
        depth = self.depth + 1
        spread = self._spreads[depth] = self._spread(depth)
        before = self._spreads[depth - 1]
        if spread > 0 and before > 0:
            self._trend += 0.5 * math.log(spread / before)
            self._seen += 0.5

    def _look_again(self) -> None:
        """Measures the leaders of the next level again where the evaluator is noisy."""
        sampling, depth = self._sampling, self.depth + 1
        level = sampling.open[depth] if depth < len(sampling.open) else []
        kept = max(4, sampling.budget // 24)
        if level and self._noise > NOISE * self._spread(depth) ** 2 and sampling.spare > kept:
            leaders = nlargest(min(3, sampling.spare - kept), level, key=lambda node: node.value)
            sampling.look([node for node in leaders if node.looks < LOOKS])


def _values(node: Node) -> list[float]:
    """Returns the values of a text's open children, without outcasts."""
    return sound([child.value for child in node.children if not child.ended])


def _belief(
    mean: float, stray: float, values: Sequence[float], spread: float
) -> tuple[float, float]:
    """Returns mean and variance of where a text's children lie, from a forecast and from some.

    Children far above the forecast are believed: their parent is better than it looked.
    """
    if not values or spread <= 0:
        return mean, stray
    seen = statistics.fmean(values)
    variance = spread * spread / len(values)
    gap = seen - mean
    if gap > 0 and gap * gap > SURPRISE * (stray + variance):
        stray = gap * gap - variance
    share = stray / (stray + variance)
    return mean + share * gap, share * variance
