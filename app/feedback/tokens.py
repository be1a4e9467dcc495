"""Markdown as blocks of tokens that know where they stand: what edits are compared by.

A block is a paragraph, list item, heading, table row or one line of a code block. A token is
a code span, an address, a path, a flag, an identifier, a word, or a single sign. What only
shapes the page is neither: line breaks inside a paragraph, list and quote markers, heading
signs, table rules, fences, emphasis. So text that was only laid out anew has the same tokens.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

_MARKS = "".join(c for c in map(chr, range(0x300, 0xFE10)) if unicodedata.category(c) in "MnMc")
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = rf"(?:[^\W{_IDEOGRAPHS}][{_MARKS}\u200c]*)+"
_SIGN = rf"[^\s][{_MARKS}]*"
_NAME = (
    rf"(?:(?<!\w)(?:--?|[.~/@#$]{{1,8}}))?{_WORD}"
    rf"(?:(?:[./:@+=~&'’-]+|,(?=\d)){_WORD})*(?:\(\)|\+\+|/)?"
)
_SHARED = (
    r"(?P<url>[a-zA-Z][a-zA-Z0-9+.-]{1,15}://[^\s<>`\"'()\[\]]*[^\s<>`\"'()\[\].,;:!?*])"
    rf"|(?P<name>{_NAME})"
    rf"|[\U0001f1e6-\U0001f1ff]{{2}}"
    rf"|{_SIGN}(?:[\U0001f3fb-\U0001f3ff]|\u200d{_SIGN})*"
)
_PROSE = re.compile(
    r"(?<!`)(?P<fence>`++)(?P<code>[^`].{0,300}?)(?<!`)(?P=fence)(?!`)"
    rf"|(?P<emphasis>\*+|~~+)|{_SHARED}"
)
_CODE = re.compile(_SHARED)
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069]")
_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])(?=\s|$)[ \t]*")
_HEADING = re.compile(r"[ \t]*#{1,6}(?=\s|$)[ \t]*")
_ROW = re.compile(r"[ \t]*\|")
_RULE_SIGNS = frozenset("-=*_:| \t")


class Token(NamedTuple):
    """A token of a text: `key` is what it is compared by, `start` and `end` where it stands.

    `text` is how it is shown: for a code span what stands inside the backticks. A tuple, since a
    comment has up to 20,000 of them.
    """

    key: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A block with its tokens, at least one; `start` and `end` leave its marker out.

    `fence` numbers the code block that it is a line of, from 0; it is None for prose.
    """

    tokens: Sequence[Token]
    start: int
    end: int
    fence: int | None = None


def blocks(text: str) -> list[Block]:
    """Splits a cleaned text into its blocks, in order; those without tokens are left out."""
    masked = _UNSEEN.sub(" ", text)
    found = []
    for start, end, fence in _ranges(masked):
        pattern = _PROSE if fence is None else _CODE
        tokens = _tokens(masked, start, end, pattern)
        if tokens:
            found.append(Block(tokens=tokens, start=start, end=end, fence=fence))
    return found


def _ranges(text: str) -> list[tuple[int, int, int | None]]:
    found: list[tuple[int, int, int | None]] = []
    paragraph: tuple[int, int] | None = None
    fence = ""
    fences = -1
    offset = 0
    for line in text.split("\n"):
        end = offset + len(line)
        quote = _QUOTE.match(line)
        start = offset + (quote.end() if quote and not fence else 0)
        offset = end + 1
        body = text[start:end]
        mark = _FENCE.match(body)
        closes = bool(fence and mark and mark[1].startswith(fence) and body.strip() == mark[1])
        if fence and not closes:
            found.append((start, end, fences))
            continue
        item = _ITEM.match(body) or _HEADING.match(body)
        own = bool(mark or item or _ROW.match(body) or _is_rule(body) or not body.strip())
        if own and paragraph:
            found.append((*paragraph, None))
            paragraph = None
        if mark:
            fence = "" if closes else mark[1]
            fences += not closes
        elif _ROW.match(body) and not _is_rule(body):
            found.append((start, end, None))
        elif item and item.re is _HEADING:
            found.append((start + item.end(), end, None))
        elif item and not _is_rule(body):
            paragraph = (start + item.end(), end)
        elif not own:
            paragraph = (paragraph[0] if paragraph else start, end)
    if paragraph:
        found.append((*paragraph, None))
    return found


def _is_rule(line: str) -> bool:
    """Tells whether a line only draws: under a heading, between parts, in a table."""
    signs = "".join(line.split())
    return len(signs) >= 2 and _RULE_SIGNS.issuperset(signs) and signs.strip("|:") != ""


def _tokens(text: str, start: int, end: int, pattern: re.Pattern[str]) -> list[Token]:
    prose = pattern is _PROSE
    piece = text[start:end]
    if prose and "\n" in piece:
        piece = re.sub(r"\n[ \t]*(?:>[ \t]?)*", lambda match: " " * len(match[0]), piece)
    if prose and piece.lstrip().startswith("|"):
        piece = piece.replace("|", " ")
    composed = piece.isascii()
    found = []
    for match in pattern.finditer(piece):
        kind = match.lastgroup
        if kind == "emphasis":
            continue
        shown = match[0]
        if kind == "code":
            shown = " ".join(match["code"].split())
        elif prose and len(shown) > 2 and shown[0] == shown[-1] == "_" and shown[1] != "_":
            shown = shown[1:-1]
        if shown:
            key = shown if composed else unicodedata.normalize("NFC", shown)
            found.append(Token(key, shown, start + match.start(), start + match.end()))
    return found
