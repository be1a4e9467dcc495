"""Training as pictures: losses over steps, and how sure it is that an adapter does better."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from app.domain import Finding, Verdict
from app.training.exact import lower, sign_test, upper

WIDTH, HEIGHT = 600.0, 120.0
"""Size of the picture of losses, in its own units."""
POINTS = 120
"""Points of a line at most: steps are taken together, and their mean is drawn."""
ROWS = 12
"""Rows of the same as a table at most."""
LEVEL = 0.05
"""How often the interval of a share misses it at most; half of that on each side."""
STAGES: Mapping[str, str] = {"sft": "imitation (SFT)", "dpo": "preference (DPO)"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One stage's losses: `points` as SVG reads them, and the mean of the `first` and `last` ones.

    `rows` are the same as (first step, last step, mean loss), counted over all stages.
    """

    name: str
    words: str
    points: str
    first: float
    last: float
    rows: Sequence[tuple[int, int, float]]


@dataclass(frozen=True, kw_only=True, slots=True)
class LossChart:
    """The losses of a run, one stage after the other; `most` is the loss at the top, 0 below.

    `bounds` are where one stage ends and the next one begins.
    """

    stages: Sequence[Stage]
    bounds: Sequence[float]
    steps: int
    most: float
    words: str


def loss_chart(losses: Mapping[str, Any]) -> LossChart | None:
    """Lays the losses of every step out, a list a stage; None where there are none."""
    known = {name: _numbers(losses.get(name)) for name in STAGES}
    known = {name: values for name, values in known.items() if values}
    if not known:
        return None
    steps = sum(map(len, known.values()))
    most = max(map(max, known.values())) or 1.0
    stages: list[Stage] = []
    bounds: list[float] = []
    before = 0
    for name, values in known.items():
        if before:
            bounds.append(round(WIDTH * before / steps, 2))
        drawn = _together(values, POINTS, before)
        table = _together(values, ROWS, before)
        points = " ".join(
            f"{WIDTH * ((start + end) / 2 - 0.5) / steps:.2f},{HEIGHT * (1 - loss / most):.2f}"
            for start, end, loss in drawn
        )
        stages.append(
            Stage(
                name=name,
                words=STAGES[name],
                points=points,
                first=table[0][2],
                last=table[-1][2],
                rows=table,
            )
        )
        before += len(values)
    words = "; ".join(f"{one.words} from {one.first:.2f} to {one.last:.2f}" for one in stages)
    return LossChart(
        stages=stages, bounds=bounds, steps=steps, most=most, words=f"In {steps} steps: {words}."
    )


def _numbers(values: object) -> list[float]:
    """Returns the losses of a stage; what is no number, or below 0, is no loss and left out."""
    found = values if isinstance(values, list) else []
    return [
        float(one)
        for one in found
        if isinstance(one, int | float) and math.isfinite(one) and one >= 0
    ]


def _together(values: Sequence[float], most: int, before: int) -> list[tuple[int, int, float]]:
    """Takes neighbouring steps together, as evenly as it goes; returns at most `most` means."""
    count = min(most, len(values))
    cuts = [round(len(values) * at / count) for at in range(count + 1)]
    return [
        (before + start + 1, before + end, math.fsum(values[start:end]) / (end - start))
        for start, end in pairwise(cuts)
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Preference:
    """In how many held-out pairs an adapter moves towards what people chose.

    `p` is the chance of so many or more by chance alone (exact, one-sided); the true share lies
    between `low` and `high` in 95 of 100 cases (Clopper and Pearson).
    """

    wins: int
    total: int
    p: float
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share of pairs, in [0, 1]."""
        return self.wins / self.total


def preference_of(verdict: Verdict) -> Preference | None:
    """Reads what the gate counted; None where it had no pairs to count."""
    found: dict[str, Finding] = {finding.name: finding for finding in verdict.findings}
    pairs, share = found.get("pairs"), found.get("preference")
    if pairs is None or share is None or not pairs.value or share.value is None:
        return None
    total = round(pairs.value)
    wins = round(share.value * total)
    return Preference(
        wins=wins,
        total=total,
        p=sign_test(wins, total),
        low=lower(wins, total, LEVEL / 2),
        high=upper(wins, total, LEVEL / 2),
    )
