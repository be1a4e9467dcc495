"""Pictures as numbers: where the bars stand that the templates draw."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain import PhraseWeight
from app.store.figures import Day

WIDTH, HALF = 600.0, 60.0
"""Size of the picture of days: its width, and its height on each side of the line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """A rectangle of one series, in the picture's own units, y downwards."""

    series: str
    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DaysChart:
    """Feedback by day: liked and corrected above the line, disliked below it.

    `most` is the sum that the full height stands for.
    """

    bars: Sequence[Bar]
    days: Sequence[Day]
    first: date
    last: date
    most: float
    words: str


def days_chart(days: Sequence[Day], last: date, count: int) -> DaysChart:
    """Lays out the feedback of the `count` days that end with `last`."""
    first = last - timedelta(days=count - 1)
    shown = [day for day in days if first <= day.day <= last]
    most = max((max(day.liked + day.corrected, day.disliked) for day in shown), default=0.0)
    step = WIDTH / count
    bars: list[Bar] = []
    for day in shown:
        x = (day.day - first).days * step
        up = 0.0
        for series, value in (("liked", day.liked), ("corrected", day.corrected)):
            if value:
                height = HALF * value / most
                up += height
                bars.append(_bar(series, x, HALF - up, step, height, day, value))
        if day.disliked:
            height = HALF * day.disliked / most
            bars.append(_bar("disliked", x, HALF, step, height, day, day.disliked))
    liked, disliked, corrected = (
        math.fsum(getattr(day, name) for day in shown)
        for name in ("liked", "disliked", "corrected")
    )
    return DaysChart(
        bars=bars,
        days=shown,
        first=first,
        last=last,
        most=most,
        words=f"From {first} to {last}: liked {liked:.2f}, disliked {disliked:.2f}, "
        f"corrected {corrected:.2f}, in votes of full trust.",
    )


def _bar(
    series: str, x: float, y: float, step: float, height: float, day: Day, value: float
) -> Bar:
    return Bar(
        series=series,
        x=round(x + step * 0.12, 2),
        y=round(y, 2),
        width=round(step * 0.76, 2),
        height=round(height, 2),
        label=f"{day.day}: {series} {value:.2f}",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class PhraseBar:
    """A phrase's bar: `share` in [0, 100] of the longest one, `strong` where it has an effect."""

    weight: PhraseWeight
    share: float
    strong: bool


def phrase_bars(
    weights: Sequence[PhraseWeight], *, liked: bool, limit: int, threshold: float
) -> Sequence[PhraseBar]:
    """Returns the strongest phrases of one sign, the strongest first.

    The longest bar of both signs has share 100, so that the two can be compared.
    """
    longest = max((abs(weight.z) for weight in weights), default=0.0)
    chosen = [weight for weight in weights if (weight.z > 0) == liked and weight.z != 0]
    chosen.sort(key=lambda weight: (-abs(weight.z), weight.phrase))
    return [
        PhraseBar(
            weight=weight,
            share=round(100 * abs(weight.z) / longest, 1),
            strong=abs(weight.z) >= threshold,
        )
        for weight in chosen[:limit]
    ]
