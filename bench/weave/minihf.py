"""MiniHF's Weave with the preset of its web page, rebuilt from a description of `weave.py`.

Texts are kept by Gumbel draws: a text is popped, committed and answered with a chance that grows
with its score, after Gumbel-top-k sampling (Kool et al. 2019). https://github.com/JD-P/minihf
"""

import heapq
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from bench.weave.meter import Meter, Terms

ROUND = 24
"""Pieces of a round, after which the search commits itself to a child of where it stands."""
EXPAND = 8
LOOKAHEAD = 3
TEMPERATURE = 0.25


@dataclass(kw_only=True, slots=True, eq=False)
class Branch:
    """A text; `logit` is its score over the temperature, or its leaves' together."""

    text: str
    depth: int
    gumbel: float
    logit: float
    parent: "Branch | None" = None
    children: list["Branch"] = field(default_factory=list)

    @property
    def drawn(self) -> float:
        """The draw that decides: the highest among siblings is a sample by their logits."""
        return self.logit + self.gumbel

    def leaves(self) -> Iterator["Branch"]:
        """Yields the texts at the end of this one, itself where it has no children."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


def minihf(meter: Meter, terms: Terms) -> str:
    """Commits to one child a round; looks at most three pieces ahead of where it stands.

    With a beam of one text, truncating the Gumbels of children by their parent's changes nothing
    in their order, so it is left out; so is the score of the empty text, which decides nothing.
    Pieces asked for after an ended text come to nothing but count, as there.
    """
    chance = random.Random(terms.seed)
    stand = _branch("", 0, 0.0, chance)
    left, rounds = terms.budget, 0
    while left:
        left = _round(meter, stand, (left, rounds + LOOKAHEAD), chance)
        if not stand.children:
            break
        stand = max(stand.children, key=lambda child: child.drawn)
        rounds += 1
    while stand.children:
        stand = max(stand.children, key=lambda child: child.drawn)
    return stand.text


def _round(meter: Meter, stand: Branch, limits: tuple[int, int], chance: random.Random) -> int:
    """Spends a round below the committed text; returns what is left of the budget."""
    left, deepest = limits
    order = count()
    heap = [(-leaf.drawn, next(order), leaf) for leaf in stand.leaves() if leaf.depth < deepest]
    heapq.heapify(heap)
    spare = min(ROUND, left)
    while spare and heap:
        leaf = heapq.heappop(heap)[2]
        asked = min(EXPAND, spare)
        spare -= asked
        left -= asked
        [pieces] = meter.expand([leaf.text], [asked])
        texts = [leaf.text + piece.text for piece in pieces]
        for text, score in zip(texts, meter.score(texts), strict=True):
            child = _branch(text, leaf.depth + 1, score, chance, leaf)
            leaf.children.append(child)
            if child.depth < deepest:
                heapq.heappush(heap, (-child.drawn, next(order), child))
        _back_up(leaf, stand)
    return left


def _branch(
    text: str, depth: int, score: float, chance: random.Random, parent: Branch | None = None
) -> Branch:
    gumbel = -math.log(-math.log(chance.uniform(1e-12, 1 - 1e-12)))
    return Branch(text=text, depth=depth, gumbel=gumbel, logit=score / TEMPERATURE, parent=parent)


def _back_up(branch: Branch, stand: Branch) -> None:
    """Gives each text below the committed one the log-sum-exp of its children."""
    node: Branch | None = branch
    while node is not None and node is not stand:
        if node.children:
            highest = max(child.logit for child in node.children)
            terms = (math.exp(child.logit - highest) for child in node.children)
            node.logit = highest + math.log(sum(terms))
        node = node.parent
