"""Which sentences of documents stand together on a page."""

import random
from collections.abc import Sequence
from functools import lru_cache

from app.layouts.numbered import flat
from app.text.terms import FAINT
from app.training.bobbin.pages import Document
from app.training.bobbin.reading import read

SOURCES_ROOM = 850
"""Characters of all sources of a page."""
SHORTEST, LONGEST = 24, 320
_LEAST_WORDS = 3
_ALIKE = 0.8
_SEARCHED = 60
_LEAST_LETTERS = 5


@lru_cache(maxsize=50_000)
def usable(sentence: str) -> bool:
    """Tells whether one can ask about a sentence: of middling length, with enough to say."""
    if not SHORTEST <= len(sentence) <= LONGEST or sentence != flat(sentence):
        return False
    return sum(word.weight > FAINT for word in read(sentence).words) >= _LEAST_WORDS


def gathered(
    rng: random.Random, document: Document, others: Sequence[Document], count: int
) -> list[str]:
    """Returns up to `count` sentences, most of them of the document, none saying the same.

    They are neighbours or sentences that share words with one of them, with some of the other
    documents; half the time in their order.

    Raises:
        ValueError: the documents have no two sentences one can ask about.
    """
    whole = document.sentences
    start = rng.randrange(max(1, len(whole) - count))
    near = list(whole[start : start + 2 * count])
    if rng.random() < 0.35:
        near = _like(rng, whole, start, count)
    elif rng.random() < 0.4:
        rng.shuffle(near)
    rest = [rng.choice(whole) for _ in range(3 * count)] if whole else []
    foreign = [sentence for other in others for sentence in _some(rng, other, 4)]
    rng.shuffle(foreign)
    away = sum(rng.random() < 0.2 for _ in range(count)) if foreign else 0
    chosen: list[str] = []
    room = SOURCES_ROOM
    for wanted, candidates in ((count - away, [*near, *rest]), (count, foreign), (count, rest)):
        for sentence in map(flat, candidates):
            if len(chosen) >= wanted:
                break
            fits = len(sentence) <= room or (len(chosen) < 3 and len(sentence) < 2 * room)
            if fits and usable(sentence) and is_new(sentence, chosen):
                chosen.append(sentence)
                room -= len(sentence)
    if len(chosen) < 2:
        raise ValueError(f"{document.name} has no two sentences one can ask about")
    if away or rng.random() < 0.5:
        rng.shuffle(chosen)
    return chosen


def outside(
    rng: random.Random, document: Document, others: Sequence[Document], inside: Sequence[str]
) -> list[str]:
    """Returns a few sentences that are not among the sources, nor like one of them."""
    pool = [s for source in (document, *others) for s in _some(rng, source, 6)]
    rng.shuffle(pool)
    found: list[str] = []
    for sentence in map(flat, pool):
        if usable(sentence) and is_new(sentence, inside):
            found.append(sentence)
        if len(found) == 4:
            break
    return found


def is_new(sentence: str, chosen: Sequence[str]) -> bool:
    """Tells whether a sentence says something else than those before, by its stems."""
    own = read(sentence).stems
    return all(
        len(own & (known := read(other).stems)) < _ALIKE * min(len(own), len(known))
        for other in chosen
    )


def _some(rng: random.Random, document: Document, count: int) -> list[str]:
    start = rng.randrange(max(1, len(document.sentences) - count))
    return list(document.sentences[start : start + count])


def _like(rng: random.Random, whole: Sequence[str], start: int, count: int) -> list[str]:
    """Returns a sentence and those of its document that share most long words with it."""
    pool = whole if len(whole) <= _SEARCHED else rng.sample(whole, _SEARCHED)
    own = _long_words(whole[start])
    ranked = sorted(pool, key=lambda each: -len(own & _long_words(each)))
    return [whole[start], *ranked[: 2 * count]]


@lru_cache(maxsize=100_000)
def _long_words(sentence: str) -> frozenset[str]:
    return frozenset(word for word in sentence.lower().split() if len(word) >= _LEAST_LETTERS)
