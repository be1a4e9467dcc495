"""The dictionary computed plainly, one phrase and one mass at a time: what the fast one must be."""

import math
from collections.abc import Collection, Sequence
from datetime import datetime

from app.domain import PhraseMass
from app.feedback.caps import Source


def plain_dictionary(
    masses: Sequence[PhraseMass],
    now: datetime,
    *,
    writers: Collection[Source] | None = None,
    cap: float = 10.0,
) -> dict[str, tuple[float, float, float]]:
    """Returns z-score, liked and disliked mass of each phrase, by the formulas of `weights`."""

    def left(item: PhraseMass) -> float:
        same_day = [
            other
            for other in masses
            if (other.person, other.at.date()) == (item.person, item.at.date())
        ]
        judged = 0.0
        for reply_id in {other.reply_id for other in same_day}:
            values = [other.mass for other in same_day if other.reply_id == reply_id]
            judged += max(sum(v for v in values if v > 0), -sum(v for v in values if v < 0))
        days = max(0.0, (now - item.at).total_seconds() / 86_400)
        return abs(item.mass) * min(1.0, cap / judged) * 0.5 ** (days / 90) if judged else 0.0

    def side(phrase: str, sign: int, *, of_writers: bool) -> float:
        own = [
            item
            for item in masses
            if item.phrase == phrase
            and item.mass * sign > 0
            and (writers is None or (item.reply_id, item.person, item.kind) in writers)
            is of_writers
        ]
        return sum(
            min(2.0, sum(left(item) for item in own if item.person == person))
            for person in {item.person for item in own}
        )

    phrases = {item.phrase for item in masses}
    totals = [
        10_000 + 64 * sum(side(phrase, sign, of_writers=True) for phrase in phrases)
        for sign in (1, -1)
    ]
    found = {}
    for phrase in phrases:
        given, alone = [], []
        for total, sign in zip(totals, (1, -1), strict=True):
            prior = 2 * total / sum(totals)
            own, others = (side(phrase, sign, of_writers=one) for one in (True, False))
            given.append(own + min(others, 5.8 * prior / 64 + 2 * own))
            alone.append(own)
        if sum(given) < 0.001:
            continue
        z = score(given, totals)
        without = [alone[0], given[1]] if z < 0 else [given[0], alone[1]]
        if abs(z) > abs(score(without, totals)):
            z = score(without, totals)
        found[phrase] = (z, *given)
    return found


def score(given: Sequence[float], totals: Sequence[float]) -> float:
    """Returns the z-score of a phrase with so many units for and against it."""
    priors = [2 * total / sum(totals) for total in totals]
    seen = [64 * units + prior for units, prior in zip(given, priors, strict=True)]
    odds = [up / (total - up) for up, total in zip(seen, totals, strict=True)]
    return (math.log(odds[0]) - math.log(odds[1])) / math.sqrt(1 / seen[0] + 1 / seen[1])
