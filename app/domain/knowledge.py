"""The text that answers come from."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class SourceKind(StrEnum):
    """Where a passage comes from."""

    PROSE = "prose"
    CODE = "code"
    THREAD = "thread"
    CORRECTION = "correction"


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A piece of text that can be quoted: a Markdown section, a code symbol, a correction.

    `path` is relative to the repository root with forward slashes; for a correction it is
    empty, and `url` and `author` name the comment and the person who taught it.
    """

    path: str
    start_line: int
    end_line: int
    title: str
    text: str
    kind: SourceKind = SourceKind.PROSE
    url: str = ""
    author: str = ""
    memory_id: int | None = None

    @property
    def digest(self) -> str:
        """Names what it says, wherever its lines are: 32 hexadecimal digits.

        A passage of a file that moved has the same name, and one that says something else has
        another: what people thought of the old words is not held against the new ones.
        """
        said = " ".join(self.title.split()) + "\0" + " ".join(self.text.split())
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A passage found for a question; `score` is comparable within one search only."""

    passage: Passage
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Ground truths of a repository: languages by share, manifest files, its own description."""

    languages: Sequence[str] = ()
    manifests: Sequence[str] = ()
    description: str = ""
    statements: Sequence[str] = ()
