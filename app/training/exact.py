"""Exact tests for few observations: no normal approximation, no library.

All p-values are one-sided and true for any number of observations: under what is to be
disproved, a p below a level comes up no more often than that level.
"""

import math
from collections.abc import Callable, Sequence
from functools import cache

_HALVINGS = 40
_GRID = 50
"""Shares of discordant items that the worst one is looked for among."""
_BEYOND = 1e-3
"""The chance that the share of discordant items lies outside of where it is looked for."""
_SMALL = 1e-9
"""A chance that is left out of a sum, far below any level."""
_DECIMALS = 12


def sign_test(wins: int, total: int) -> float:
    """Returns how likely so many wins or more are where each is as likely as not.

    The exact one-sided binomial test against one half. 6 of 8 give 37/256 = .145, which proves
    nothing. Where nothing was tried, 1.

    Raises:
        ValueError: there are more wins than tries, or fewer than none.
    """
    _check(wins, total)
    return sum(math.comb(total, hits) for hits in range(wins, total + 1)) / (1 << total)


def paired_test(gained: int, lost: int) -> float:
    """Returns how likely so many gains or more are where a gain is as likely as a loss.

    McNemar's test in its exact form, one-sided: the sign test on the items of which one of two
    ways is right and the other wrong (McNemar 1947, Psychometrika 12:153). The items on which
    both agree say nothing of the difference.
    """
    return sign_test(gained, gained + lost)


def at_most(hits: int, total: int, share: float) -> float:
    """Returns how likely so many hits or fewer are, each having the chance `share`."""
    _check(hits, total)
    return min(1.0, math.fsum(_chance(one, total, share) for one in range(hits + 1)))


def lower(hits: int, total: int, level: float = 0.05) -> float:
    """Returns the lower bound of a share at a one-sided level.

    Clopper and Pearson 1934 (Biometrika 26:404): the share at which so many hits or more
    have the chance `level`; 0 for no hits. Both bounds at half a level make their interval.
    """
    _check(hits, total)
    if not hits:
        return 0.0
    return _crossing(lambda share: 1 - at_most(hits - 1, total, share) < level)


def upper(hits: int, total: int, level: float = 0.05) -> float:
    """Returns the upper bound of a share at a one-sided level; see `lower`. 1 for all hits."""
    _check(hits, total)
    if hits == total:
        return 1.0
    return _crossing(lambda share: at_most(hits, total, share) > level)


def non_inferiority(gained: int, lost: int, total: int, margin: float) -> float:
    """Returns how likely so good an outcome is where the true loss is `margin` or worse.

    Each of `total` items was tried twice: `gained` were wrong and became right, `lost` were right
    and became wrong, the others stayed as they were. The loss is the share of the lost less
    that of the gained.

    An unconditional exact test (Hsueh, Liu and Chen 2001, Biometrics 57:478). Outcomes are
    ordered by the score statistic (Nam 1997, Biometrics 53:1422; Tango 1998, Statistics in
    Medicine 17:891), and p is the chance of this outcome and of all better ones at the worst
    share of discordant items, looked for on a grid within that share's 99.9 % bound, plus the
    .1 % of lying beyond it (Berger and Boos 1994, JASA 89:1012).

    Args:
        gained: items that became right.
        lost: items that became wrong.
        total: all items.
        margin: the loss that is to be ruled out, above 0 and below 1.

    Raises:
        ValueError: the counts do not fit each other, or the margin is out of range.
    """
    _check(gained + lost, total)
    if min(gained, lost) < 0 or not 0 < margin < 1:
        raise ValueError("counts must be at least 0, and a margin between 0 and 1")
    if not total:
        return 1.0
    most = upper(gained + lost, total, _BEYOND)
    if most <= margin:
        # So few items changed at all that a loss of the margin is ruled out by that alone.
        return _BEYOND
    limit = _score(gained, lost, total, margin) + 1e-9
    better = [_losses(changed, total, margin, limit) for changed in range(total + 1)]
    steps = [margin + (most - margin) * step / _GRID for step in range(_GRID + 1)]
    return min(1.0, max(_mass(better, total, margin, share) for share in steps) + _BEYOND)


def signed_rank(differences: Sequence[float]) -> float:
    """Returns how likely differences so far above 0 are where up is as likely as down.

    Wilcoxon's signed-rank test, one-sided (Wilcoxon 1945, Biometrics 1:80), exact for any number:
    the sums of ranks of all ways to give signs are counted. Differences of 0 are left out, as
    Wilcoxon does; equal sizes share the mean of their ranks, and it is those ranks whose signs
    are dealt, so that ties cost nothing of exactness. Sizes are equal that agree to 12 decimals.
    """
    sizes = sorted(abs(one) for one in (round(one, _DECIMALS) for one in differences) if one)
    # Twice the mean rank of each size, which is a whole number.
    ranks = {size: 2 * sizes.index(size) + sizes.count(size) + 1 for size in set(sizes)}
    found = sum(ranks[round(one, _DECIMALS)] for one in differences if round(one, _DECIMALS) > 0)
    ways = [1]
    for size in sizes:
        rank = ranks[size]
        dealt = [*ways, *[0] * rank]
        for total, count in enumerate(ways):
            dealt[total + rank] += count
        ways = dealt
    return sum(ways[found:]) / (1 << len(sizes))


def _score(gained: int, lost: int, total: int, margin: float) -> float:
    """Returns how far the loss is above the margin, in standard deviations at the margin.

    The likeliest share of gains, where the losses' is larger by the margin, solves
    2 n x^2 - b x - gained margin (1 - margin) = 0.
    """
    linear = (gained + lost) * (1 + margin) - 2 * margin * (gained + total)
    constant = gained * margin * (1 - margin)
    gains = (linear + math.sqrt(linear**2 + 8 * total * constant)) / (4 * total)
    spread = math.sqrt(total * (2 * max(0.0, gains) + margin - margin**2))
    return (lost - gained - total * margin) / spread


def _losses(changed: int, total: int, margin: float, limit: float) -> list[int]:
    """Returns how many of the changed items may be losses for the score to be in the limit."""
    return [
        lost for lost in range(changed + 1) if _score(changed - lost, lost, total, margin) <= limit
    ]


def _mass(better: Sequence[Sequence[int]], total: int, margin: float, share: float) -> float:
    """Returns the chance of the better outcomes at a share of discordant items."""
    losing = (share + margin) / (2 * share)
    return math.fsum(
        weight * math.fsum(_chance(lost, changed, losing) for lost in losses)
        for changed, losses in enumerate(better)
        if losses and (weight := _chance(changed, total, share)) > _SMALL
    )


def _chance(hits: int, total: int, share: float) -> float:
    """Returns the chance of exactly so many hits (binomial)."""
    if share <= 0 or share >= 1:
        return float(hits == (total if share >= 1 else 0))
    return math.exp(
        _ways(hits, total) + hits * math.log(share) + (total - hits) * math.log1p(-share)
    )


@cache
def _factorial(number: int) -> float:
    return math.lgamma(number + 1)


def _ways(hits: int, total: int) -> float:
    """Returns the logarithm of how many ways there are to choose so many hits."""
    return _factorial(total) - _factorial(hits) - _factorial(total - hits)


def _crossing(below: Callable[[float], bool]) -> float:
    """Returns the share in [0, 1] up to which something holds, by halving."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return high


def _check(hits: int, total: int) -> None:
    if not 0 <= hits <= total:
        raise ValueError(f"{hits} of {total} is no count")
