"""A Markdown answer as its sentences and code blocks: the grain at which corrections are kept."""

import re
from collections.abc import Hashable
from dataclasses import dataclass

from app.feedback.tokens import Block, blocks
from app.text.clean import clean
from app.text.sentences import sentences as split

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
        for sentence in split(_CONTINUED.sub(" ", whole[block.start : block.end]).strip()):
            keys = tuple(token.key for part in blocks(sentence) for token in part.tokens)
            if keys:
                found.append(Sentence(text=sentence, key=keys))
    return found
