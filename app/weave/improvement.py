"""How much better than the best one draw more may be, under a normal belief; no I/O."""

import math
from collections.abc import Sequence
from statistics import NormalDist

_STANDARD = NormalDist()


def above(z: float) -> float:
    """Returns E[max(Z - z, 0)] of a standard normal Z: the expected improvement over z.

    Jones, Schonlau, Welch 1998, Efficient Global Optimization, equation 15.
    """
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return max(0.0, density - z * 0.5 * math.erfc(z / math.sqrt(2)))


def improvement(best: float, mean: float, deviation: float) -> float:
    """Returns the expected improvement over `best` of one draw from a normal distribution."""
    if deviation <= 0:
        return max(0.0, mean - best)
    return deviation * above((best - mean) / deviation)


def price(draws: float) -> float:
    """Returns what one draw more is worth, in deviations, to who has about so many draws.

    Whoever stops at the first draw above the quantile 1 - 1/draws needs that many on the mean;
    what such a threshold gains by another draw is its price (Weitzman 1979, Optimal Search).
    Infinite where there is less than a draw and a half.
    """
    return above(quantile(draws)) if draws > 1.5 else math.inf


def quantile(draws: float) -> float:
    """Returns what one in so many standard normal draws exceeds; 0 for less than two."""
    return _STANDARD.inv_cdf(1 - 1 / max(draws, 2.0))


def shares(weights: Sequence[float], total: int) -> list[int]:
    """Divides a whole number in proportion to weights, which are best first; none below 0.

    Running sums are rounded, so that the parts add up to the whole.
    """
    whole = sum(weights)
    parts, given, running = [], 0, 0.0
    for weight in weights:
        running += total * (weight / whole if whole > 0 else 1 / len(weights))
        part = math.floor(running + 0.5 - 1e-9) - given
        parts.append(part)
        given += part
    return parts
