"""The dictionary: how much better or worse people take an answer for having a phrase.

For each phrase the log-odds ratio between liked and disliked text with a Dirichlet prior, the
same for all phrases, and its z-score: Monroe, Colaresi and Quinn (2008), "Fightin' Words",
Political Analysis 16(4), equations 16, 20 and 22.

    y(w, side)   evidence, in observations: OBSERVATIONS * decayed mass of phrase w on a side
    n(side)      sum of writers' y over all phrases
    T(side)      n(side) + PRIOR_TOTAL
    a(side)      2 T(side) / (T(liked) + T(disliked)): the prior of every phrase, 1 on average
    odds         (y + a) / (T - y - a)
    z            (ln odds(liked) - ln odds(disliked)) / sqrt(1/(y + a)(liked) + 1/(y + a)(disliked))

What people without write permission say against the sign of z lowers |z| or leaves it: where z
would be further from 0 with their word than without, it is the one without.

The prior is shared between the sides as all evidence is, so a phrase without evidence has
z = 0 however much more is liked than disliked, and z > 0 exactly where the phrase's share of
what is liked exceeds its share of what is disliked. No phrase is ever held against people's
one-sided word.

How the constants were chosen. For one-sided evidence of y observations and a prior of 1, z is
close to ln(1 + y) / sqrt(1 + 1/(1 + y)), which passes 2 at y = 7.3. A prior below 1
needs more evidence, not less: its variance is that of the empty side, 1/prior. With 64
observations to the unit

- a writer's edit of one phrase has y = 64 and z = 4.14, and stays above 2 for 281 days;
- of eight phrases y = 8 each and z = 2.08; of nine it takes two such edits;
- a writer's vote has y = 4 and z = 1.47 at the most (`phrases.LEAST_SHARES`), so that one vote
  moves nothing alone; over 40 phrases y = 1.6 and z = 0.81, and five such votes move one;
- a reader's vote over 40 phrases has y = 0.4 and z = 0.26; no number of them moves one without a
  writer's word (`caps`).

Ten thousand, the prior's total, is the order of the number of phrases in one repository's
language: one observation a phrase. It keeps the counts of other phrases from mattering much
while there is little evidence.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from app.domain import PhraseMass, PhraseWeight
from app.feedback.caps import OTHERS_CAP, Side, Source
from app.feedback.ledger import Ledger
from app.feedback.trust import DAY_CAP

OBSERVATIONS = 64.0
PRIOR_TOTAL = 10_000.0
THRESHOLD = 2.0
"""Only phrases with a z-score of this size and more have any effect on an answer."""

LEAST_MASS = 0.001
"""Phrases with less decayed mass than this on both sides together are left out."""


def dictionary(
    masses: Sequence[PhraseMass],
    now: datetime,
    *,
    cap: float = DAY_CAP,
    writers: Collection[Source] | None = None,
) -> list[PhraseWeight]:
    """Weighs all phrases of a repository's evidence.

    Args:
        masses: the live evidence of one repository, in any order.
        now: the time to decay to; evidence from later counts in full.
        cap: units of judgement of one person and day that count in full.
        writers: where masses of people who may write come from, as `caps.sources_of_writers`
            tells; those of all others are capped together. None takes all to be writers'.

    Returns:
        The phrases, those with the largest |z| first, then by alphabet.
    """
    if writers is None:
        writers = {(item.reply_id, item.person, item.kind) for item in masses}
    ledger = Ledger(now, writers, cap=cap)
    ledger.put(masses)
    return weigh(ledger)


def weigh(
    ledger: Ledger,
    *,
    least: float = 0.0,
    also: Collection[str] = (),
) -> list[PhraseWeight]:
    """Weighs all phrases of a ledger; returns those with |z| of `least` and more, and `also`.

    What writers say of a phrase moves the totals and so the z-score of every other one. A
    z-score is computed once for all phrases of the same evidence.
    """
    # Of writers alone: what others say of many phrases is not to move the rest against each other.
    totals = [PRIOR_TOTAL + OBSERVATIONS * total for total in ledger.totals()]
    scale = 2.0 / sum(totals)
    weighed = []
    for pair, phrases in ledger.alike():
        liked, disliked = (
            side.capped(OTHERS_CAP * scale * total / OBSERVATIONS)
            for side, total in zip(pair, totals, strict=True)
        )
        if liked + disliked < LEAST_MASS:
            continue
        z = _steady(pair, liked, disliked, totals)
        wanted = phrases if abs(z) >= least else [one for one in also if one in phrases]
        weighed += [
            PhraseWeight(phrase=phrase, z=z, liked=liked, disliked=disliked) for phrase in wanted
        ]
    return sorted(weighed, key=lambda weight: (-abs(weight.z), weight.phrase))


def strongest(weights: Iterable[PhraseWeight], limit: int) -> list[PhraseWeight]:
    """Returns at most `limit` phrases with |z| of `THRESHOLD` and more, strongest first."""
    strong = [weight for weight in weights if abs(weight.z) >= THRESHOLD]
    return sorted(strong, key=lambda weight: (-abs(weight.z), weight.phrase))[:limit]


def _steady(pair: Sequence[Side], liked: float, disliked: float, totals: Sequence[float]) -> float:
    """Returns the z-score; what others say against its sign may lower |z| alone.

    The fewer sides are empty, the surer the ratio: without this, strangers who like what writers
    dislike would have it weigh more.
    """

    def scored(up: float, down: float) -> float:
        return _z(OBSERVATIONS * up, OBSERVATIONS * down, totals[0], totals[1])

    z = scored(liked, disliked)
    if z < 0 and pair[0].others:
        return max(z, scored(pair[0].writers, disliked))
    if z > 0 and pair[1].others:
        return min(z, scored(liked, pair[1].writers))
    return z


def _z(liked: float, disliked: float, liked_total: float, disliked_total: float) -> float:
    scale = 2.0 / (liked_total + disliked_total)
    up, down = liked + scale * liked_total, disliked + scale * disliked_total
    ratio = math.log(up / (liked_total - up)) - math.log(down / (disliked_total - down))
    return ratio / math.sqrt(1.0 / up + 1.0 / down)
