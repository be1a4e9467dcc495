"""Related words: what else a question's word may be called in the text that answers it."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from app.text.stem import stem
from app.text.words import STOP_WORDS

LOOSE = 0.6
"""How near a word is that is related one way only; those related both ways are at 1."""

_LEAST = 4


def read(lines: Iterable[str]) -> dict[str, dict[str, float]]:
    """Reads a thesaurus: on each line the first word is related to the others, both ways.

    Only one way where `>` follows the first word, or where that is a turn of speech, its
    words joined by `_`.

    Returns the related stems of each stem with how near they are, in [0, 1]; blank lines and
    those from `#` on are comments.
    """
    related: dict[str, dict[str, float]] = {}
    for line in lines:
        first, *others = line.partition("#")[0].split() or [""]
        loose = others[:1] == [">"]
        if not first or first in STOP_WORDS:
            continue
        known = "_".join(stem(part) for part in first.split("_"))
        for word in {stem(other) for other in others if other not in STOP_WORDS} - {known, ">"}:
            near = related.setdefault(known, {})
            near[word] = max(near.get(word, 0.0), LOOSE if loose else 1.0)
            if not loose and "_" not in first:
                related.setdefault(word, {})[known] = 1.0
    return related


@cache
def thesaurus() -> Mapping[str, Mapping[str, float]]:
    """Returns the thesaurus of developers' vocabulary that lies beside this module."""
    path = Path(__file__).parent / "thesaurus.txt"
    return read(path.read_text("utf-8").splitlines())


@cache
def related(word: str) -> Mapping[str, float]:
    """Returns the stems that stand for nearly the same as a stem, and how near they are."""
    found = dict(thesaurus().get(word, {}))
    for base in _bases(word):
        for kin, near in {base: 1.0, **thesaurus().get(base, {})}.items():
            found[kin] = max(found.get(kin, 0.0), LOOSE * near)
    for grown in (f"re{word}", f"un{word}", f"{word}er") if len(word) > _LEAST else ():
        found.setdefault(grown, LOOSE)
    found.pop(word, None)
    return found


def _bases(word: str) -> list[str]:
    """Returns what a stem may be grown from: quicker from quick, unlock from lock."""
    found = []
    for ending in ("est", "er", "or", "abl"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= _LEAST - 1:
            found += [rest, rest[:-1] if rest[-1] == rest[-2] else f"{rest}e"]
            break
    for beginning in ("re", "un", "dis", "non"):
        rest = word.removeprefix(beginning)
        if rest != word and len(rest) >= _LEAST - 1:
            found.append(rest)
    return [stem(base) for base in found if base != word]
