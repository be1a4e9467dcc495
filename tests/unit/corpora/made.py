"""Texts, rows and models for the tests of corpora."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.corpora.rows import Row
from app.corpora.texts import Texts
from app.domain import Piece, Prompt, Usage
from app.errors import UserError
from app.layouts.formats import Format

WORDS = ("server", "worker", "queue", "page", "thread", "answer", "index", "vote", "label", "key")
PATHS = ("README.md", "app/cli.py", "app/settings.py", "docs/limits.md", "docs/data.md", "Makefile")


def texts(count: int = 40) -> Texts:
    said = [
        f"The {WORDS[at % 10]} keeps number {at} for each {WORDS[(at * 7 + 3) % 10]} of a day."
        for at in range(2 * count)
    ]
    return Texts(sentences={"train": tuple(said[:count]), "test": tuple(said[count:])}, paths=PATHS)


def row(**values: object) -> Row:
    given: dict[str, object] = {
        "name": "short",
        "question": "Is it short?",
        "asked": "What is kept?",
        "sources": ("The server keeps a key.", "The page keeps a vote."),
        "answer": "[1] The server keeps a key.",
        "label": True,
    }
    return Row(**{**given, **values})  # type: ignore[arg-type]


@dataclass
class Session:
    model: "Scripted"
    prompt: Prompt
    whole: bool = False
    usage: Usage = field(default_factory=Usage)

    def yes_no(self, texts: Sequence[str], question: str) -> list[float]:
        self.model.asked += [(self.prompt.text, text, question) for text in texts]
        return [self.model.judge(text, question) for text in texts]

    def form(self, wanted: Format, *, tokens: int = 0) -> str:
        self.model.formed.append((self.prompt.text, wanted))
        said = self.model.says.pop(0)
        if isinstance(said, Exception):
            raise said
        assert wanted.fault(said) == "", wanted.fault(said)
        return said

    def expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> list[list[Piece]]:
        raise AssertionError("nothing is sampled freely")

    def logprob(self, texts: Sequence[str]) -> None:
        return None

    def close(self) -> None:
        self.model.closed += 1


@dataclass
class Scripted:
    """A model that judges by a function and writes what a list says."""

    judge: Callable[[str, str], float] = lambda text, question: 0.0
    says: list[str | UserError] = field(default_factory=list)
    name: str = "scripted"
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    formed: list[tuple[str, Format]] = field(default_factory=list)
    closed: int = 0

    def session(self, prompt: Prompt, *, adapter: str = "", seed: int = 0) -> Session:
        return Session(self, prompt)

    def context(self) -> int:
        return 0

    def close(self) -> None:
        pass
