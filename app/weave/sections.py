"""The sections of a constitution's file, in its two formats: names, options and questions.

Line by line and without any template language, so that braces and percent signs are text.
`app.weave.constitution` says what the formats are, and what the values may be.
"""

import re
from dataclasses import dataclass, field

from app.weave.principles import ANSWER, QUESTION

OPTIONS = ("weight", "answer")
_GLUED = re.compile(r"##[^#\s]")
# A bullet or none, a name, a colon: every part ends where the next begins, so that no long line
# of a stranger's takes long.
_OPTION = re.compile(r"[ \t]*([-*+][ \t]+)?`?(\w+)`?[ \t]*:(.*)")
_OPENED, _CLOSED = "==[", "]=="
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^\n]*)")
_BRACES = re.compile(r"\{(preamble|prompt|response)\}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Something wrong in a constitution; `line` is from 1, 0 where the whole file is meant.

    The message quotes nothing of the file, so that it can be posted.
    """

    file: str
    line: int
    message: str

    @property
    def told(self) -> str:
        """What is told below the file's name."""
        return f"line {self.line}: {self.message}" if self.line else self.message

    def __str__(self) -> str:
        place = f", line {self.line}" if self.line else ""
        return f"`{self.file}`{place}: {self.message}"


@dataclass(kw_only=True, slots=True)
class Section:
    """A principle as it is written: its options, each with its line, and its question.

    `line` is that of its heading. `faults` are lines where something stands that has no place
    there, each with what is wrong.
    """

    name: str
    line: int
    options: list[tuple[str, str, int]] = field(default_factory=list)
    question: list[str] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)

    @property
    def begun(self) -> bool:
        return any(line.strip() for line in self.question)

    @property
    def text(self) -> str:
        return "\n".join(self.question).strip()


def is_minihf(text: str) -> bool:
    """Tells whether a file has the section lines of MiniHF."""
    return any(_bar(line) is not None for line in text.split("\n"))


def markdown(text: str) -> list[Section]:
    """Splits Markdown at its headings of the second level; those in a code fence are text."""
    found: list[Section] = []
    open_section: Section | None = None
    fence = ""
    for number, line in enumerate(text.split("\n"), 1):
        before, fence = fence, _fence(line, fence)
        if before or fence:
            if open_section is not None:
                open_section.question.append(line)
            continue
        heading = _heading(line)
        if heading is not None:
            level, name = heading
            open_section = Section(name=name, line=number) if level == 2 else None
            if open_section is not None:
                found.append(open_section)
        elif _GLUED.match(line):
            open_section = Section(name=line.strip("# \t"), line=number)
            open_section.faults.append((number, "a heading has a space behind its `##`"))
            found.append(open_section)
        elif open_section is not None:
            _take(open_section, line, number)
    return found


def _fence(line: str, fence: str) -> str:
    """Returns the marks of the code fence that is open after a line; none where none is.

    CommonMark 0.31, 4.5: as many of the same marks as opened it, or more, close one.
    """
    found = _FENCE.fullmatch(line)
    if not found:
        return fence
    marks, rest = found[1], found[2]
    if not fence:
        return marks if marks[0] == "~" or "`" not in rest else ""
    return "" if marks.startswith(fence) and not rest.strip() else fence


def _heading(line: str) -> tuple[int, str] | None:
    """Reads a heading of the first or second level; None where a line is none of them."""
    said = line.lstrip("#")
    level = len(line) - len(said)
    if level not in (1, 2) or (said and said[0] not in " \t"):
        return None
    said = said.strip(" \t")
    name = said.rstrip("#")
    closed = not name or name[-1] in " \t"
    return level, name.rstrip(" \t") if closed else said


def _take(section: Section, line: str, number: int) -> None:
    """Adds a line to a principle: one of its options, or of its question."""
    option = _OPTION.fullmatch(line)
    named = option[2].casefold() if option else ""
    if section.begun:
        if option and option[1] and named in OPTIONS:
            section.faults.append((number, f"`{named}` stands above the question, not below"))
        section.question.append(line)
    elif option and named in OPTIONS:
        section.options.append((named, option[3].strip(" \t"), number))
    elif option and option[1]:
        known = " and ".join(f"`{name}`" for name in OPTIONS)
        section.faults.append((number, f"there is no such option; there are {known}"))
    else:
        section.question.append(line)


def minihf(text: str) -> list[Section]:
    """Splits a file of MiniHF, its preamble put into the questions that ask for it."""
    found: list[Section] = []
    preamble = Section(name="", line=0)
    open_section = Section(name="", line=0)
    for number, line in enumerate(text.split("\n"), 1):
        bar = _bar(line)
        if bar is None:
            open_section.question.append(line)
            continue
        kind, colon, said = bar.partition(":")
        if colon and kind.strip().casefold() == "principle":
            name, options = _named(said)
            open_section = Section(name=name, line=number)
            open_section.options += [(option, value, number) for option, value in options]
            found.append(open_section)
        elif not found and not preamble.line:
            open_section = preamble = Section(name="", line=number)
        else:
            open_section = Section(name="-", line=number)
            fault = "a section begins with `==[Principle:`; only the first may be a preamble"
            open_section.faults.append((number, fault))
            found.append(open_section)
    words = {"preamble": preamble.text, "prompt": QUESTION, "response": ANSWER}
    for section in found:
        said = _BRACES.sub(lambda brace: words[brace[1]], section.text)
        section.question = said.split("\n")
    return found


def _bar(line: str) -> str | None:
    """Returns what a section line says; None where a line is none."""
    said = line.rstrip(" \t")
    if not (said.startswith(_OPENED) and said.endswith(_CLOSED)):
        return None
    return said[len(_OPENED) : -len(_CLOSED)]


def _named(said: str) -> tuple[str, list[tuple[str, str]]]:
    """Splits a name, which may have `:` and `;` in it, from the options at its end."""
    parts = said.split(";")
    options: list[tuple[str, str]] = []
    while len(parts) > 1:
        name, colon, value = parts[-1].partition(":")
        if colon and name.strip().casefold() in OPTIONS:
            options.append((name.strip().casefold(), value.strip()))
        elif options or parts[-1].strip():
            break
        parts.pop()
    return ";".join(parts).strip(), options[::-1]
