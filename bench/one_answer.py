"""One answer as the search asks for it, in whichever way a model is run."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.domain import Piece
from app.layouts import numbered
from app.models.jobs import Context, Done, Expand, YesNo
from app.ports.models import ModelSession
from app.weave.search import SearchConfig, weave
from bench.full_pieces import FullPieces

PIECES = 72
PRINCIPLES = (
    "Does the answer quote the sources?",
    "Does the answer address the question?",
    "Is the answer short?",
)


def result(found: object) -> Done:
    """Returns a result that must be one.

    Raises:
        RuntimeError: it is an error.
    """
    if not isinstance(found, Done):
        raise RuntimeError(f"the engine failed: {found}")
    return found


class Way(Protocol):
    """A way to ask a model about one prompt."""

    def expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> Sequence[Sequence[Piece]]:
        """Samples so many pieces after each beginning."""

    def odds(self, drafts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Returns the log-odds of all drafts, a row for each principle."""


class Direct:
    """An engine in this process; all principles are asked about in one run."""

    def __init__(self, engine: FullPieces, context: Context) -> None:
        self._engine = engine
        self._context = context

    def expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> Sequence[Sequence[Piece]]:
        """Runs one job."""
        job = Expand(context=self._context, prefixes=tuple(prefixes), counts=tuple(counts))
        found: Sequence[Sequence[Piece]] = result(self._engine.run([job])[0]).result  # type: ignore[assignment]
        return found

    def odds(self, drafts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Runs a job for each principle."""
        jobs = [
            YesNo(context=self._context, texts=tuple(drafts), question=numbered.check(principle))
            for principle in PRINCIPLES
        ]
        return [result(found).result for found in self._engine.run(jobs)]  # type: ignore[misc]


class Through:
    """A session of a model in a process of its own, as answers use it."""

    def __init__(self, session: ModelSession) -> None:
        self._session = session

    def expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> Sequence[Sequence[Piece]]:
        """Asks once."""
        return self._session.expand(prefixes, counts)

    def odds(self, drafts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Asks about one principle after another."""
        return [self._session.yes_no(drafts, numbered.check(principle)) for principle in PRINCIPLES]


@dataclass(kw_only=True)
class Answer:
    """What a search asked for: expansions with their pieces, and the drafts with their odds."""

    expansions: list[tuple[str, list[Piece]]] = field(default_factory=list)
    odds: dict[str, list[float]] = field(default_factory=dict)


def answer(way: Way) -> Answer:
    """Searches once."""
    said = Answer()

    def expand(prefixes: Sequence[str], counts: Sequence[int]) -> Sequence[Sequence[Piece]]:
        found = way.expand(prefixes, counts)
        said.expansions.extend(
            (prefix, list(pieces)) for prefix, pieces in zip(prefixes, found, strict=True)
        )
        return found

    def score(drafts: Sequence[str]) -> list[float]:
        for draft, *odds in zip(drafts, *way.odds(drafts), strict=True):
            said.odds[draft] = odds
        return [sum(said.odds[draft]) for draft in drafts]

    weave("", expand=expand, score=score, config=SearchConfig(budget=PIECES, seed=0))
    return said
