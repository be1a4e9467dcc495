"""Questions written by hand about the text of packages that are installed with the product.

`dev` and `more` are for tuning; `test` is for measuring and is not to be looked at while
tuning. No package is in two sets. A package is treated like a repository: its documents
are the files that its globs find under site-packages, its METADATA being the README.

An answer is one sentence of the text, with every run of whitespace (a docstring's line
breaks and indentation) made a single space; `contains` compares it with a file that way.
"""

import re
import sysconfig
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter

FOLDER = Path(__file__).parent
NAMES = ("dev", "more", "test")
ABSTAINING = ("abstain", "abstain_test")
"""The same of knowing when there is no answer: to tune on, and held out."""
SITE_PACKAGES = Path(sysconfig.get_path("purelib"))


@dataclass(frozen=True, kw_only=True)
class Package:
    """One package's collection of documents.

    Attributes:
        version: the version whose text the questions were written for.
        files: globs relative to site-packages.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    version: str
    files: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A sentence that answers, whitespace made single, and its file under site-packages."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    path: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Answerable:
    """A question that the text answers; any one of the answers will do."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    package: str
    question: str
    answers: tuple[Answer, ...]
    kind: Literal["how", "what", "why", "where", "default", "error", "can"]


@dataclass(frozen=True, kw_only=True)
class Unanswerable:
    """A question that the text does not answer; `near` is what it has instead, if anything.

    `kind` tells what it is about: the package's own subject, another product, or no software.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    package: str
    question: str
    near: str
    kind: Literal["near", "other product", "off topic"] = "near"


@dataclass(frozen=True, kw_only=True)
class QuestionSet:
    """Questions with the packages that they are about, by the packages' names."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    packages: dict[str, Package]
    answerable: tuple[Answerable, ...]
    unanswerable: tuple[Unanswerable, ...]


def load(name: str) -> QuestionSet:
    """Reads a set of `NAMES` or `ABSTAINING`.

    Raises:
        pydantic.ValidationError: the file is not of this shape.
        OSError: there is no such set.
    """
    text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    return TypeAdapter(QuestionSet).validate_json(text)


def documents(package: Package, root: Path = SITE_PACKAGES) -> tuple[str, ...]:
    """Lists the paths of a package's documents relative to `root`, sorted, each once."""
    found = {path for glob in package.files for path in root.glob(glob) if path.is_file()}
    return tuple(sorted(path.relative_to(root).as_posix() for path in found))


def installed_as_recorded(name: str, package: Package) -> bool:
    """Says whether the installed version is the one that the questions were written for."""
    try:
        return metadata.version(name) == package.version
    except metadata.PackageNotFoundError:
        return False


def contains(text: str, sentence: str) -> bool:
    """Says whether a file's text has the sentence, whitespace aside."""
    return sentence in " ".join(text.split())


def shared_run(first: str, second: str) -> int:
    """Returns how many words the longest run common to both texts has."""
    left, right = (re.findall(r"\w+", text.lower()) for text in (first, second))
    longest = 0
    previous = [0] * (len(right) + 1)
    for word in left:
        current = [0] * (len(right) + 1)
        for column, other in enumerate(right):
            if word == other:
                current[column + 1] = previous[column] + 1
        longest = max(longest, *current)
        previous = current
    return longest
