"""The sections of a constitution's file, in its two formats: names, options and questions.

Line by line and without any template language, so that braces and percent signs are text.
`app.weave.constitution` says what the formats are, and what the values may be.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.weave.principles import ANSWER, QUESTION

OPTIONS = ("weight", "answer")
_HEADING = re.compile(r"(#{1,2})(?:[ \t]+(.*?))?[ \t]*#*[ \t]*")
_GLUED = re.compile(r"##[^#\s]")
_OPTION = re.compile(r"[ \t]*([-*+][ \t]+)?`?(\w+)`?[ \t]*:[ \t]*(.*?)[ \t]*")
_BAR = re.compile(r"==\[(.*)\]==[ \t]*")
# A name may hold `:` and `;`: what counts as an option stands at the end.
_PRINCIPLE = re.compile(
    r"[ \t]*principle[ \t]*:(?P<name>.*?)"
    r"(?P<options>(?:;[ \t]*(?:weight|answer)[ \t]*:[^;]*)*);?[ \t]*",
    re.IGNORECASE,
)
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
    def text(self) -> str:
        return "\n".join(self.question).strip()


def is_minihf(text: str) -> bool:
    """Tells whether a file has the section lines of MiniHF."""
    return any(_BAR.fullmatch(line) for line in text.split("\n"))


def markdown(text: str) -> list[Section]:
    """Splits Markdown at its headings of the second level."""
    found: list[Section] = []
    open_section: Section | None = None
    for number, line in enumerate(text.split("\n"), 1):
        heading = _HEADING.fullmatch(line)
        if heading:
            open_section = None
            if heading[1] == "##":
                open_section = Section(name=heading[2] or "", line=number)
                found.append(open_section)
        elif _GLUED.match(line):
            open_section = Section(name=line.strip("# \t"), line=number)
            open_section.faults.append((number, "a heading has a space behind its `##`"))
            found.append(open_section)
        elif open_section is not None:
            _take(open_section, line, number)
    return found


def _take(section: Section, line: str, number: int) -> None:
    """Adds a line to a principle: one of its options, or of its question."""
    option = _OPTION.fullmatch(line)
    named = option[2].casefold() if option else ""
    if section.text:
        if option and option[1] and named in OPTIONS:
            section.faults.append((number, f"`{named}` stands above the question, not below"))
        section.question.append(line)
    elif option and named in OPTIONS:
        section.options.append((named, option[3], number))
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
        bar = _BAR.fullmatch(line)
        if bar is None:
            open_section.question.append(line)
            continue
        principle = _PRINCIPLE.fullmatch(bar[1])
        if principle:
            open_section = Section(name=principle["name"].strip(), line=number)
            open_section.options += _barred(principle["options"], number)
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


def _barred(options: str, line: int) -> Iterator[tuple[str, str, int]]:
    for part in options.split(";"):
        name, colon, value = part.partition(":")
        if colon:
            yield name.strip().casefold(), value.strip(), line
