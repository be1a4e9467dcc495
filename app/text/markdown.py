"""Markdown as quotable units, with line numbers.

Paragraphs become sentences; list items, table rows and code blocks stay whole and keep the
sentence that introduces them. Images, raw HTML and the targets of links are left out.
"""

from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.text.sentences import spans
from app.text.units import ITEM_LENGTH, Form, Unit

CODE_LINES = 14


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"maxNesting": 40}).enable("table")


def inline(token: Token) -> str:
    """Returns an inline token's text: code spans kept in backticks, marks and links flattened."""
    found: list[str] = []
    for child in token.children or ():
        match child.type:
            case "text":
                found.append(child.content)
            case "code_inline":
                fence = "``" if "`" in child.content else "`"
                found.append(f"{fence}{child.content}{fence}")
            case "softbreak" | "hardbreak":
                found.append("\n")
    return "".join(found)


def plain(markdown: str) -> str:
    """Returns a Markdown text's words as plain paragraphs, without marks, images and HTML."""
    tokens = _parser().parse(markdown)
    return "\n\n".join(
        text
        for token in tokens
        if token.type in ("inline", "fence", "code_block")
        and (text := (inline(token) if token.type == "inline" else token.content).strip())
    )


def headings(markdown: str) -> list[tuple[int, int, str]]:
    """Returns (line, level, text) of each heading outside code, lines from 1."""
    tokens = _parser().parse(markdown)
    return [
        (token.map[0] + 1, int(token.tag[1]), " ".join(inline(tokens[i + 1]).split()))
        for i, token in enumerate(tokens)
        if token.type == "heading_open" and token.map and token.level == 0
    ]


def units(markdown: str, first_line: int = 1) -> list[Unit]:
    """Splits Markdown into quotable units; `first_line` is the line number of its first line."""
    return _Reader(first_line).read(_parser().parse(markdown))


class _Reader:
    """Walks block tokens, remembering heading, lead-in sentences and the table's head."""

    def __init__(self, first_line: int) -> None:
        self._first = first_line
        self._units: list[Unit] = []
        self._heading = ""
        self._leads: list[str] = [""]
        self._head = ""
        self._in_head = False
        self._cells: list[str] | None = None

    def read(self, tokens: Sequence[Token]) -> list[Unit]:
        for i, token in enumerate(tokens):
            match token.type:
                case "bullet_list_open" | "ordered_list_open":
                    self._leads.append(self._leads[-1])
                case "bullet_list_close" | "ordered_list_close":
                    self._leads.pop()
                case "thead_open" | "thead_close":
                    self._in_head = token.type == "thead_open"
                case "tr_open":
                    self._cells = []
                case "tr_close":
                    self._row(token, tokens, i)
                case "inline":
                    self._inline(token, tokens[i - 1])
                case "fence" | "code_block":
                    self._code(token)
        return self._units

    def _inline(self, token: Token, opener: Token) -> None:
        text = inline(token)
        if self._cells is not None:
            self._cells.append(" ".join(text.split()))
        elif opener.type == "heading_open":
            self._heading = " ".join(text.split())
            self._leads = [""]
        elif text.strip():
            self._paragraph(text, (token.map or [0])[0], token.level)

    def _paragraph(self, text: str, line: int, level: int) -> None:
        in_item = len(self._leads) > 1
        lead = self._leads[-2] if in_item else ""
        whole = in_item and len(text) <= ITEM_LENGTH
        for low, high in [(0, len(text))] if whole else spans(text):
            start = self._first + line + text.count("\n", 0, low)
            sentence = " ".join(text[low:high].split())
            self._units.append(
                Unit(
                    text=sentence,
                    start_line=start,
                    end_line=start + text.count("\n", low, high),
                    form=Form.ITEM if in_item and level else Form.SENTENCE,
                    lead=lead,
                    heading=self._heading,
                )
            )
            self._leads[-1] = sentence

    def _row(self, token: Token, tokens: Sequence[Token], at: int) -> None:
        row = " | ".join(cell for cell in self._cells or () if cell)
        self._cells = None
        if self._in_head:
            self._head = row
            return
        opener = next(t for t in reversed(tokens[:at]) if t.type == "tr_open")
        line = self._first + (opener.map or token.map or [0])[0]
        if row:
            self._units.append(
                Unit(
                    text=row,
                    start_line=line,
                    end_line=line,
                    form=Form.ROW,
                    lead=self._head,
                    heading=self._heading,
                )
            )

    def _code(self, token: Token) -> None:
        lines = token.content.rstrip("\n").split("\n")
        start = self._first + (token.map or [0])[0] + (token.type == "fence")
        language = token.info.split()[0] if token.info.strip() else ""
        if any(line.strip() for line in lines):
            self._units.append(
                code(lines, start, lead=self._leads[-1], heading=self._heading, language=language)
            )


def code(
    lines: Sequence[str], start: int, *, lead: str = "", heading: str = "", language: str = ""
) -> Unit:
    """Makes the unit of a code block, cut after `CODE_LINES` lines; `start` is its first line."""
    kept = list(lines[:CODE_LINES])
    longest = max((len(run) for line in kept for run in _ticks(line)), default=0)
    fence = "`" * max(3, longest + 1)
    return Unit(
        text="\n".join([fence + language, *kept, fence]),
        start_line=start,
        end_line=start + len(kept) - 1,
        form=Form.CODE,
        lead=lead,
        heading=heading,
    )


def _ticks(line: str) -> list[str]:
    return [run for run in "".join(c if c == "`" else " " for c in line).split() if run]
