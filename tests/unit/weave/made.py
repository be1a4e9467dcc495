"""Values for the tests of this folder: a corpus in memory, memories, dictionaries."""

from collections.abc import Sequence
from datetime import UTC, datetime

from app.domain import (
    Answer,
    Dictionary,
    Facts,
    Memory,
    MemoryKind,
    Passage,
    PhraseWeight,
    Question,
)
from app.knowledge.archive import File
from app.knowledge.index import IndexedCorpus, write
from app.models.extract import Extract
from app.weave.answer import Composer, ComposerConfig

NOW = datetime(2026, 1, 2, tzinfo=UTC)
FILES = {
    "CONTRIBUTING.md": "# Tests\n\nRun the tests with `make check`. They need no network.\n",
    "docs/install.md": "# Install\n\nInstall it with `pip install loom`. Python 3.11 is needed.\n",
    "docs/port.md": (
        "# Port\n\nThe server listens on port 8080 by default. "
        "Set `LOOM_PORT` to change the port of the server.\n"
    ),
    "docs/cache.md": "# Cache\n\nAnswers are cached for hours. Clear the cache by `loom clear`.\n",
    "docs/log.md": "# Logs\n\nLogs are written to standard error. Their level is `info`.\n",
}


def corpus(files: dict[str, str] | None = None) -> IndexedCorpus:
    """Indexes files in memory."""
    read = [
        File.of(path, text.encode(errors="replace"))
        for path, text in (FILES if files is None else files).items()
    ]
    return IndexedCorpus(
        write(read, folder=None, previous=None),
        commit="c0ffee",
        facts=Facts(description="A loom.", statements=("README: A loom.",)),
        paths=frozenset(file.path for file in read),
    )


def memory(
    question: str,
    after: str,
    *,
    before: str = "",
    kind: MemoryKind = MemoryKind.CORRECTION,
    weight: float = 1.0,
    number: int = 5,
) -> Memory:
    """Makes a memory of one question."""
    return Memory(
        id=number,
        repository_id=1,
        reply_id=1,
        kind=kind,
        question=question,
        before=before,
        after=after,
        author="ada",
        url="https://github.com/o/r/issues/12#issuecomment-3",
        weight=weight,
        created_at=NOW,
    )


def dictionary(**weights: float) -> Dictionary:
    """Makes a dictionary; `__` in a name stands for a space."""
    phrases = {name.replace("__", " "): z for name, z in weights.items()}
    return Dictionary(
        repository_id=1,
        version=3,
        weights={
            phrase: PhraseWeight(phrase=phrase, z=z, liked=max(z, 0.0), disliked=max(-z, 0.0))
            for phrase, z in phrases.items()
        },
    )


def ask(
    question: str,
    *,
    memories: Sequence[Memory] = (),
    words: Dictionary | None = None,
    files: dict[str, str] | None = None,
    config: ComposerConfig | None = None,
) -> Answer:
    """Answers from the files above."""
    return Composer(Extract(), config).answer(
        Question(text=question),
        corpus=corpus(files),
        memories=memories,
        dictionary=words or dictionary(),
    )


def passage(text: str, path: str = "a.md") -> Passage:
    """Makes a passage of a text."""
    return Passage(path=path, start_line=1, end_line=text.count("\n") + 1, title="", text=text)
