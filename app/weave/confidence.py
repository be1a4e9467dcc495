"""How likely the sources answer the question at all, as a calibrated probability.

A logistic regression on five signs, fitted by `bench.fit_confidence`. Which signs were tried
and did not help is in `docs/log.md`.
"""

import math
from typing import NamedTuple

from app.weave.candidates import Candidate
from app.weave.features import coverage
from app.weave.question import Asked, Concept
from app.weave.relevance import coefficients, probability

MOST_FOUND = 6.0
MOST_HITS = 6
LEAST_MATCH = 2.0
MOST_MATCH = 16.0


class Signs(NamedTuple):
    """What tells answerable questions from others.

    `found` is the best passage's search score, in units of the rarest word's rarity, and
    `hits` how many of the question's words stand in the best sentence's passage: evidence grows
    with their number, up to a bound, so that long questions gain no more. `share` is their
    share of the question's weight. `match` is how well the best sentence fits by its words,
    whatever its form. `wanting` is the weight of the nouns that the passage has not even by a
    related word: what a question is about cannot be missing.
    """

    found: float
    hits: float
    share: float
    match: float
    wanting: float


NONE = Signs(found=0.0, hits=0.0, share=0.0, match=0.0, wanting=1.0)


def signs(
    asked: Asked,
    best: Candidate | None,
    match: float,
    *,
    retrieved: float,
    ceiling: float,
) -> Signs:
    """Measures how well the sources fit a question.

    Args:
        asked: the question.
        best: the sentence that fits best; None if nothing was found.
        match: how well it fits by its words, see `relevance.match`.
        retrieved: the best passage's search score.
        ceiling: the rarity of a word that does not occur; that of a word in one passage alone
            is ln 3 less, and is the unit, so that small repositories have a chance.
    """
    unit = ceiling - math.log(3)
    if best is None or unit <= 0:
        return NONE
    around = best.passage_words | best.context | best.before | best.after

    def there(concept: Concept) -> bool:
        return concept.word in around or not concept.related.keys().isdisjoint(around)

    return Signs(
        found=min(MOST_FOUND, retrieved / unit),
        hits=min(MOST_HITS, sum(map(there, asked.concepts))),
        share=coverage(asked, around),
        match=min(MOST_MATCH, max(0.0, match - LEAST_MATCH)),
        wanting=sum(one.weight for one in asked.concepts if one.thing and not there(one)),
    )


def confidence(found: Signs) -> float:
    """Returns the probability in [0, 1] that the sources answer the question."""
    model = coefficients("confidence")
    return probability(
        model["bias"]
        + sum(model[name] * value for name, value in zip(found._fields, found, strict=True))
    )
