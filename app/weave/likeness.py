"""How alike a question and a remembered one are: the chance that they ask for the same.

People ask for the same in other words, so several signs count together, each a share in [0, 1];
`Signs` names them. What each is worth is fitted by `bench.fit_recall` on hand-written paraphrases.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import astuple, dataclass, fields

from app.domain import Hit
from app.text.stem import stem
from app.text.thesaurus import related
from app.text.words import STOP_WORDS
from app.weave.question import NEVER, Asked
from app.weave.relevance import coefficients, probability

KIN = 0.8
"""What a word of the thesaurus is worth in the place of another."""
EVERYWHERE = 0.45
"""A word in this share of a repository's passages, as its own name is, tells no topic of it."""
SOMEWHERE = 0.4
"""A word in at most this share of them counts wholly."""
LOOKED_UP = 40
"""Passages that two questions are compared by."""
FIRST = 3
"""The power of their scores: what is found first counts most."""
LETTERS = (3, 4)
"""Lengths of the runs of letters that spellings are compared by."""
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Signs:
    """What speaks for two questions asking for the same, each in [0, 1].

    - forth: how much of the new question the remembered one and what the correction brought cover,
      kin counting less.
    - back: how much of the remembered question the new one covers, kin counting less.
    - answered: how much of the new question are words of the answer that was given then.
    - spelt: how much the new question is spelt like what the correction brought.
    - found: how much both find the same passages.
    """

    forth: float
    back: float
    answered: float
    spelt: float
    found: float


def covered(
    asked: Asked, words: Set[str], rarity: Callable[[str], float], kin: float = KIN
) -> float:
    """Returns how much of a question's weight words cover, in [0, 1], kin counting less.

    A word counts wholly where it is as rare as one that the repository does not have, and one that
    stands all over it, such as its name, tells nothing. A question of a single word that tells
    something is covered by half at most: one word in common says little.

    Args:
        asked: the question.
        words: stems.
        rarity: the inverse document frequency of a stem.
        kin: what a word counts that stands for another; 0 for none.
    """
    most = rarity(NEVER)
    return enough(asked, rarity) * sum(
        concept.weight
        * _telling(rarity(concept.word))
        * (min(1.0, rarity(concept.word) / most) if most else 0.0)
        * _nearest(concept.word, concept.related, words, kin)
        for concept in asked.concepts
    )


def enough(asked: Asked, rarity: Callable[[str], float]) -> float:
    """Returns whether a question has enough words that tell something, in [0, 1]: two are."""
    return min(1.0, sum(_telling(rarity(concept.word)) for concept in asked.concepts) / 2)


def _telling(rarity: float) -> float:
    """Returns how much a word of a rarity tells of what a question is about, in [0, 1]."""
    share = math.exp(-rarity)
    return min(1.0, max(0.0, (EVERYWHERE - share) / (EVERYWHERE - SOMEWHERE)))


def _nearest(word: str, kindred: Mapping[str, float], words: Set[str], kin: float) -> float:
    """Returns how near the nearest of some words is; kin is told by the word or by the other."""
    if word in words:
        return 1.0
    if not kin:
        return 0.0
    near = (max(kindred.get(one, 0.0), related(one).get(word, 0.0)) for one in words)
    return kin * max(near, default=0.0)


def parts(asked: Asked) -> frozenset[str]:
    """Returns the stems of a question, its turns of speech whole and one by one."""
    words = [one.word for one in asked.concepts]
    return frozenset([*words, *(part for word in words for part in word.split("_"))])


def together(hits: Sequence[Hit], others: Sequence[Hit]) -> float:
    """Returns how much two searches find the same, in [0, 1]: the cosine of their scores' cubes.

    It counts less where there is less to find: of five passages all searches find the same.
    """
    first, second = _scores(hits), _scores(others)
    dot = sum(score * second[place] for place, score in first.items() if place in second)
    length = math.sqrt(_square(first.values()) * _square(second.values()))
    told = min(1.0, max(len(first), len(second)) / LOOKED_UP) ** 2
    return min(1.0, told * dot / length) if length else 0.0


def _scores(hits: Sequence[Hit]) -> dict[tuple[str, int], float]:
    return {
        (hit.passage.path, hit.passage.start_line): hit.score**FIRST for hit in hits[:LOOKED_UP]
    }


def _square(values: Iterable[float]) -> float:
    return sum(value * value for value in values)


def spelling(text: str, rarity: Callable[[str], float]) -> frozenset[str]:
    """Returns the runs of letters in a text, those across words too, but for common words and
    those that stand all over the repository."""
    words = [
        word
        for word in _WORD.findall(text.casefold())
        if word not in STOP_WORDS and _telling(rarity(stem(word)))
    ]
    row = f" {' '.join(words)} " if words else ""
    return frozenset(
        row[at : at + length] for length in LETTERS for at in range(len(row) - length + 1)
    )


def spelt_alike(text: str, other: str, rarity: Callable[[str], float]) -> float:
    """Returns how much two texts are spelt alike, in [0, 1]: the cosine of their `spelling`."""
    first, second = spelling(text, rarity), spelling(other, rarity)
    if not first or not second:
        return 0.0
    return len(first & second) / math.sqrt(len(first) * len(second))


NAMES = tuple(field.name for field in fields(Signs))


def likeness(signs: Signs) -> float:
    """Returns how likely two questions ask for the same, in (0, 1)."""
    model = coefficients("memory")
    worth = zip(NAMES, astuple(signs), strict=True)
    return probability(model["bias"] + sum(model[name] * share for name, share in worth))
