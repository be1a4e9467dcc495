"""Weave's search over sampled pieces. No I/O; what pieces are and who scores them is the caller's.

A first wave of beginnings tells the spread and the noise of scores, a scout the length of
answers. Then the search goes level by level and lets each level cost what it is worth
(`levels`); where beginnings tell nothing, it samples whole answers and regrows their tails
(`tails`). Ended texts compete in the end, the finalists measured again. docs/weave.md tells
why, and what it reaches.
"""

import math
import random
from dataclasses import dataclass

from app.weave.horizon import Horizon
from app.weave.levels import WAVE, Levels
from app.weave.sampling import Expand, Sampling, Score
from app.weave.tails import Tails
from app.weave.tree import Node

FINALISTS = 12
"""Ended texts that may be measured again, the best four of them at a time."""
LOOKS = 8

__all__ = ["Expand", "Score", "SearchConfig", "WeaveResult", "weave"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchConfig:
    """Limits of one search.

    `budget` is the most pieces that are asked for, at least 1; at most 1.25 times as many texts
    are measured, and `expand` is called 40 times at most. `seed` decides what is left to chance,
    the same way each time; `max_pieces` is the most pieces that a text may have: unbounded, and
    learned on the way, where None.
    """

    budget: int
    seed: int | None = None
    max_pieces: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WeaveResult:
    """The best text with its log-odds, what it cost, and the tree of all texts seen."""

    text: str
    score: float
    pieces: int
    evaluations: int
    root: Node


def weave(prompt: object, *, expand: Expand, score: Score, config: SearchConfig) -> WeaveResult:
    """Searches for the continuation with the highest score.

    Args:
        prompt: opaque; kept by the caller for the record.
        expand: for each continuation so far ("" at the root), that many sampled pieces; may
            give fewer, and none where nothing can follow.
        score: the log-odds of each continuation, on any scale.
        config: the limits.

    Returns:
        The best finished text; where none was finished, the best open one. Its text is empty
        and its score minus infinity where the back end gave no piece at all.

    Raises:
        ValueError: the budget is below 1, or a back end or scorer answers in the wrong shape.
    """
    del prompt
    if config.budget < 1 or (config.max_pieces is not None and config.max_pieces < 1):
        raise ValueError("a search needs a budget and length of at least one piece")
    sampling = Sampling(expand, score, budget=config.budget, longest=config.max_pieces)
    _explore(sampling, config)
    best = _best(sampling)
    return WeaveResult(
        text=best.text if best else "",
        score=best.score if best else -math.inf,
        pieces=config.budget - sampling.left,
        evaluations=sampling.measured,
        root=sampling.root,
    )


def _explore(sampling: Sampling, config: SearchConfig) -> None:
    """Spends the budget."""
    chance = random.Random(config.seed)
    horizon = Horizon(sampling, config.max_pieces)
    levels = Levels(sampling, horizon, chance)
    if config.max_pieces == 1 or config.budget < 8:
        first = -(-config.budget // (config.max_pieces or config.budget))
    else:
        first = max(4, round(config.budget / WAVE))
    levels.first_wave(first)
    if levels.blind:
        Tails(sampling, chance).run(fresh=True)
        return
    levels.run()
    Tails(sampling, chance).run(fresh=False)


def _best(sampling: Sampling) -> Node | None:
    """Returns the best ended text, the finalists measured again where that changes anything."""
    found = sampling.ended or [node for level in sampling.open[1:] for node in level]
    if not found:
        return None
    finalists = sorted(found, key=lambda node: -node.value)[:FINALISTS]
    while sampling.evaluations > 0:
        leaders = sorted(finalists, key=lambda node: -node.value)[:4]
        leaders = [node for node in leaders if node.looks < LOOKS]
        before = [node.value for node in leaders]
        sampling.look(leaders)
        if [node.value for node in leaders] == before:
            break
    return max(finalists, key=lambda node: node.value)
