"""Files as passages: by heading, by code symbol, else by stretches, with exact lines."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from app.domain import Passage, SourceKind
from app.knowledge import python
from app.knowledge.parts import MAX_CHARACTERS, Part
from app.text import markdown
from app.text.prose import is_underline
from app.text.quotable import MARKDOWN, PROSE, is_markdown, suffix_of

_SYMBOL = re.compile(
    r"^(?:export\s+|default\s+|public\s+|private\s+|protected\s+|internal\s+|static\s+|final\s+"
    r"|abstract\s+|async\s+|pub(?:\([^)]*\))?\s+|unsafe\s+|extern\s+|inline\s+|open\s+|data\s+)*"
    r"(?:function\*?|class|interface|type|enum|struct|trait|impl|fn|func|def|module|namespace|object"
    r"|record|protocol|extension|sub|proc|defmodule|message|service|const|let|var)\s+"
    r"(?:\([^)]*\)\s*)?(?P<name>[\w$.:<>]+)"
    r"|^(?!(?:if|for|while|switch|return|else)\b)[\w*&:<>,\[\] ]+?\b(?P<call>\w+)\([^;]*$"
    r"|^(?P<target>[\w.-]+(?:\s[\w.-]+)*):(?!=)"
    r"|^\[(?P<section>[^\]]+)\]\s*$"
)
_FENCE = re.compile(r"\s*(```|~~~)")


def passages(path: str, text: str) -> list[Passage]:
    """Cuts a file into passages of at most `MAX_CHARACTERS` (a longer line stays whole).

    The title is the path of headings or the qualified symbol. In Python a long docstring is
    a passage of prose apart from its code. Blank stretches are left out.
    """
    suffix = suffix_of(path)
    lines = text.split("\n")
    whole: frozenset[int] = frozenset()
    if is_markdown(path, text):
        parts = _sections(markdown.headings(text), len(lines), path)
    elif suffix in MARKDOWN | PROSE:
        parts = _sections(_underlined(lines), len(lines), path)
    elif suffix in ("py", "pyi"):
        parts, whole = python.parts(text, path) or (_symbols(lines, path), whole)
    else:
        parts = _symbols(lines, path)
    return [
        Passage(
            path=path,
            start_line=start,
            end_line=end,
            title=part.title,
            text="\n".join(lines[start - 1 : end]),
            kind=part.kind,
        )
        for part in parts
        for start, end in _bounded(lines, part, whole)
    ]


def _sections(headings: Sequence[tuple[int, int, str]], length: int, path: str) -> list[Part]:
    """Makes a part of each heading with its text; the title holds the headings above it."""
    parts = []
    above: list[tuple[int, str]] = []
    if not headings or headings[0][0] > 1:
        first = headings[0][0] - 1 if headings else length
        parts.append(Part(PurePosixPath(path).name, 1, first, SourceKind.PROSE))
    for i, (line, level, title) in enumerate(headings):
        above = [(depth, name) for depth, name in above if depth < level] + [(level, title)]
        end = headings[i + 1][0] - 1 if i + 1 < len(headings) else length
        parts.append(Part(" › ".join(name for _, name in above), line, end, SourceKind.PROSE))
    return parts


def _underlined(lines: Sequence[str]) -> list[tuple[int, int, str]]:
    """Finds reStructuredText headings; a style's level is the order of its first use."""
    styles: list[str] = []
    found = []
    for number in range(1, len(lines)):
        above, line = lines[number - 1], lines[number]
        if above[:1].isspace() or not is_underline(line, above):
            continue
        over = number >= 2 and lines[number - 2].strip() == line.strip()
        style = line.strip()[0] + ("^" if over else "")
        if style not in styles:
            styles.append(style)
        found.append((number - over, styles.index(style) + 1, above.strip()))
    return found


def _symbols(lines: Sequence[str], path: str) -> list[Part]:
    """Makes a part of each line at the margin that reads as a definition, with what follows."""
    starts: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        match = _SYMBOL.match(line)
        if match:
            name = next(group for group in match.groups() if group)
            starts.append((_with_comment(lines, number, starts), name))
    parts = []
    if not starts or starts[0][0] > 1:
        first = starts[0][0] - 1 if starts else len(lines)
        parts.append(Part(PurePosixPath(path).name, 1, first, SourceKind.CODE))
    for i, (start, name) in enumerate(starts):
        end = starts[i + 1][0] - 1 if i + 1 < len(starts) else len(lines)
        parts.append(Part(name, start, end, SourceKind.CODE))
    return _joined(parts, lines)


def _with_comment(lines: Sequence[str], number: int, starts: Sequence[tuple[int, str]]) -> int:
    """Returns the first line of the comment right above a definition, or its own line."""
    lowest = starts[-1][0] + 1 if starts else 1
    while number > lowest and lines[number - 2].startswith(("//", "/*", " *", "#", "--", ";", "@")):
        number -= 1
    return number


def _joined(parts: Sequence[Part], lines: Sequence[str]) -> list[Part]:
    """Joins neighbours while together they stay short, so that a line is no passage."""
    found: list[Part] = []
    size = 0
    for part in parts:
        length = sum(len(line) + 1 for line in lines[part.start - 1 : part.end])
        if found and size + length <= MAX_CHARACTERS // 3:
            last = found[-1]
            title = last.title if len(last.title) > 60 else f"{last.title}, {part.title}"
            found[-1] = Part(title, last.start, part.end, SourceKind.CODE)
            size += length
        else:
            found.append(part)
            size = length
    return found


def _bounded(lines: Sequence[str], part: Part, whole: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Yields (first, last) line of stretches within the limit, cut at blank lines if it can be.

    No cut is made at the lines of `whole`: they are inside a string.
    """
    start, end = _trimmed(lines, part.start, part.end)
    while start <= end:
        stop = _stop(lines, start, end, whole)
        low, high = _trimmed(lines, start, stop)
        if any(c.isalnum() for line in lines[low - 1 : high] for c in line):
            yield low, high
        start = stop + 1


def _trimmed(lines: Sequence[str], start: int, end: int) -> tuple[int, int]:
    while start <= end and not lines[start - 1].strip():
        start += 1
    while end >= start and not lines[end - 1].strip():
        end -= 1
    return start, end


def _stop(lines: Sequence[str], start: int, end: int, whole: frozenset[int]) -> int:
    """Returns the last line of the stretch that begins at `start`."""
    size = 0
    blank = 0
    fenced = False
    for number in range(start, end + 1):
        line = lines[number - 1]
        size += len(line) + 1
        if size > MAX_CHARACTERS and number > start:
            return blank or number - 1
        fenced ^= bool(_FENCE.match(line))
        if not line.strip() and not fenced and number not in whole:
            blank = number
    return end
