"""How likely the sources answer the question at all, as a calibrated probability."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from app.weave.candidates import Candidate
from app.weave.features import coverage
from app.weave.question import Asked
from app.weave.relevance import coefficients, probability

MOST = 8.0


class Signs(NamedTuple):
    """What tells answerable questions from others.

    `matched` is how many words of the question, each counted by its rarity against the rarest
    there is, stand in the best sentence's passage; `found` is the best passage's search score
    in the same unit. Evidence grows with their number: half of eight words tells more than
    half of two. Both are bounded, so that long questions gain no more. `share` is the matched
    share of the question's weight, and `missing` that of the weightiest word that is not even
    there by a related one: what a question is about cannot be missing.
    """

    matched: float
    found: float
    share: float
    missing: float


def signs(
    asked: Asked,
    scores: Sequence[float],
    offered: Sequence[Candidate],
    *,
    retrieved: float,
    ceiling: float,
) -> Signs:
    """Measures how well the sources fit a question.

    Args:
        asked: the question.
        scores: each sentence's score, before memories and phrases.
        offered: the sentences.
        retrieved: the best passage's search score.
        ceiling: the rarity of a word that does not occur; that of a word in one passage alone
            is ln 3 less, and is what is counted in, so that small repositories have a chance.
    """
    unit = ceiling - math.log(3)
    if not offered or unit <= 0:
        return Signs(matched=0.0, found=0.0, share=0.0, missing=1.0)
    best = max(range(len(scores)), key=lambda at: scores[at])
    candidate = offered[best]
    around = candidate.passage_words | candidate.context | candidate.before | candidate.after
    share = coverage(asked, around)
    return Signs(
        matched=min(MOST, share * asked.rarity / unit),
        found=min(2 * MOST, retrieved / unit),
        share=share,
        missing=max(
            (
                concept.weight
                for concept in asked.concepts
                if concept.word not in around and concept.related.keys().isdisjoint(around)
            ),
            default=0.0,
        ),
    )


def confidence(found: Signs) -> float:
    """Returns the probability in [0, 1] that the sources answer the question."""
    model = coefficients("confidence")
    return probability(
        model["bias"]
        + sum(model[name] * value for name, value in zip(found._fields, found, strict=True))
    )
