"""Means of trials with 95 % intervals, paired over problems."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.weave.trial import BASELINES, OURS, Trial

Floats = NDArray[np.float64]

RESAMPLES = 2000
CLOSE = 0.97
"""Ours is counted among the best where it is not significantly below this share of the best."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """A figure with the ends of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """What a method reached in a family: means over problems, but the median of `micros`."""

    quality: Interval
    scored: float
    calls: float
    most_calls: int
    micros: float
    finished: float


class Summary:
    """The trials of one budget, all methods on the same problems.

    Intervals are bootstrapped (Efron and Tibshirani 1993, percentiles): problems are drawn again,
    the same for all methods, within each family; trials with one seed are one problem. Means
    over families weigh each of them alike.
    """

    def __init__(self, trials: Sequence[Trial]) -> None:
        self.families = list(dict.fromkeys(trial.family for trial in trials))
        self.methods = list(dict.fromkeys(trial.method for trial in trials))
        self._cells: dict[tuple[str, str], list[Trial]] = {}
        for trial in trials:
            self._cells.setdefault((trial.family, trial.method), []).append(trial)
        chance = np.random.default_rng(0)
        self._draws = {}
        for family in self.families:
            size = len(self._values(family, self.methods[0]))
            self._draws[family] = chance.integers(size, size=(RESAMPLES, size))

    def row(self, family: str, method: str) -> Row:
        """Returns a method's figures in a family."""
        cell = self._cells[family, method]
        return Row(
            quality=_interval(*self._means([family], method)),
            scored=float(np.mean([trial.scored for trial in cell])),
            calls=float(np.mean([trial.calls for trial in cell])),
            most_calls=max(trial.calls for trial in cell),
            micros=float(np.median([trial.micros for trial in cell])),
            finished=float(np.mean([trial.finished for trial in cell])),
        )

    def variants(self, family: str, method: str) -> dict[str, float]:
        """Returns a method's mean quality in each variant of a family."""
        cell = self._cells[family, method]
        names = dict.fromkeys(trial.variant for trial in cell)
        return {
            name: float(np.mean([trial.quality for trial in cell if trial.variant == name]))
            for name in names
        }

    def overall(self, method: str) -> Interval:
        """Returns a method's mean over families."""
        return _interval(*self._means(self.families, method))

    def leader(self, families: Sequence[str]) -> str:
        """Returns the baseline with the best mean over some families."""
        return max(
            (method for method in self.methods if method in BASELINES),
            key=lambda method: self._means(families, method)[0],
        )

    def lead(self, families: Sequence[str], share: float = 1.0) -> Interval:
        """Returns ours less a share of the best baseline, paired, on the mean over families."""
        ours, redrawn = self._means(families, OURS)
        best, best_redrawn = self._means(families, self.leader(families))
        return _interval(ours - share * best, redrawn - share * best_redrawn)

    def close(self, family: str) -> bool:
        """Says whether ours is not significantly below 97 % of the best baseline."""
        return self.lead([family], CLOSE).high >= 0

    def ratio(self, method: str = OURS) -> Interval:
        """Returns a method over the best single baseline, on the mean over all families."""
        ours, redrawn = self._means(self.families, method)
        best, best_redrawn = self._means(self.families, self.leader(self.families))
        return _interval(ours / best, redrawn / best_redrawn)

    def hindsight(self, methods: Sequence[str]) -> float:
        """Returns what the best of some methods in each family, chosen afterwards, would reach,
        over the best single baseline on the mean over all families."""
        best = [
            max(self._means([family], method)[0] for method in methods) for family in self.families
        ]
        return float(np.mean(best)) / self._means(self.families, self.leader(self.families))[0]

    def same(self, family: str, method: str) -> float:
        """Returns the share of trials that are answered as the first one with their seed."""
        first: dict[int, str] = {}
        cell = self._cells[family, method]
        pairs = [(trial.text, first.setdefault(trial.seed, trial.text)) for trial in cell]
        again = [text == known for text, known in pairs]
        later = len(again) - len(first)
        return (sum(again) - len(first)) / later if later else 1.0

    def _values(self, family: str, method: str) -> Floats:
        """Returns the quality of each problem."""
        by_seed: dict[int, list[float]] = {}
        for trial in self._cells[family, method]:
            by_seed.setdefault(trial.seed, []).append(trial.quality)
        return np.array([np.mean(values) for values in by_seed.values()])

    def _means(self, families: Sequence[str], method: str) -> tuple[float, Floats]:
        """Returns the mean over families, and that of each of the problems drawn again."""
        means, redrawn = [], []
        for family in families:
            values = self._values(family, method)
            means.append(values.mean())
            redrawn.append(values[self._draws[family]].mean(axis=1))
        return float(np.mean(means)), np.mean(redrawn, axis=0)


def _interval(value: float, redrawn: Floats) -> Interval:
    low, high = np.percentile(redrawn, [2.5, 97.5])
    return Interval(value=float(value), low=float(low), high=float(high))
