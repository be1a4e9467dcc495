"""What a model says of drafts: yes or no by each principle, each text asked about once."""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from app.domain import Calibration, Opinion
from app.ports.models import Evaluator
from app.weave.calibration import calibrated
from app.weave.principles import Principle, soft_minimum

BOUND = 4.0
"""No principle's score is ever more than this many nats, for or against."""
READ = 30.0
"""Nats beyond which log-odds are not told apart: more certain is no probability in a float."""
_NONE: Mapping[str, Calibration] = MappingProxyType({})


class Judge:
    """Scores drafts of one ask by the principles of a constitution.

    All texts that are new to it are asked about in one call a question; what was said of a
    text is kept.
    """

    def __init__(
        self,
        questions: Mapping[str, Principle],
        *,
        calibrations: Mapping[str, Calibration] = _NONE,
        strength: float = 1.0,
    ) -> None:
        """Starts without a text judged.

        Args:
            questions: principles by their questions as they are put to the model; those
                without weight are not asked.
            calibrations: of this model's log-odds, by `Principle.key`; those that are missing
                are taken as they are.
            strength: what a score is multiplied with at the end.
        """
        self._questions = {said: one for said, one in questions.items() if one.weight > 0}
        self._calibrations = calibrations
        self._strength = strength
        self._known: dict[str, tuple[Opinion, ...]] = {}

    def score(self, session: Evaluator, texts: Sequence[str]) -> list[float]:
        """Returns the soft minimum of what the principles say of each text; 0 without any."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        if fresh and self._questions:
            asked = [
                self._ask(session, fresh, question, principle)
                for question, principle in self._questions.items()
            ]
            self._known.update(zip(fresh, zip(*asked, strict=True), strict=True))
        return [self._score(text) for text in texts]

    def opinions(self, text: str) -> Sequence[Opinion]:
        """Returns what each principle said of a text; nothing of one that was not judged."""
        return self._known.get(text, ())

    def _ask(
        self, session: Evaluator, texts: Sequence[str], question: str, principle: Principle
    ) -> list[Opinion]:
        odds = session.yes_no(texts, question)
        if len(odds) != len(texts):
            raise ValueError(f"asked about {len(texts)} texts, got {len(odds)} answers")
        scale = self._calibrations.get(principle.key, Calibration())
        sign, wanted = (1.0, "yes") if principle.expected else (-1.0, "no")
        signed = [sign * _limited(said, READ) for said in odds]
        return [
            Opinion(
                principle=principle.name,
                key=principle.key,
                asks=f"{' '.join(principle.question.split())} ({wanted})",
                weight=principle.weight,
                odds=said,
                score=_limited(calibrated(said, scale), BOUND),
            )
            for said in signed
        ]

    def _score(self, text: str) -> float:
        said = self._known.get(text, ())
        if not said:
            return 0.0
        return self._strength * soft_minimum(
            [one.score for one in said], [one.weight for one in said]
        )


def _limited(said: float, bound: float) -> float:
    """Returns log-odds within a bound; what is no number, as of an overflow, says nothing."""
    return 0.0 if math.isnan(said) else max(-bound, min(bound, said))
