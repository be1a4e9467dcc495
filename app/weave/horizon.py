"""How many pieces answers have, learned from where they end; no I/O."""

import math

from app.weave.sampling import Sampling
from app.weave.tree import Node

GUESS = 8
"""Pieces of an answer before anything is known."""
FURTHER = 1.5
"""An answer that has not ended yet is taken to be so many times as long as it is."""
SCOUTING = 0.25
"""Share of the budget that may go to the scout, a lane that runs ahead to see an end.

It gains a piece a call, so an answer of up to a quarter of the budget, and 39 pieces, ends."""
ALONE = 9
"""Calls that the scout has to itself: what levels may spend hangs on how many there are."""
POOR = 0.3
"""Of the first beginnings, from the worst on, where the scout sets out: so it is a trial too."""
CHANCE = 0.01
"""All of a depth's pieces have ended: with a lower chance than this it is not by chance."""


class Horizon:
    """Estimates the depth at which every answer has ended.

    Told `longest`, it takes that where it is within reach; longer answers are scouted for, since
    a caller's limit may lie far beyond what answers really have.
    """

    def __init__(self, sampling: Sampling, longest: int | None) -> None:
        self._sampling = sampling
        self._trusted = longest is not None and longest <= max(2, sampling.budget // 8)
        self._known = longest if self._trusted else None
        self._longest = longest
        self._spent = 0

    def estimate(self, depth: int) -> int:
        """Returns the estimate for who stands at a depth; always beyond it."""
        self._conclude()
        reached = len(self._sampling.open) - 1
        guess = self._known or max(GUESS, math.ceil(FURTHER * reached) + 1)
        if self._longest is not None:
            guess = min(guess, self._longest)
        beyond = 1 if self._known else 2
        if self._longest is not None and depth + beyond > self._longest:
            beyond = 1
        return max(guess, depth + beyond)

    def _conclude(self) -> None:
        """Takes a depth for the end where all that was drawn there ended, and not by chance."""
        sampling = self._sampling
        depth = len(sampling.open) - 1
        ended = sampling.stopped[depth]
        if self._trusted or not ended or ended < sampling.drawn[depth]:
            return
        earlier = sum(sampling.stopped[:depth]) + 0.2
        if (earlier / (sum(sampling.drawn[:depth]) + 1)) ** ended < CHANCE:
            self._known = depth

    @property
    def reserve(self) -> int:
        """Pieces that the scout may still need to end an answer."""
        if self._known or any(self._sampling.stopped) or not self._lanes():
            return 0
        return max(0, int(SCOUTING * self._sampling.budget) - self._spent)

    def run_ahead(self) -> None:
        """Lets the scout go on alone, until an end was seen or the levels have to begin."""
        for _ in range(ALONE):
            plan: dict[Node, int] = {}
            self.scout(plan)
            if not plan or not self._sampling.going:
                return
            self._sampling.draw(plan)

    def scout(self, plan: dict[Node, int]) -> None:
        """Adds a piece after the deepest text, until an end was seen or enough was spent."""
        if self.reserve:
            lanes = sorted(self._lanes(), key=lambda node: node.value)
            lane = lanes[int(POOR * len(lanes))] if lanes[0].depth == 1 else lanes[-1]
            plan[lane] = plan.get(lane, 0) + 1
            self._spent += 1

    def _lanes(self) -> list[Node]:
        """Returns the deepest texts that may go on, below the root."""
        deepest = self._sampling.deepest
        return [node for node in deepest if node.depth and not node.exhausted]
