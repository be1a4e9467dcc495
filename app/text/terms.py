"""The terms of a question: its words and turns of speech, each with what may stand for it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.text.stem import stem
from app.text.thesaurus import related, thesaurus
from app.text.words import search_words

GAP = 2
PART = 0.8
"""How near a word of a turn of speech is to the whole."""
FAINT = 0.2
"""What a word is worth that says little in a question, however rare it is in a text."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


@dataclass(frozen=True, slots=True)
class Term:
    """A stem, or a turn of speech with `_` between its stems, and how near which stems are.

    `share` is how much it counts in a question, in [0, 1].
    """

    word: str
    related: Mapping[str, float]
    share: float = 1.0


@cache
def _faint() -> frozenset[str]:
    text = (Path(__file__).parent / "faint.txt").read_text("utf-8")
    return frozenset(stem(word) for word in text.split())


def _is_faint(word: str) -> bool:
    """Tells whether a stem says little; so do small numbers, which are mostly examples."""
    return word in _faint() or (word.isdecimal() and len(word) < 3)


@cache
def _turns() -> dict[str, list[tuple[str, ...]]]:
    """Returns the turns of speech by their first stem."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for word in thesaurus():
        if "_" in word:
            first, *rest = word.split("_")
            found.setdefault(first, []).append((first, *rest))
    return found


def terms(text: str) -> list[Term]:
    """Returns the terms of a question, each once, in order; words of its turns do not repeat."""
    turns = list(dict.fromkeys(_spoken([stem(w.lower()) for w in _WORD.findall(text)])))
    spent = {part for turn in turns for part in turn}
    every = list(dict.fromkeys(search_words(text)))
    words = [word for word in every if word not in spent]
    found = [Term(word, related(word), FAINT if _is_faint(word) else 1.0) for word in words]
    for turn in turns:
        # A text that uses the same turn has its words, of which some say little alone.
        own = {part: PART for part in turn if part in every}
        share = FAINT if own and own.keys() <= _faint() else 1.0
        found.append(Term("_".join(turn), {**own, **related("_".join(turn))}, share))
    return found


def _spoken(stems: list[str]) -> Iterator[tuple[str, ...]]:
    for at, first in enumerate(stems):
        for turn in _turns().get(first, ()):
            here = at
            for part in turn[1:]:
                window = stems[here + 1 : here + 2 + (GAP if len(turn) == 2 else 0)]
                if part not in window:
                    break
                here += 1 + window.index(part)
            else:
                yield turn
