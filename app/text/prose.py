"""reStructuredText, docstrings and plain text as quotable units, with line numbers.

Reads by shape alone: paragraphs, lists, field lists, definition lists (also Google's and
NumPy's sections), literal and doctest blocks, headings underlined by punctuation.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.text.markdown import code
from app.text.sentences import spans
from app.text.units import ITEM_LENGTH, Form, Unit

_UNDERLINE = re.compile(r"([=\-~^\"'#*+`.:_])\1{2,}\s*$")
_BULLET = re.compile(r"\s*(?:[-*+•]|\(?(?:\d{1,3}|#|[a-zA-Z])[.)])\s+(?=\S)")
_FIELD = re.compile(r"\s*:(?P<name>[A-Za-z][\w *,.\[\]|\\-]*):(?:\s+|$)")
_DEFINITION = re.compile(
    r"\s*(?P<term>`{0,2}[-*\w.][\w.*,\[\] /<>=-]{0,60}?`{0,2}(?: ?\([^)]*\))?):\s+\S"
)
_DIRECTIVE = re.compile(r"\s*\.\.\s+(?P<name>[\w:+-]+)::\s*(?P<rest>.*)$")
_COMMENT = re.compile(r"\s*\.\.(?:\s+(?:_|\[|\|)?.*|)$")
_ROLE = re.compile(r"(?<![\w`]):[\w+.:-]+:`~?!?\.?([^`<]+?)(?:\s*<[^`>]*>)?`")
_LINK = re.compile(r"`([^`<]+?)\s*<[^`>]+>`__?")
_LITERAL = re.compile(r"``(.+?)``", re.DOTALL)
_REFERENCE = re.compile(r"(?<!`)`([^`]+)`__?(?!\w)")
_MARKDOWN_LINK = re.compile(r"!?\[([^\]\n]+)\]\((?:[^()\s]|\([^()]*\))+\)")
_STRONG = re.compile(r"(?<![\w*`])\*\*(?=\S)([^*\n]+)(?<=\S)\*\*(?![\w*])")
_HASHES = re.compile(r"\s*#{1,6}\s+(?P<text>\S.*?)\s*#*$")
_FENCES = ("```", "~~~")
_CODE_NAMES = frozenset(
    {
        "code",
        "code-block",
        "sourcecode",
        "literalinclude",
        "doctest",
        "testcode",
        "parsed-literal",
    }
)
_HIDDEN_NAMES = frozenset(
    {
        "image",
        "figure",
        "toctree",
        "contents",
        "raw",
        "include",
        "index",
        "highlight",
        "currentmodule",
        "module",
        "math",
        "csv-table",
        "automodule",
        "autoclass",
        "autofunction",
        "automethod",
        "meta",
        "only",
        "tabularcolumns",
    }
)


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines without a blank one between them; `indent` is that of its first line."""

    lines: Sequence[str]
    start: int
    indent: int


def flatten(text: str) -> str:
    """Returns reStructuredText's inline marks as Markdown: roles and literals become code."""
    text = _ROLE.sub(lambda m: f"`{m[1].strip()}`", text)
    text = _LITERAL.sub(lambda m: m[0] if "`" in m[1] else f"`{m[1]}`", text)
    text = _STRONG.sub(r"\1", _MARKDOWN_LINK.sub(r"\1", _LINK.sub(r"\1", text)))
    return _REFERENCE.sub(r"\1", text)


def is_underline(line: str, above: str) -> bool:
    """Tells whether a line underlines the one above it as a heading."""
    return bool(
        _UNDERLINE.match(line)
        and above.strip()
        and not _UNDERLINE.match(above)
        and len(line.strip()) >= min(len(above.strip()), 3)
        and abs(_indent(line) - _indent(above)) <= 1
    )


def units(text: str, first_line: int = 1) -> list[Unit]:
    """Splits a text into quotable units; `first_line` is the line number of its first line."""
    return _Reader().read(_blocks(text, first_line))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _blocks(text: str, first_line: int) -> list[_Block]:
    blocks: list[_Block] = []
    lines: list[str] = []
    fence = ""
    for number, line in enumerate([*text.expandtabs(4).split("\n"), ""], first_line):
        mark = line.strip()[:3]
        if fence:
            lines.append(line)
            if mark == fence:
                blocks.append(_Block(lines, number + 1 - len(lines), _indent(lines[0])))
                lines, fence = [], ""
        elif mark in _FENCES and not (lines and is_underline(line, lines[-1])):
            if lines:
                blocks.append(_Block(lines, number - len(lines), _indent(lines[0])))
            lines, fence = [line], mark
        elif line.strip():
            lines.append(line)
        elif lines:
            blocks.append(_Block(lines, number - len(lines), _indent(lines[0])))
            lines = []
    if fence:
        blocks.append(_Block(lines, number + 1 - len(lines), _indent(lines[0])))
    return blocks


