"""Two texts as one, with what went and what came marked, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
_SENTENCE = re.compile(r".+?(?:[.!?](?:\s*\[\d+\])?(?:\s+|\Z)|\n+|\Z)", re.DOTALL)
LONGEST = 20_000
"""Words of both texts together that are compared; longer ones are shown one after the other."""

ALIKE = 0.6
"""Sentences less alike than this are shown whole, for they are no edit of each other."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A stretch of text that is in both, only in the first, or only in the second."""

    kind: Literal["same", "went", "came"]
    text: str


def spans(before: str, after: str) -> Sequence[Span]:
    """Returns both texts, in order; of a place that changed, what went comes first.

    Sentences are compared first, then the words of those that resemble each other.
    """
    old, new = _SENTENCE.findall(before), _SENTENCE.findall(after)
    found: list[Span] = []
    for same, went, came in _places(old, new):
        if same:
            found.append(Span(kind="same", text=same))
        found += _words(went, came)
    return found


def _words(before: str, after: str) -> list[Span]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    much = len(old) + len(new) > LONGEST
    if much or Indel.normalized_similarity(old, new) < ALIKE:
        return _changed(before, after)
    found: list[Span] = []
    for same, went, came in _places(old, new):
        if same:
            found.append(Span(kind="same", text=same))
        found += _changed(went, came)
    return found


def _places(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Cuts two lists into places: what is the same, then what went and what came after it."""
    same = went = came = ""
    for step in Indel.opcodes(old, new):
        mine = "".join(old[step.src_start : step.src_end])
        if step.tag == "equal":
            if went or came:
                yield same, went, came
                same = went = came = ""
            same += mine
        else:
            went += mine
            came += "".join(new[step.dest_start : step.dest_end])
    if same or went or came:
        yield same, went, came


def _changed(went: str, came: str) -> list[Span]:
    both = (Span(kind="went", text=went), Span(kind="came", text=came))
    return [span for span in both if span.text]
