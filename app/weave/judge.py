"""What a model says of drafts: yes or no to a few questions, each text asked about once."""

import math
from collections.abc import Mapping, Sequence

from app.ports import Evaluator

BOUND = 4.0
"""A model's word is never worth more than this many nats, before its weight."""


class Judge:
    """Scores drafts of one ask by weighted yes/no questions.

    All texts that are new to it are asked about in one call a question; what was said of a
    text is kept.
    """

    def __init__(self, questions: Mapping[str, float]) -> None:
        """Starts without a text judged.

        Args:
            questions: the weight of each question's bounded log-odds; those without weight
                are not asked.
        """
        self._questions = {question: weight for question, weight in questions.items() if weight}
        self._known: dict[str, float] = {}

    def score(self, session: Evaluator, texts: Sequence[str]) -> list[float]:
        """Returns the weighted sum of the questions' log-odds of each text, bounded each."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        if fresh and self._questions:
            sums = [0.0] * len(fresh)
            for question, weight in self._questions.items():
                odds = session.yes_no(fresh, question)
                if len(odds) != len(fresh):
                    raise ValueError(f"asked about {len(fresh)} texts, got {len(odds)} answers")
                sums = [
                    known + weight * _bounded(said) for known, said in zip(sums, odds, strict=True)
                ]
            self._known.update(zip(fresh, sums, strict=True))
        return [self._known.get(text, 0.0) for text in texts]


def _bounded(said: float) -> float:
    """Returns log-odds within the bound; what is no number, as of an overflow, says nothing."""
    return 0.0 if math.isnan(said) else max(-BOUND, min(BOUND, said))
