"""Calibration: a principle's log-odds made to say how often people like what it says yes to.

A model is surer of some questions than of others, so that log-odds of two principles cannot be
compared as they are. With the log-odds `x` that a principle gave an answer, signed so that more
speaks for it, the chance that a person likes the answer is taken to be

    p(liked) = sigmoid(x / temperature + offset)

which is logistic regression of one variable (Platt 1999, "Probabilistic outputs for support
vector machines"), with the slope `1 / temperature`. Each vote weighs what its person is trusted.

The slope has a Gaussian prior around 1 and the offset one around 0, so that without votes
nothing changes, and few votes change little. The penalised loss is strictly convex: Newton's
method finds its one minimum. The slope stays within limits; where its minimum lies beyond one,
the best offset is found with the slope at that limit, which convexity makes the minimum there.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain import Calibration, Judgement

SLOPE_PRIOR = 0.25
OFFSET_PRIOR = 0.5
"""Standard deviations of the priors: about 4 full votes move an offset half way."""
SLOPES = (0.05, 4.0)
"""A principle that people contradict is let count little, and never the other way round."""
_DIGITS = 4
_STEPS = 100
_SETTLED = 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class Vote:
    """The log-odds that a principle gave an answer, and one judgement of it: its trust, at
    least 0, and whether it was for it."""

    odds: float
    liked: bool
    weight: float


def calibrated(odds: float, scale: Calibration) -> float:
    """Returns the log-odds, in nats, that people like what got these log-odds."""
    return odds / scale.temperature + scale.offset


def calibrations(judgements: Sequence[Judgement]) -> dict[str, Calibration]:
    """Fits every principle that a repository's judgements know, model by model.

    Returns:
        By `scale_key`, in its order; rounded, so that the same feedback gives the same values.
    """
    votes: dict[str, list[Vote]] = {}
    for one in judgements:
        for key, odds in one.odds.items():
            vote = Vote(odds=odds, liked=one.liked, weight=one.weight)
            votes.setdefault(scale_key(one.model, key), []).append(vote)
    return {key: fit(votes[key]) for key in sorted(votes)}


def scale_key(model: str, principle: str) -> str:
    """Returns what the calibration of a principle's log-odds by a model is kept under."""
    return f"{principle}/{model}"


def of_model(model: str, known: Mapping[str, Calibration]) -> dict[str, Calibration]:
    """Returns the calibrations of one model's log-odds by the key of the principle."""
    parts = ((key.partition("/"), scale) for key, scale in known.items())
    return {principle: scale for (principle, _, whose), scale in parts if whose == model}


def fit(votes: Sequence[Vote]) -> Calibration:
    """Fits temperature and offset of one principle's log-odds to votes; see this module's head.

    Without votes of any weight it is the identity.
    """
    cast = [vote for vote in votes if vote.weight > 0]
    if not cast:
        return Calibration()
    slope, offset = _minimum(cast, slope=None)
    bounded = min(max(slope, SLOPES[0]), SLOPES[1])
    if bounded != slope:
        slope, offset = _minimum(cast, slope=bounded)
    return Calibration(
        temperature=round(1.0 / slope, _DIGITS),
        offset=round(offset, _DIGITS),
        votes=round(math.fsum(vote.weight for vote in cast), _DIGITS),
    )


def _minimum(votes: Sequence[Vote], slope: float | None) -> tuple[float, float]:
    """Returns slope and offset of the least loss, by Newton's method with halved steps.

    Args:
        votes: each with weight.
        slope: the slope to keep; None to find it as well.
    """
    at = (1.0 if slope is None else slope, 0.0)
    loss = _loss(votes, *at)
    for _ in range(_STEPS):
        step = _step(votes, *at, kept=slope is not None)
        while True:
            tried = (at[0] - step[0], at[1] - step[1])
            after = _loss(votes, *tried)
            if after <= loss or max(map(abs, step)) < _SETTLED:
                break
            step = (step[0] / 2, step[1] / 2)
        at, loss = tried, after
        if max(map(abs, step)) < _SETTLED:
            break
    return at


def _loss(votes: Sequence[Vote], slope: float, offset: float) -> float:
    """Returns the weighted negative log-likelihood with the priors' penalties."""
    said = math.fsum(
        vote.weight * _softplus((-1.0 if vote.liked else 1.0) * (slope * vote.odds + offset))
        for vote in votes
    )
    return said + ((slope - 1) / SLOPE_PRIOR) ** 2 / 2 + (offset / OFFSET_PRIOR) ** 2 / 2


def _step(votes: Sequence[Vote], slope: float, offset: float, *, kept: bool) -> tuple[float, float]:
    """Returns Newton's step: the inverse of the loss's second derivatives times its first.

    With p the chance of a like, y 1 for a like and w the weight, the first derivatives are
    sum w (p - y) (x, 1), the second sum w p (1 - p) (x^2, x, 1), each with the prior's.
    """
    first_slope, first = (slope - 1) / SLOPE_PRIOR**2, offset / OFFSET_PRIOR**2
    slope_slope, cross, both = 1 / SLOPE_PRIOR**2, 0.0, 1 / OFFSET_PRIOR**2
    for vote in votes:
        chance = _sigmoid(slope * vote.odds + offset)
        miss = vote.weight * (chance - vote.liked)
        curve = vote.weight * chance * (1 - chance)
        first_slope += miss * vote.odds
        first += miss
        slope_slope += curve * vote.odds**2
        cross += curve * vote.odds
        both += curve
    if kept:
        return 0.0, first / both
    determinant = slope_slope * both - cross**2
    return (
        (both * first_slope - cross * first) / determinant,
        (slope_slope * first - cross * first_slope) / determinant,
    )


def _softplus(value: float) -> float:
    """Returns ln(1 + e^value) without overflow."""
    return max(value, 0.0) + math.log1p(math.exp(-abs(value)))


def _sigmoid(value: float) -> float:
    """Returns 1 / (1 + e^-value) without overflow."""
    small = math.exp(-abs(value))
    return 1 / (1 + small) if value >= 0 else small / (1 + small)
