"""What an edit changed, word by word."""

import re
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

WORD = re.compile(r"\s+|\w+|[^\w\s]")
LONGEST = 20_000
"""Words of two versions together that are compared; longer ones are shown whole."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of text that stayed, came or went."""

    kind: Literal["same", "added", "removed"]
    text: str


def spans(before: str, after: str) -> list[Span]:
    """Returns both texts as one, in order, each stretch marked by what became of it."""
    old, new = WORD.findall(before), WORD.findall(after)
    if len(old) + len(new) > LONGEST:
        return [Span(kind="removed", text=before), Span(kind="added", text=after)]
    found: list[Span] = []
    went = came = ""
    for step in Indel.opcodes(old, new):
        if step.tag != "equal":
            went += "".join(old[step.src_start : step.src_end])
            came += "".join(new[step.dest_start : step.dest_end])
            continue
        found += _changed(went, came)
        went = came = ""
        found.append(Span(kind="same", text="".join(old[step.src_start : step.src_end])))
    return found + _changed(went, came)


def _changed(went: str, came: str) -> list[Span]:
    pairs = (Span(kind="removed", text=went), Span(kind="added", text=came))
    return [span for span in pairs if span.text]
