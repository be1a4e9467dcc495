"""What composes answers."""

from collections.abc import Sequence
from typing import Protocol

from app.domain import Answer, Dictionary, Memory, Question
from app.ports.knowledge import Corpus


class Answerer(Protocol):
    """Composes an answer from what is known; the same inputs give the same answer."""

    def answer(
        self,
        question: Question,
        *,
        corpus: Corpus,
        memories: Sequence[Memory],
        dictionary: Dictionary,
    ) -> Answer: ...
