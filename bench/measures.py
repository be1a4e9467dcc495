"""What is measured of answers, with intervals."""

import html
import math
import random
import re
from collections.abc import Callable, Sequence

from app.text.prose import flatten

_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """Returns a text's words without marks of any markup, lower-cased."""
    return [word.lower() for word in _WORD.findall(html.unescape(flatten(text)).replace("_", " "))]


def says(text: str, sentence: str, share: float = 0.8) -> bool:
    """Tells whether a text holds a sentence: at least that share of it in one run of words."""
    wanted, given = words(sentence), words(text)
    need = max(1, math.ceil(len(wanted) * share))
    runs = {tuple(given[i : i + need]) for i in range(len(given) - need + 1)}
    return any(tuple(wanted[i : i + need]) in runs for i in range(len(wanted) - need + 1))


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Returns the 95 % interval of a share by Wilson's formula."""
    if not total:
        return 0.0, 1.0
    z = 1.959964
    share = hits / total
    centre = share + z * z / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return (centre - spread) / scale, (centre + spread) / scale


def area(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Returns the area under the ROC curve: how often a positive scores above a negative."""
    won = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return won / (len(positive) * len(negative))


def curve(positive: Sequence[float], negative: Sequence[float]) -> list[tuple[float, float]]:
    """Returns the ROC curve as (false answers, true answers) shares, by falling limit."""
    limits = sorted({*positive, *negative}, reverse=True)
    points = [
        (
            sum(n >= limit for n in negative) / len(negative),
            sum(p >= limit for p in positive) / len(positive),
        )
        for limit in limits
    ]
    return [(0.0, 0.0), *points]


def limit_at(positive: Sequence[float], refused: float) -> float:
    """Returns the highest limit under which at most that share of positives falls."""
    ordered = sorted(positive)
    return ordered[min(len(ordered) - 1, int(refused * len(ordered)))]


def declined(positive: Sequence[float], negative: Sequence[float], refused: float = 0.15) -> float:
    """Returns the share of negatives below the limit that refuses that share of positives."""
    limit = limit_at(positive, refused)
    return sum(n < limit for n in negative) / len(negative)


def bootstrap(
    measure: Callable[[Sequence[float], Sequence[float]], float],
    positive: Sequence[float],
    negative: Sequence[float],
    rounds: int = 1000,
) -> tuple[float, float]:
    """Returns the 95 % interval of a measure by drawing both groups anew; seeded."""
    draw = random.Random(0)
    found = sorted(
        measure(draw.choices(positive, k=len(positive)), draw.choices(negative, k=len(negative)))
        for _ in range(rounds)
    )
    return found[int(0.025 * rounds)], found[int(0.975 * rounds) - 1]
