"""Which lines of a comment GitHub shows as plain text: a linear scan, no parse tree.

It follows CommonMark's block structure as far as commands need it, and errs on the side of
"not plain": a line that is wrongly taken for a quote starts no command.

https://spec.commonmark.org/0.31.2/
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

_MARKERS = re.compile(r"(?:(?:[-*+]|\d{1,9}[.)])[ \t]{1,4})*")
_FENCE = re.compile(r"(`{3,})[^`]*$|(~{3,})")
_HEADING = re.compile(r"#{1,6}(?:[ \t]|$)")
_RULE = re.compile(r"([-*_])[ \t]*(?:\1[ \t]*){2,}$")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*$")
_QUOTED_CODE = re.compile(r"(?:> ?)+(?: {4}|\t)")
_HTML = re.compile(r"<(?:(!--)|(pre|script|style|textarea|blockquote|code)(?=[\s>]|$))", re.I)
_INLINE = re.compile(r"\\[\\`<]|`+|<!--")
_RUN = re.compile(r"`+")


@dataclass(kw_only=True, slots=True)
class _Scan:
    """How far the scan has come, and what the current line may be inside of."""

    open: list[bool]
    paragraph: list[tuple[int, str]] = field(default_factory=list)
    fence: str = ""
    fence_column: int = 0
    item_column: int = 0
    html_end: str = ""
    quoted: bool = False

    def close_paragraph(self) -> None:
        """Takes back the lines that inline code or an inline HTML comment reaches over."""
        if len(self.paragraph) > 1:
            text = "\n".join(line for _, line in self.paragraph)
            spans = _hidden(text)
            starts, offset = [], 0
            for number, line in self.paragraph:
                starts.append((offset, number))
                offset += len(line) + 1
            at = 0
            for start, end in spans:
                while at < len(starts) and starts[at][0] <= start:
                    at += 1
                while at < len(starts) and starts[at][0] < end:
                    self.open[starts[at][1]] = False
                    at += 1
        self.paragraph.clear()


def open_lines(lines: Sequence[str]) -> list[bool]:
    """Tells for each line whether GitHub shows its beginning as plain text.

    Args:
        lines: the lines of a comment without their ends.

    Returns:
        As many flags as lines; True for plain text, False for blank lines, quotes, code and
        HTML. Time is linear in the length of the text but for a factor log(lines).
    """
    scan = _Scan(open=[False] * len(lines))
    for number, line in enumerate(lines):
        _take(scan, number, line)
    scan.close_paragraph()
    return scan.open


def _take(scan: _Scan, number: int, line: str) -> None:
    content = line.lstrip(" \t")
    column = _columns(line[: len(line) - len(content)])
    if scan.fence:
        if not (scan.fence_column and content and column < scan.fence_column):
            if _closes(content, column, scan):
                scan.fence = ""
            return
        scan.fence = ""
    if scan.html_end:
        if scan.html_end in line.lower():
            scan.html_end = ""
        return
    if not content.strip():
        scan.close_paragraph()
        scan.quoted = False
        return
    if column >= 4:
        if scan.paragraph:
            scan.paragraph.append((number, line))
        return
    ends_block = bool(_RULE.match(content) or _HEADING.match(content))
    marker = _MARKERS.match(content)
    width = marker.end() if marker and not ends_block else 0
    if width:
        scan.item_column = column + width
    elif column < scan.item_column and (
        ends_block or content[0] in "><" or not (scan.paragraph or scan.quoted)
    ):
        scan.item_column = 0
    if _takes_block(scan, content[width:], column + width):
        return
    if width or ends_block:
        scan.close_paragraph()
        scan.quoted = False
    if scan.quoted or ends_block:
        return
    if scan.paragraph and _UNDERLINE.match(content):
        scan.close_paragraph()
        return
    scan.open[number] = True
    scan.paragraph.append((number, line))


def _takes_block(scan: _Scan, rest: str, column: int) -> bool:
    """Handles a line that opens a quote, a fence or an HTML block; False for any other.

    Args:
        scan: changed accordingly.
        rest: the line without indentation and list markers.
        column: where `rest` begins.
    """
    inside = scan.item_column if column >= scan.item_column else 0
    if rest.startswith(">"):
        scan.close_paragraph()
        quoted = rest.lstrip("> \t")
        code = _QUOTED_CODE.match(rest) is not None and not scan.quoted
        scan.quoted = bool(quoted) and not (code or _FENCE.match(quoted) or _HEADING.match(quoted))
        return True
    if fence := _FENCE.match(rest):
        scan.close_paragraph()
        scan.quoted = False
        scan.fence = fence[1] or fence[2]
        scan.fence_column = inside
        scan.item_column = inside
        return True
    if html := _HTML.match(rest):
        scan.close_paragraph()
        scan.quoted = False
        end = "-->" if html[1] else f"</{html[2].lower()}>"
        if rest.lower().find(end, 2) < 0:
            scan.html_end = end
        return True
    return False


def _columns(space: str) -> int:
    """Returns how many columns leading spaces and tabs take; tabs stop at multiples of 4."""
    column = 0
    for character in space:
        column += 4 - column % 4 if character == "\t" else 1
    return column


def _closes(content: str, column: int, scan: _Scan) -> bool:
    mark = content.rstrip(" \t")
    return (
        column <= scan.fence_column + 3
        and len(mark) >= len(scan.fence)
        and not mark.strip(scan.fence[0])
    )


def _hidden(text: str) -> list[tuple[int, int]]:
    """Returns the spans of inline code and inline HTML comments in a paragraph, in order."""
    runs: dict[int, list[int]] = {}
    for run in _RUN.finditer(text):
        runs.setdefault(run.end() - run.start(), []).append(run.start())
    spans = []
    position, last_end = 0, text.rfind("-->")
    while mark := _INLINE.search(text, position):
        position = mark.end()
        if mark[0] == "<!--":
            if mark.start() + 2 <= last_end:
                position = text.index("-->", mark.start() + 2) + 3
                spans.append((mark.start(), position))
        elif mark[0][0] == "`":
            length = len(mark[0])
            places = runs.get(length, [])
            at = bisect_left(places, mark.end())
            if at < len(places):
                position = places[at] + length
                spans.append((mark.start(), position))
    return spans
