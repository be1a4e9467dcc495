"""Files as passages: by heading, by code symbol, else by stretches, with exact lines."""

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from app.domain import Passage, SourceKind
from app.text import markdown
from app.text.prose import is_underline
from app.text.quotable import MARKDOWN, PROSE, suffix_of

MAX_CHARACTERS = 2000
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


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines `start` to `end` (from 1, both included) under a title."""

    title: str
    start: int
    end: int


def passages(path: str, text: str) -> list[Passage]:
    """Cuts a file into passages of at most `MAX_CHARACTERS` (a longer line stays whole).

    The title is the path of headings or the qualified symbol. Blank stretches are left out.
    """
    suffix = suffix_of(path)
    lines = text.split("\n")
    if suffix in MARKDOWN:
        parts = _sections(markdown.headings(text), len(lines), path)
    elif suffix in PROSE:
        parts = _sections(_underlined(lines), len(lines), path)
    elif suffix in ("py", "pyi"):
        parts = _python(text, len(lines), path)
    else:
        parts = _symbols(lines, path)
    prose = suffix in MARKDOWN | PROSE
    return [
        Passage(
            path=path,
            start_line=start,
            end_line=end,
            title=part.title,
            text="\n".join(lines[start - 1 : end]),
            kind=SourceKind.PROSE if prose else SourceKind.CODE,
        )
        for part in parts
        for start, end in _bounded(lines, part)
    ]


def _sections(headings: Sequence[tuple[int, int, str]], length: int, path: str) -> list[_Part]:
    """Makes a part of each heading with its text; the title holds the headings above it."""
    parts = []
    above: list[tuple[int, str]] = []
    if not headings or headings[0][0] > 1:
        first = headings[0][0] - 1 if headings else length
        parts.append(_Part(PurePosixPath(path).name, 1, first))
    for i, (line, level, title) in enumerate(headings):
        above = [(depth, name) for depth, name in above if depth < level] + [(level, title)]
        end = headings[i + 1][0] - 1 if i + 1 < len(headings) else length
        parts.append(_Part(" › ".join(name for _, name in above), line, end))
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


def _python(text: str, length: int, path: str) -> list[_Part]:
    """Makes a part of each function, method and class head; what is between goes by module."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _symbols(text.split("\n"), path)
    module = PurePosixPath(path)
    name = module.parent.name if module.stem == "__init__" else module.stem
    symbols = list(_defined(tree.body, ""))
    parts = []
    at = 1
    for symbol in [*symbols, _Part("", length + 1, length + 1)]:
        if symbol.start > at:
            parts.append(_Part(name, at, symbol.start - 1))
        if symbol.title:
            parts.append(_Part(symbol.title, symbol.start, symbol.end))
        at = max(at, symbol.end + 1)
    return parts


def _defined(body: Sequence[ast.stmt], prefix: str) -> Iterator[_Part]:
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        title = prefix + node.name
        start = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        end = node.end_lineno or node.lineno
        if not isinstance(node, ast.ClassDef):
            yield _Part(title, start, end)
            continue
        at = start
        for inner in _defined(node.body, title + "."):
            if inner.start > at:
                yield _Part(title, at, inner.start - 1)
            yield inner
            at = inner.end + 1
        if at <= end:
            yield _Part(title, at, end)


def _symbols(lines: Sequence[str], path: str) -> list[_Part]:
    """Makes a part of each line at the margin that reads as a definition, with what follows."""
    starts: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        match = _SYMBOL.match(line)
        if match:
            name = next(group for group in match.groups() if group)
            starts.append((_with_comment(lines, number, starts), name))
    parts = []
    if not starts or starts[0][0] > 1:
        parts.append(_Part(PurePosixPath(path).name, 1, starts[0][0] - 1 if starts else len(lines)))
    for i, (start, name) in enumerate(starts):
        end = starts[i + 1][0] - 1 if i + 1 < len(starts) else len(lines)
        parts.append(_Part(name, start, end))
    return _joined(parts, lines)


def _with_comment(lines: Sequence[str], number: int, starts: Sequence[tuple[int, str]]) -> int:
    """Returns the first line of the comment right above a definition, or its own line."""
    lowest = starts[-1][0] + 1 if starts else 1
    while number > lowest and lines[number - 2].startswith(("//", "/*", " *", "#", "--", ";", "@")):
        number -= 1
    return number


def _joined(parts: Sequence[_Part], lines: Sequence[str]) -> list[_Part]:
    """Joins neighbours while together they stay short, so that a line is no passage."""
    found: list[_Part] = []
    size = 0
    for part in parts:
        length = sum(len(line) + 1 for line in lines[part.start - 1 : part.end])
        if found and size + length <= MAX_CHARACTERS // 3:
            last = found[-1]
            title = last.title if len(last.title) > 60 else f"{last.title}, {part.title}"
            found[-1] = _Part(title, last.start, part.end)
            size += length
        else:
            found.append(part)
            size = length
    return found


def _bounded(lines: Sequence[str], part: _Part) -> Iterator[tuple[int, int]]:
    """Yields (first, last) line of stretches within the limit, cut at blank lines if it can be."""
    start, end = _trimmed(lines, part.start, part.end)
    while start <= end:
        stop = _stop(lines, start, end)
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


def _stop(lines: Sequence[str], start: int, end: int) -> int:
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
        if not line.strip() and not fenced:
            blank = number
    return end
