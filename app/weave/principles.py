"""Principles: the yes/no questions that drafts are judged by, and one score from several.

The scores of all principles become one by a soft minimum, so that no principle can buy another
off: with scores `s`, weights `w` that add up to `W`, and a softness `t` in nats,

    softmin(s) = -t ln( sum_i w_i exp(-s_i / t) / W )

It lies between the least score and the weighted mean. Of one principle, and of equal scores,
it is the score itself; it moves with a shift of all scores and does not change with the scale
of the weights. As `t` goes to 0 it is the least score, as `t` grows the weighted mean.
"""

import hashlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain import Opinion
from app.layouts.templates import fill, foreign, template
from app.text.safe import cut

SOFTNESS = 1.0
"""Nats within which scores count as much the same: the `t` of the soft minimum."""

QUESTION, ANSWER = "{{question}}", "{{answer}}"
SLOTS = (QUESTION, ANSWER)
_SLOT = re.compile("|".join(re.escape(slot) for slot in SLOTS))
_ANSWER_IS = "the answer above"
_LONGEST = 400
"""Characters of the question asked that a principle quotes; the prompt has all of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Principle:
    """One yes/no question about an answer.

    `question` may have the slots `{{question}}` and `{{answer}}`; `weight` is at least 0, and
    one of 0 is not asked; `expected` tells whether yes speaks for the answer, or no.
    """

    name: str
    question: str
    weight: float = 1.0
    expected: bool = True

    @property
    def key(self) -> str:
        """What tells its log-odds from others': a hash of the question and what is expected."""
        said = f"{'yes' if self.expected else 'no'}\0{self.question}"
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:12]

    def asked(self, question: str, *, fenced: bool = False) -> str:
        """Returns what is put to a model that has just read the draft.

        Args:
            question: what was asked; it takes the place of `{{question}}`, on one line.
                `{{answer}}` becomes a reference: the draft stands right above.
            fenced: whether the principle is a stranger's: it then stands between lines that it
                cannot imitate. One that quotes the question does so in any case.
        """
        values = {QUESTION: " ".join(cut(question, _LONGEST).split()), ANSWER: _ANSWER_IS}
        said = _SLOT.sub(lambda slot: values[slot[0]], self.question).strip()
        if not fenced and QUESTION not in self.question:
            return said
        return fill(template("judge/principle"), {"question": foreign(said)}).strip()


@dataclass(frozen=True, kw_only=True, slots=True)
class Constitution:
    """The principles that answers are judged by, at least one of them with weight.

    `fenced` tells that strangers wrote it: the people of a repository, not who runs the bot.
    """

    principles: tuple[Principle, ...]
    fenced: bool = False

    def questions(self, question: str) -> dict[str, Principle]:
        """Returns each question as it is put to a model, with its principle."""
        return {one.asked(question, fenced=self.fenced): one for one in self.principles}


def soft_minimum(
    scores: Sequence[float], weights: Sequence[float], softness: float = SOFTNESS
) -> float:
    """Returns the soft minimum of scores, as the head of this module has it.

    Args:
        scores: in nats, finite.
        weights: one a score, each more than 0.
        softness: in nats, more than 0.

    Raises:
        ValueError: there are no scores, or as many weights as scores are not there.
    """
    if not scores or len(scores) != len(weights):
        raise ValueError(f"{len(scores)} scores and {len(weights)} weights have no soft minimum")
    least = min(scores)
    # Relative to the least, so that nothing overflows and one term of the sum is its weight.
    total = math.fsum(
        weight * math.exp((least - score) / softness)
        for score, weight in zip(scores, weights, strict=True)
    )
    return least - softness * math.log(total / math.fsum(weights))


def spread(opinions: Sequence[Opinion]) -> float:
    """Returns how far principles are apart on one text: the range of their scores, in nats."""
    scores = [one.score for one in opinions]
    return max(scores) - min(scores) if scores else 0.0
