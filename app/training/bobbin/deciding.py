"""Whether one source alone answers a question, by the words that they share."""

import math
from collections.abc import Sequence
from functools import lru_cache

from app.text.terms import FAINT
from app.text.thesaurus import related
from app.training.bobbin.paraphrase import Bit
from app.training.bobbin.questions import Asked
from app.training.bobbin.reading import read, stems_of

_RELATED = 0.7
_ASIDE = 0.5
"""What a word counts that was made from none of the sentence."""
_LEAST, _FACTOR, _MARGIN = 0.6, 1.12, 0.2


@lru_cache(maxsize=50_000)
def _reach(text: str) -> tuple[tuple[frozenset[str], frozenset[str], float], ...]:
    """Returns for each word of a text its stems, those related to them, and its weight."""
    found = []
    for word in text.split():
        stems, weight = stems_of(word)
        if weight:
            near = frozenset(kin for each in stems for kin in related(each))
            found.append((frozenset(stems), near, weight))
    return tuple(found)


def scores(asked: Asked, sources: Sequence[str]) -> list[float]:
    """Returns what each source shares with a question, the words of few counting more."""
    stems = [read(source).stems for source in sources]
    found = [0.0] * len(stems)
    for bit in asked.bits:
        share = _ASIDE if bit.start < 0 else 1.0
        for exact, near, weight in _reach(bit.text):
            hits = [
                0.0 if exact.isdisjoint(known) and near.isdisjoint(known)
                else _RELATED if exact.isdisjoint(known) else 1.0
                for known in stems
            ]  # fmt: skip
            rarity = share * weight * math.log(1 + (len(stems) + 1) / (sum(hits) + 0.5))
            for at, hit in enumerate(hits):
                found[at] += hit * rarity
    return found


def whole(asked: Asked, count: int) -> float:
    """Returns what one of `count` sources would score that alone has all words of a question."""
    rarity = math.log(1 + (count + 1) / 1.5)
    return sum(rarity * w for bit in asked.bits for *_, w in _reach(bit.text))


def decides(asked: Asked, at: int, sources: Sequence[str], *, rival: int = -1) -> bool:
    """Tells whether a question is for the source that it was made from, and no other.

    `rival` is a source that may answer it as well.
    """
    if not any(bit.start >= 0 and bit.weight > FAINT for bit in asked.bits):
        return False
    found = scores(asked, sources)
    known = read(sources[at]).stems
    # A word said otherwise counts for its sentence, whether the thesaurus has it or not.
    otherwise = sum(
        bit.start >= 0 and bit.weight > FAINT and not _among(bit, known) for bit in asked.bits
    )
    own = found[at] + _RELATED * otherwise
    best = max((score for k, score in enumerate(found) if k not in (at, rival)), default=0.0)
    return own > _LEAST and own > _FACTOR * best + _MARGIN


def _among(bit: Bit, known: frozenset[str]) -> bool:
    return any((exact | near) & known for exact, near, _ in _reach(bit.text))
