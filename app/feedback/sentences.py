"""A Markdown answer as its sentences and code blocks: the grain at which corrections are kept."""

import re
from bisect import bisect_left
from collections.abc import Hashable
from dataclasses import dataclass

from app.feedback.tokens import Block, blocks
from app.text.clean import clean
from app.text.sentences import spans

_CONTINUED = re.compile(r"\n[ \t]*(?:>[ \t]?)*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """A sentence, or a code block as a whole.

    `key` is what it is compared by: the tokens of a sentence, so that layout and emphasis do
    not matter; the very text of a code block, where space may.
    """

    text: str
    key: Hashable
    code: bool = False


def sentences(text: str) -> list[Sentence]:
    """Splits a Markdown text; markers of lists and headings are left out."""
    whole = clean(text)
    found: list[Sentence] = []
    code: list[Block] = []
    for block in [*blocks(whole), None]:
        if code and (block is None or block.fence != code[0].fence):
            inside = whole[code[0].start : code[-1].end]
            found.append(Sentence(text=f"```\n{inside}\n```", key=inside, code=True))
            code = []
        if block is None:
            break
        if block.fence is not None:
            code.append(block)
            continue
        found += _prose(whole, block)
    return found


def _prose(whole: str, block: Block) -> list[Sentence]:
    raw = whole[block.start : block.end]
    line = _CONTINUED.sub(lambda match: " " * len(match[0]), raw)
    starts = [token.start - block.start for token in block.tokens]
    found = []
    for low, high in spans(line):
        inside = block.tokens[bisect_left(starts, low) : bisect_left(starts, high)]
        if inside:
            keys = tuple(token.key for token in inside)
            found.append(Sentence(text=_CONTINUED.sub(" ", raw[low:high]), key=keys))
    return found
