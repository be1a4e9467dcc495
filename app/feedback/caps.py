"""How much of a phrase's evidence counts: caps for each person, and for all who may not write.

Accounts cost nothing, so no number of them may move a phrase by themselves. What people without
write permission say of a phrase on one side, all together, counts at most

    OTHERS_CAP * a(side) / OBSERVATIONS + LEVERAGE * what writers say on that side

With nothing of writers that is `OTHERS_CAP` times the side's prior observations a(side), as
`weights` defines them, and so the z-score of the phrase is at most

    ln(1 + OTHERS_CAP) / sqrt(1 / ((1 + OTHERS_CAP) a) + 1 / (2 - a)),  0 < a < 2

which is largest at a = 0.55, and there 1.96: under the 2 from which on a phrase has any effect,
however unequal the two sides are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain import Permission, Signal, SignalKind

PERSON_CAP = 2.0
"""Units that one person can give to one phrase on one side: two edits' worth."""
OTHERS_CAP = 5.8
"""What all who may not write give to a phrase at most, in prior observations of its side."""
LEVERAGE = 2.0
"""What they can add to each unit that writers give to it on that side."""

Source = tuple[int, str, SignalKind]
"""A mass's reply, person and kind of signal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """Decayed units for or against a phrase: of writers, and of all others."""

    writers: float = 0.0
    others: float = 0.0

    def capped(self, base: float) -> float:
        """Returns what counts, where the others alone count at most `base`."""
        return self.writers + min(self.others, base + LEVERAGE * self.writers)


def sources_of_writers(signals: Sequence[Signal]) -> frozenset[Source]:
    """Returns which masses come from people who may write."""
    return frozenset(
        (one.reply_id, one.person.login, one.kind)
        for one in signals
        if one.permission >= Permission.WRITE
    )
