"""Two texts as one, with what went and what came marked, word by word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
LONGEST = 20_000
"""Words of both texts together that are compared; longer ones are shown one after the other."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A stretch of text that is in both, only in the first, or only in the second."""

    kind: Literal["same", "went", "came"]
    text: str


def spans(before: str, after: str) -> Sequence[Span]:
    """Returns both texts, in order; of a place that changed, what went comes first."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > LONGEST:
        return _changed(before, after)
    found: list[Span] = []
    went = came = ""
    for step in Indel.opcodes(old, new):
        mine = "".join(old[step.src_start : step.src_end])
        if step.tag == "equal":
            found += [*_changed(went, came), Span(kind="same", text=mine)]
            went = came = ""
        else:
            went += mine
            came += "".join(new[step.dest_start : step.dest_end])
    return [*found, *_changed(went, came)]


def _changed(went: str, came: str) -> list[Span]:
    both = (Span(kind="went", text=went), Span(kind="came", text=came))
    return [span for span in both if span.text]
