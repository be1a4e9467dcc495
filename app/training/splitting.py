"""Which lessons are held out: whole groups of kindred threads, by lot from a hash.

With enough pairs there is one split: fold 0 is held out and everything else is trained on.
With fewer, threads with pairs are dealt out to folds that are each held out once. Where the
lot falls depends on nothing but the seed and the numbers of a group's threads.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.domain import Lesson

ALWAYS = -1
"""The fold of what is never held out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SplitConfig:
    """How lessons are held out.

    `pairs` out of `threads` are the least that the gate can judge by, `part` of all pairs is
    held out where that is more, and never more than `most` of them: else there is no single
    split but `folds`. Kindred threads count once.
    """

    folds: int = 4
    pairs: int = 16
    threads: int = 8
    part: float = 0.1
    most: float = 1 / 3
    seed: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """The fold of each thread, and how many folds there are: 0 where no thread has a pair.

    `threads` is how many groups of kindred threads have pairs.
    """

    fold: dict[int, int]
    folds: int
    threads: int


def split(
    lessons: Sequence[Lesson], groups: Collection[frozenset[int]], config: SplitConfig
) -> Split:
    """Deals threads out to folds.

    Args:
        lessons: what is dealt out.
        groups: kindred threads, each thread in one group.
        config: how.
    """
    pairs = Counter(lesson.thread for lesson in lessons if lesson.is_pair)
    sizes = {group: sum(pairs[thread] for thread in group) for group in groups}
    dealt = sorted((group for group in groups if sizes[group]), key=lambda one: _lot(one, config))
    held = _single(dealt, sizes, config)
    if held is not None:
        folds, placed = 1, dict.fromkeys(held, 0)
    else:
        folds = min(config.folds, len(dealt))
        placed = _folds(dealt, sizes, folds)
    fold = {thread: placed.get(group, ALWAYS) for group in groups for thread in group}
    return Split(fold=fold, folds=folds, threads=len(dealt))


def _lot(group: frozenset[int], config: SplitConfig) -> bytes:
    named = ",".join(map(str, [config.seed, *sorted(group)]))
    return hashlib.sha256(named.encode()).digest()


def _single(
    dealt: Sequence[frozenset[int]], sizes: dict[frozenset[int], int], config: SplitConfig
) -> list[frozenset[int]] | None:
    """Returns the groups of a single split; None where it would hold out too little or much."""
    every = sum(sizes.values())
    wanted = max(config.pairs, round(config.part * every))
    held: list[frozenset[int]] = []
    count = 0
    for group in dealt:
        if count >= wanted and len(held) >= config.threads:
            break
        if count + sizes[group] <= config.most * every:
            held.append(group)
            count += sizes[group]
    return held if count >= config.pairs and len(held) >= config.threads else None


def _folds(
    dealt: Sequence[frozenset[int]], sizes: dict[frozenset[int], int], folds: int
) -> dict[frozenset[int], int]:
    """Deals groups out, the largest first, each to the fold with the fewest pairs."""
    counts = [(0, 0, fold) for fold in range(folds)]
    placed = {}
    for group in sorted(dealt, key=lambda group: -sizes[group]):
        pairs, groups, fold = min(counts)
        counts[fold] = (pairs + sizes[group], groups + 1, fold)
        placed[group] = fold
    return placed