class _Reader:
    """Walks blocks, remembering the heading, the lead-in and an open literal block."""

    def __init__(self) -> None:
        self._units: list[Unit] = []
        self._heading = ""
        self._lead = ""
        self._literal: int | None = None
        self._hidden: int | None = None
        self._fence = False

    def read(self, blocks: Sequence[_Block]) -> list[Unit]:
        for block in blocks:
            if self._literal is not None and (block.indent > self._literal):
                self._code(block)
                continue
            self._literal = None
            if self._hidden is not None and block.indent > self._hidden:
                continue
            self._hidden = None
            self._block(block)
        return self._units

    def _block(self, block: _Block) -> None:
        lines, start = list(block.lines), block.start
        if lines[0].lstrip().startswith(_FENCES):
            self._code(block)
            return
        if len(lines) > 1 and _UNDERLINE.match(lines[0]) and is_underline(lines[0], lines[1]):
            lines, start = lines[1:], start + 1
        while len(lines) > 1 and is_underline(lines[1], lines[0]):
            self._heading, self._lead = lines[0].strip().rstrip(":"), ""
            lines, start = lines[2:], start + 2
        if not lines or _UNDERLINE.match(lines[0]):
            return
        if hashes := _HASHES.match(lines[0]):
            self._heading, self._lead = flatten(hashes["text"]), ""
            lines, start = lines[1:], start + 1
            if not lines:
                return
        if lines[0].lstrip().startswith((">>> ", "$ ")):
            self._code(_Block(lines, start, block.indent))
            return
        directive = _DIRECTIVE.match(lines[0])
        if directive:
            self._directive(directive, lines, start)
        elif not _COMMENT.match(lines[0]):
            self._items(lines, start)

    def _directive(self, directive: re.Match[str], lines: list[str], start: int) -> None:
        name, indent = directive["name"].lower(), _indent(lines[0])
        if name in _CODE_NAMES:
            rest = [line for line in lines[1:] if not _FIELD.match(line)]
            if rest:
                self._code(_Block(rest, start + len(lines) - len(rest), _indent(rest[0])))
            self._literal = indent
        elif name in _HIDDEN_NAMES:
            self._hidden = indent
        else:
            body = [" " * indent + directive["rest"], *lines[1:]]
            if any(line.strip() for line in body):
                self._items(body, start)

    def _items(self, lines: list[str], start: int) -> None:
        """Cuts a block at list items, fields and definitions, and quotes each piece."""
        piece: list[str] = []
        piece_start, outer_lead = start, self._lead
        last_lead = ""
        for number, line in enumerate(lines, start):
            opens = self._is_item(line)
            steps = bool(piece) and _indent(line) < _indent(piece[0])
            term = bool(piece) and len(piece) == 1 and _indent(line) > _indent(piece[0])
            if piece and (opens or steps):
                self._piece(piece, piece_start, outer_lead)
                if not self._is_item(piece[0]):
                    last_lead = self._lead
                outer_lead = last_lead or outer_lead
                piece = []
            elif term and self._is_term(piece[0]):
                piece = [piece[0].rstrip() + ": " + line.strip()]
                continue
            if not piece:
                piece_start = number
            piece.append(line)
        self._piece(piece, piece_start, outer_lead)

    @staticmethod
    def _is_item(line: str) -> bool:
        if _BULLET.match(line) or _FIELD.match(line):
            return True
        definition = _DEFINITION.match(line)
        return definition is not None and all(
            definition["term"].count(opening) == definition["term"].count(closing)
            for opening, closing in ("[]", "()")
        )

    @staticmethod
    def _is_term(line: str) -> bool:
        text = line.strip()
        return len(text) < 60 and text[-1:] not in ".,;:" and len(text.split()) <= 6

    def _piece(self, lines: list[str], start: int, lead: str) -> None:
        if not lines:
            return
        item = self._is_item(lines[0]) or (len(lines) > 1 and _indent(lines[1]) > _indent(lines[0]))
        text = "\n".join(line.strip() for line in lines)
        if bullet := _BULLET.match(text):
            text = text[bullet.end() :]
        literal = text.endswith("::")
        if literal:
            text = text.removesuffix("::").rstrip() + ":"
            self._literal = _indent(lines[0])
        flat = flatten(text)
        whole = item and len(flat) <= ITEM_LENGTH
        for low, high in [(0, len(flat))] if whole else spans(flat):
            sentence = " ".join(flat[low:high].split())
            if not any(c.isalnum() for c in sentence):
                continue
            if sentence.endswith(":") and " " not in sentence:
                self._lead = sentence
                continue
            first = start + flat.count("\n", 0, low)
            self._units.append(
                Unit(
                    text=sentence,
                    start_line=first,
                    end_line=first + flat.count("\n", low, high),
                    form=Form.ITEM if item else Form.SENTENCE,
                    lead=lead if item else "",
                    heading=self._heading,
                )
            )
            self._lead = sentence

    def _code(self, block: _Block) -> None:
        margin = min(_indent(line) for line in block.lines if line.strip())
        lines = [line[margin:] for line in block.lines]
        start = block.start
        if lines[0].startswith(_FENCES):
            lines, start = lines[1:], start + 1
            if lines and lines[-1].startswith(_FENCES):
                lines = lines[:-1]
        while lines and not lines[-1].strip():
            lines.pop()
        if any(line.strip() for line in lines):
            self._units.append(code(lines, start, lead=self._lead, heading=self._heading))
