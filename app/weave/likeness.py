"""How alike a question and a remembered one are: the chance that they ask for the same.

People ask for the same in other words, so three things count together: how much of the new
question the remembered one and its correction cover, how much of the remembered question the new
one covers, each by words and their kin, and whether both find the same passages. What each is
worth is fitted by `bench.fit_recall` on hand-written paraphrases. A word's kin are those of the
thesaurus, and those that mean nearly the same by `vectors.txt`, which is learned.
"""

import math
import struct
from base64 import b85decode
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import cache, lru_cache
from operator import mul
from pathlib import Path

from app.domain import Hit
from app.weave.question import Asked
from app.weave.relevance import coefficients, probability

KIN = 0.8
"""What a word of the thesaurus is worth in the place of another."""
DIMENSIONS = 64
UNLIKE = 0.4
"""Words whose directions have this cosine and less have nothing in common."""
EVERYWHERE = 0.45
"""A word in this share of a repository's passages, as its own name is, tells no topic of it."""
SOMEWHERE = 0.4
"""A word in at most this share of them counts wholly."""
MOST_AHEAD = 0.4
"""How far the one share may be ahead of the other."""
LOOKED_UP = 40
"""Passages that two questions are compared by."""


@cache
def vectors() -> Mapping[str, tuple[float, ...]]:
    """Returns what stems mean, as directions of length 1; see `bench.fit_vectors`."""
    lines = (Path(__file__).parent / "vectors.txt").read_text("utf-8").splitlines()
    found = {}
    for line in lines:
        if not line.startswith("#"):
            word, packed = line.split(" ")
            numbers = struct.unpack(f"{DIMENSIONS}b", b85decode(packed))
            length = math.hypot(*numbers)
            found[word] = tuple(number / length for number in numbers)
    return found


@lru_cache(maxsize=200_000)
def near(word: str, other: str) -> float:
    """Returns how nearly two stems mean the same, in [0, 1]; 0 where one is not known."""
    first, second = vectors().get(word), vectors().get(other)
    if first is None or second is None:
        return 0.0
    cosine: float = sum(map(mul, first, second))
    return max(0.0, (cosine - UNLIKE) / (1 - UNLIKE))


def covered(asked: Asked, words: Set[str], rarity: Callable[[str], float]) -> float:
    """Returns the share of a question's weight that words cover, kin counting less.

    A question of a single word is covered by half at most: one word in common says little. So
    does a word that stands all over the repository, such as its name.

    Args:
        asked: the question.
        words: stems.
        rarity: the inverse document frequency of a stem.
    """
    return min(1.0, len(asked.concepts) / 2) * sum(
        concept.weight
        * _telling(rarity(concept.word))
        * _nearest(concept.word, concept.related, words)
        for concept in asked.concepts
    )


def _telling(rarity: float) -> float:
    """Returns how much a word of a rarity tells of what a question is about, in [0, 1]."""
    share = math.exp(-rarity)
    return min(1.0, max(0.0, (EVERYWHERE - share) / (EVERYWHERE - SOMEWHERE)))


def _nearest(word: str, related: Mapping[str, float], words: Set[str]) -> float:
    if word in words:
        return 1.0
    known = [KIN * value for kin, value in related.items() if kin in words]
    for part in word.split("_"):
        known += [near(part, other) for other in words]
    return max(known, default=0.0)


def parts(asked: Asked) -> frozenset[str]:
    """Returns the stems of a question, those of its turns of speech one by one."""
    return frozenset(part for one in asked.concepts for part in one.word.split("_"))


def together(hits: Sequence[Hit], others: Sequence[Hit]) -> float:
    """Returns how much two searches find the same, in [0, 1]: the cosine of their scores.

    It counts less where there is less to find: of five passages all searches find the same.
    """
    first, second = _scores(hits), _scores(others)
    dot = sum(score * second[place] for place, score in first.items() if place in second)
    length = math.sqrt(_square(first.values()) * _square(second.values()))
    told = min(1.0, max(len(first), len(second)) / LOOKED_UP) ** 2
    return min(1.0, told * dot / length) if length else 0.0


def _scores(hits: Sequence[Hit]) -> dict[tuple[str, int], float]:
    return {(hit.passage.path, hit.passage.start_line): hit.score for hit in hits[:LOOKED_UP]}


def _square(values: Iterable[float]) -> float:
    return sum(value * value for value in values)


def likeness(forth: float, back: float, same: float) -> float:
    """Returns how likely two questions ask for the same, in (0, 1).

    Args:
        forth: the share of the new question that the remembered one and its correction cover.
        back: the share of the remembered question that the new one covers.
        same: how much they find the same, as `together` tells.
    """
    model = coefficients("memory")
    # One word in common may be all of a short question, and next to nothing of a long one.
    forth = min(forth, MOST_AHEAD + back)
    return probability(
        model["bias"] + model["forth"] * forth + model["back"] * back + model["same"] * same
    )
