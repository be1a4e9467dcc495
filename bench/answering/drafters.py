"""Drafters that search in another way than the product's, and are all the same otherwise."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from math import inf
from typing import Any

from app.domain import Piece
from app.layouts import Layout
from app.ports.models import Model, ModelSession
from app.weave.drafting import ComposerConfig, Drafter, ModelUse
from app.weave.numbering import Numbering
from app.weave.page_search import PageSearch
from app.weave.search import WeaveResult
from app.weave.text_search import Run, TextSearch
from app.weave.tree import Node
from app.weave.writing import Writing
from bench.answering.ways import Sampler, Way
from bench.weave.meter import Terms

LONGEST = 8
"""Pieces of a written answer at most, for those ways that have to be told."""


def drafter(way: Way, model: Model, use: ModelUse, config: ComposerConfig) -> Drafter:
    """Makes a drafter that searches in some way, within `use.pieces` pieces.

    It takes what it finds, and starts once.
    """
    config = replace(config, max_restarts=0, min_score=-inf)
    if use.layout is Layout.NUMBERED:
        numbering = Numbering(model, use, config)
        numbering.searching = partial(Pages, way, use.pieces)  # type: ignore[assignment]
        return numbering
    writing = Writing(model, use, config)
    writing.searching = partial(Texts, way, use.pieces)  # type: ignore[assignment]
    return writing


class Pages(PageSearch):
    """Searches over one page with what the model samples alone."""

    def __init__(self, way: Way, pieces: int, session: ModelSession, **parts: Any) -> None:
        super().__init__(session, **parts)
        self._way = way
        self._pieces = pieces

    def search(self) -> WeaveResult:
        """Searches in the other way."""
        terms = Terms(budget=self._pieces, longest=self._config.max_pieces or LONGEST, seed=0)
        return searched(self._way, Sampler(sample=self._sample, judge=self._score), terms)

    def _sample(self, prefixes: Sequence[str], counts: Sequence[int]) -> list[Sequence[Piece]]:
        """Samples after drafts; what comes first tells about the model, as in the product."""
        found = list(self._session.expand(prefixes, counts))
        if self._first is None:
            self._hear([piece for pieces in found for piece in pieces])
        return found

    def _alone(self) -> tuple[None, float]:
        """Offers no line of the page where the search came to none."""
        return None, 0.0


class Texts(TextSearch):
    """Searches over texts in another way; what the model samples is all there is."""

    def __init__(self, way: Way, pieces: int, *parts: Any) -> None:
        super().__init__(*parts)
        self._way = way
        self._pieces = pieces

    def search(self, run: Run, session: ModelSession) -> WeaveResult:
        """Searches in the other way."""
        longest = 1 if session.whole else LONGEST
        terms = Terms(budget=self._pieces, longest=longest, seed=0)
        return searched(self._way, Sampler(sample=run.expand, judge=run.score), terms)


def searched(way: Way, sampler: Sampler, terms: Terms) -> WeaveResult:
    """Searches in some way, and returns what it found as the product's search does."""
    text = way(sampler, terms)
    [score] = sampler.score([text]) if text else [-inf]
    return WeaveResult(
        text=text,
        score=score,
        pieces=sampler.pieces,
        evaluations=sampler.scored,
        root=Node(text=""),
    )
