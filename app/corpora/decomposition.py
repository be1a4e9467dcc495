"""Hard yes/no questions taken apart: easier ones are asked, and what they come to is distilled.

The odds of the hard question are the soft minimum of the easier ones' (`app.weave.principles`),
each with the sign that its expected answer gives it:

    odds = -t ln( sum_i w_i exp(-s_i / t) / W ),  s_i = odds_i where yes is expected, else -odds_i

It is a soft "and": one easier question that is surely wrong decides, and several that are all a
little sure do not add up to certainty, as the product of their probabilities would have it. A row
is kept where the odds are at least `MARGIN` away from even; its label is their sign. Trained on
such rows, an evaluator answers the hard question directly, in one reading.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from app.corpora.measuring import odds
from app.corpora.rows import Row
from app.corpora.rubrics import written
from app.errors import UserError
from app.layouts import Layout
from app.ports.models import Model
from app.weave.principles import Principle, soft_minimum

MARGIN = 1.0
"""Nats from even below which a label is not believed: a probability of .73."""
PARTS = 5
BOUND = 30.0
"""Nats beyond which odds are not told apart."""


def parts(model: Model, hard: str, *, count: int = PARTS, seed: int = 0) -> tuple[Principle, ...]:
    """Has a model take a hard question apart.

    Args:
        model: one that writes free text.
        hard: the question; a person's text.
        count: easier questions wanted; there may be fewer.
        seed: of the sampling.

    Raises:
        UserError: there is not one; says what the model wrote.
    """
    return written(
        model,
        "rubric/parts",
        hard,
        count=count,
        seed=seed,
    )


def combined(said: Sequence[float], easier: Sequence[Principle]) -> float:
    """Returns the log-odds of a hard question, in nats, from those of its easier ones.

    Args:
        said: log-odds of yes of each easier question; what is no number says nothing.
        easier: the questions; those without weight do not count.

    Raises:
        ValueError: no easier question has any weight.
    """
    counted = [(one, value) for one, value in zip(easier, said, strict=True) if one.weight > 0]
    return soft_minimum(
        [_signed(value, one) for one, value in counted], [one.weight for one, _ in counted]
    )


def distilled(
    model: Model,
    texts: Sequence[Row],
    hard: str,
    easier: Sequence[Principle],
    *,
    layout: Layout,
    told: Callable[[int], None] | None = None,
) -> list[Row]:
    """Labels texts for a hard question by the easier ones.

    Args:
        model: answers the easier questions.
        texts: rows of any question: their pages with answers; each of those is labelled once.
        hard: the question that the rows ask directly.
        easier: its parts, at least one with weight.
        layout: how the model reads pages.
        told: is called with the number of questions that were just answered.

    Returns:
        Rows in the order of the texts, without those whose label is not sure.

    Raises:
        UserError: no part has any weight.
    """
    asking = [one for one in easier if one.weight > 0]
    if not asking:
        raise UserError("No part of the question has any weight, so nothing decides it.")
    fresh: dict[object, Row] = {}
    for row in texts:
        fresh.setdefault((row.page, row.answer), row)
    answers = list(fresh.values())
    asked = [
        replace(row, question=one.asked(row.asked), name=one.name)
        for row in answers
        for one in asking
    ]
    said = odds(model, asked, layout, told=told)
    found = []
    for at, row in enumerate(answers):
        value = combined(said[at * len(asking) : (at + 1) * len(asking)], asking)
        if abs(value) >= MARGIN:
            found.append(
                replace(row, name="distilled", question=hard, label=value > 0, odds=round(value, 4))
            )
    return found


def _signed(value: float, one: Principle) -> float:
    bounded = 0.0 if math.isnan(value) else max(-BOUND, min(BOUND, value))
    return bounded if one.expected else -bounded
