"""Constitutions: from the text of a file to principles, or to all that is wrong in it.

A constitution is Markdown that people read and write:

```
# Anything here, above the first principle, is for people

## Addresses the question
- weight: 2
- answer: yes

Does the answer address the question?
```
Each heading of the second level begins a principle and names it. `weight` (1 where it is left
out) and `answer` (yes where it is left out) stand right below it, with or without a hyphen; what
follows is the question. A heading of the first level ends a principle: what stands below it is
for people again. Headings in a code fence are text. `{{question}}` in a question becomes what was
asked, `{{answer}}` a reference to the answer, which the model has read right before.

Files of MiniHF (https://github.com/JD-P/minihf) are known by their section lines and read too:
`==[PREAMBLE]==` and `==[Principle: NAME; Weight: 1.0; Answer: Yes]==`, with `{preamble}`,
`{prompt}` and `{response}` in the bodies; any other brace there is a brace.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.errors import ConfigError
from app.layouts.templates import FOLDER
from app.text.clean import clean
from app.weave.principles import SLOTS, Constitution, Principle
from app.weave.sections import Fault, Section, is_minihf, markdown, minihf

PATH = ".github/treadle/constitution.md"
"""Where a repository keeps its own."""
STANDARD = "default"
"""The file in `prompts/constitution/` that is in force where nothing else is set."""
MOST_WEIGHT = 100.0
LONGEST_NAME = 80
_MOST_FAULTS = 20
_ANSWERS = {"yes": True, "no": False}
_SLOT = re.compile(r"\{\{[^{}]*\}\}")
_FOLDER = FOLDER / "constitution"


@dataclass(frozen=True, kw_only=True, slots=True)
class Extent:
    """How large a constitution may be: bytes of the file, its principles, characters of one
    question, a preamble included."""

    size: int = 16 * 1024
    principles: int = 12
    characters: int = 2000


LARGEST = Extent(size=1024 * 1024, principles=100, characters=100_000)
"""What a file may have that no stranger wrote."""


def parse(
    data: bytes, *, file: str, extent: Extent | None = None, fenced: bool = False
) -> Constitution | list[Fault]:
    """Reads a constitution.

    Args:
        data: the file.
        file: what it is called in faults.
        extent: how large it may be; the usual extent where not given.
        fenced: whether strangers wrote it.

    Returns:
        The constitution, or all that is wrong in order of lines, at most 20 faults.
    """
    extent = extent or Extent()
    if len(data) > extent.size:
        return [Fault(file=file, line=0, message=f"it is larger than {extent.size} bytes")]
    try:
        text = clean(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return [Fault(file=file, line=line, message="this is not UTF-8 text")]
    sections = minihf(text) if is_minihf(text) else markdown(text)
    found = list(_faults(sections, extent, slots=not is_minihf(text)))
    if found:
        found = sorted(found, key=lambda fault: fault[0])[:_MOST_FAULTS]
        return [Fault(file=file, line=line, message=message) for line, message in found]
    return Constitution(principles=tuple(map(_principle, sections)), fenced=fenced)


@cache
def standing(name: str) -> Constitution:
    """Returns a constitution of who runs the bot.

    Args:
        name: that of a file in `prompts/constitution/` without its ending, or the path of a
            file, which has a slash or an ending.

    Raises:
        ConfigError: there is no such file, or it has faults; lists them all.
    """
    path = _FOLDER / f"{name}.md" if re.fullmatch(r"[\w-]+", name) else Path(name)
    try:
        data = path.read_bytes()
    except OSError as error:
        known = ", ".join(sorted(f"`{one.stem}`" for one in _FOLDER.glob("*.md")))
        raise ConfigError(
            [
                f"TREADLE_CONSTITUTION: {path} cannot be read: {error.strerror}; name one of "
                f"{known}, or give the path of a file"
            ]
        ) from error
    found = parse(data, file=str(path), extent=LARGEST)
    if isinstance(found, Constitution):
        return found
    raise ConfigError([f"TREADLE_CONSTITUTION: {fault}" for fault in found])


def _faults(sections: list[Section], extent: Extent, *, slots: bool) -> Iterator[tuple[int, str]]:
    """Yields what is wrong, each with its line, in any order."""
    if not sections:
        yield 0, "it has no principle; each begins with a line `## Its name`"
    if len(sections) > extent.principles:
        yield sections[extent.principles].line, f"at most {extent.principles} principles are read"
    names: dict[str, int] = {}
    asked: dict[str, int] = {}
    for section in sections:
        yield from section.faults
        yield from _named(section, names)
        yield from _set(section)
        yield from _asking(section, extent, asked, slots=slots)
    weighed = [
        _weight(value) for one in sections for name, value, _ in one.options if name == "weight"
    ]
    if sections and weighed == [0.0] * len(sections):
        yield 0, "no principle has any weight"


def _named(section: Section, names: dict[str, int]) -> Iterator[tuple[int, str]]:
    if not section.name:
        yield section.line, "a principle needs a name"
    elif len(section.name) > LONGEST_NAME:
        yield section.line, f"a name has at most {LONGEST_NAME} characters"
    else:
        first = names.setdefault(section.name.casefold(), section.line)
        if first != section.line:
            yield section.line, f"the principle of line {first} has the same name"


def _set(section: Section) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for name, value, line in section.options:
        if name in seen:
            yield line, f"`{name}` stands here twice"
        seen.add(name)
        if name == "answer" and value.casefold() not in _ANSWERS:
            yield line, "`answer` is `yes` or `no`: the one that speaks for the answer"
        if name == "weight" and _weight(value) is None:
            yield (
                line,
                (
                    f"`weight` is a number from 0 to {MOST_WEIGHT:g}; where yes speaks against the "
                    "answer, write `answer: no`"
                ),
            )


def _asking(
    section: Section, extent: Extent, asked: dict[str, int], *, slots: bool
) -> Iterator[tuple[int, str]]:
    if not section.text:
        yield section.line, "a principle needs a question, to be answered with yes or no"
        return
    if len(section.text) > extent.characters:
        yield section.line, f"a question has at most {extent.characters} characters"
    first = asked.setdefault(section.text, section.line)
    if first != section.line:
        yield section.line, f"the principle of line {first} asks the same"
    if slots and any(slot not in SLOTS for slot in _SLOT.findall(section.text)):
        known = " and ".join(f"`{slot}`" for slot in SLOTS)
        yield section.line, f"its question has a slot that is not known; there are {known}"


def _principle(section: Section) -> Principle:
    """Makes a principle of a section without faults."""
    options = {name: value for name, value, _ in section.options}
    return Principle(
        name=section.name,
        question=section.text,
        weight=_weight(options.get("weight", "1")) or 0.0,
        expected=_ANSWERS[options.get("answer", "yes").casefold()],
    )


def _weight(value: str) -> float | None:
    """Reads a weight; None where it is none."""
    try:
        weight = float(value)
    except ValueError:
        return None
    return weight if math.isfinite(weight) and 0 <= weight <= MOST_WEIGHT else None
