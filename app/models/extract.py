"""The back end without a model: answers are sentences of the sources, quoted."""

import math
from collections.abc import Sequence

from app.domain import Piece, Prompt
from app.ports.models import Session
from app.weave.candidates import SEPARATOR, candidates


class Extract:
    """A generator whose pieces are the quotable sentences of a prompt's sources."""

    @property
    def name(self) -> str:
        return "extract"

    def session(self, prompt: Prompt) -> Session:
        return ExtractSession([found.text for found in candidates(prompt.sources)])


class ExtractSession:
    """Offers each sentence that a beginning does not have yet, by source and then line.

    Every piece is a sentence and `SEPARATOR`; the empty piece ends an answer, and comes first
    wherever there is something to end. All sentences are equally probable.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = list(dict.fromkeys(texts))

    def expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> Sequence[Sequence[Piece]]:
        """For each continuation so far, at most that many pieces, none twice."""
        return [self._pieces(prefix, count) for prefix, count in zip(prefixes, counts, strict=True)]

    def _pieces(self, prefix: str, count: int) -> list[Piece]:
        used = set(prefix.split(SEPARATOR))
        free = [text for text in self._texts if text not in used]
        logprob = -math.log(len(free) + bool(prefix)) if free or prefix else 0.0
        end = [Piece(text="", finished=True, logprob=logprob)] if prefix else []
        going = [Piece(text=text + SEPARATOR, finished=False, logprob=logprob) for text in free]
        return (end + going)[:count]
