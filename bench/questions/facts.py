"""Questions with the facts that a full answer has: `single` of one source, `several` of more.

A fact is a short string of the text, such as an option's name or a number, with whatever else
would do in its place. Whether a text states it is decided with case, inline marks and runs of
whitespace put aside, and by whole words: 8 is not stated by 80. A package's documents are the
code and prose that it installed, without its tests.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import PurePath
from typing import ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter

from app.text.prose import flatten
from bench.questions import FOLDER, Package

NAMES = ("single", "several")
_PROSE = (".py", ".md", ".rst", ".txt")
_TESTS = {"test", "tests"}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What an answer has to state: one of `any`; the file, under site-packages, states it."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    any: tuple[str, ...]
    file: str


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """A question about a package's text, with all the facts that it asks for."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    package: str
    question: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, kw_only=True)
class _File:
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    format: Literal[1]
    questions: tuple[Inquiry, ...]


def load(name: str) -> tuple[Inquiry, ...]:
    """Reads the questions `single` or `several`.

    Raises:
        pydantic.ValidationError: the file is not of this shape.
        OSError: there is no such file.
    """
    text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    return TypeAdapter(_File).validate_json(text).questions


def package(name: str) -> Package:
    """Returns an installed package's documents.

    Raises:
        importlib.metadata.PackageNotFoundError: it is not installed.
    """
    found = metadata.distribution(name)
    files = tuple(str(path) for path in found.files or () if _is_document(path))
    return Package(version=found.version, files=files)


def _is_document(path: PurePath) -> bool:
    if path.parts[0].endswith(".dist-info"):
        return path.name == "METADATA"
    return path.suffix in _PROSE and _TESTS.isdisjoint(path.parts) and ".." not in path.parts


def states(text: str, fact: Fact) -> bool:
    """Tells whether a text states a fact."""
    said = plain(text)
    return any(_says(said, plain(one)) for one in fact.any)


def share(text: str, facts: Iterable[Fact]) -> float:
    """Returns the share in [0, 1] of facts that a text states."""
    found = [states(text, fact) for fact in facts]
    return sum(found) / len(found)


def plain(text: str) -> str:
    """Returns a text in lower case without inline marks, every run of whitespace one space."""
    return " ".join(flatten(text).casefold().replace("`", "").split())


def _says(text: str, wanted: str) -> bool:
    before = r"(?<!\w)" if re.match(r"\w", wanted) else ""
    after = r"(?!\w)" if re.search(r"\w$", wanted) else ""
    return re.search(before + re.escape(wanted) + after, text) is not None
