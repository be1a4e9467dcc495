"""How likely the sources answer the question at all, as a calibrated probability."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from app.weave.evaluator import Verdict
from app.weave.features import coverage
from app.weave.question import Asked
from app.weave.relevance import coefficients, probability


class Signs(NamedTuple):
    """What tells answerable questions from others; shares are of the question's weight."""

    best: float
    second: float
    covered: float
    covered_exactly: float
    passage: float
    rarest_missing: float
    unknown: float
    names_missing: float
    strength: float


def signs(
    asked: Asked,
    chosen: Sequence[Verdict],
    ranked: Sequence[float],
    strength: float,
    known: Callable[[str], bool],
) -> Signs:
    """Measures an answer.

    Args:
        asked: the question.
        chosen: the answer's sentences.
        ranked: all sentences' log-odds of relevance, best first.
        strength: the best passage's search score per unit of the question's rarity.
        known: whether a stem occurs anywhere in the sources' repository.
    """
    words: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    passage: frozenset[str] = frozenset()
    for verdict in chosen:
        candidate = verdict.candidate
        words |= candidate.words
        near |= candidate.words | candidate.context
        passage |= candidate.passage_words
    missing = [
        concept.weight
        for concept in asked.concepts
        if concept.word not in near and concept.related.isdisjoint(near)
    ]
    return Signs(
        best=ranked[0] if ranked else -6.0,
        second=ranked[1] if len(ranked) > 1 else -6.0,
        covered=coverage(asked, near),
        covered_exactly=coverage(asked, words, 0.0),
        passage=coverage(asked, passage),
        rarest_missing=max(missing, default=0.0),
        unknown=sum(c.weight for c in asked.concepts if not known(c.word)),
        names_missing=(len(asked.names - near) / len(asked.names) if asked.names else 0.0),
        strength=strength,
    )


def confidence(found: Signs) -> float:
    """Returns the probability in [0, 1] that the sources answer the question."""
    model = coefficients("confidence")
    return probability(
        model["bias"]
        + sum(model[name] * value for name, value in zip(found._fields, found, strict=True))
    )
