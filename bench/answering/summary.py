"""Outcomes as figures: means with 95 % intervals, and ours less each other way, paired."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from zlib import crc32

import numpy as np

from bench.answering.outcome import Outcome
from bench.weave.summary import RESAMPLES, Interval

OURS = "treadle"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """What one way came to over some questions: means, but `grounded` is over all claims.

    `lead` is ours less this way in the share of facts; None for ours.
    """

    way: str
    facts: Interval
    lead: Interval | None
    grounded: float
    withheld: float
    words: float
    written: float
    computed: float
    seconds: float

    @property
    def verdict(self) -> str:
        """Whether ours is above this way, below it, or neither for sure."""
        if self.lead is None:
            return ""
        if self.lead.low > 0:
            return "above"
        return "below" if self.lead.high < 0 else "tie"


def reported(package: str) -> bool:
    """Tells whether a package's questions are for reporting; the others are for tuning."""
    return crc32(package.lower().encode()) % 2 == 0


def rows(outcomes: Iterable[Outcome]) -> list[Row]:
    """Summarises outcomes; every way has to have answered the same questions.

    Intervals are bootstrapped (Efron and Tibshirani 1993, percentiles): questions are drawn
    again, the same for all ways.

    Raises:
        ValueError: the ways did not answer the same questions.
    """
    by_way: dict[str, dict[str, Outcome]] = {}
    for one in outcomes:
        by_way.setdefault(one.way, {})[one.id] = one
    if not by_way:
        return []
    ids = list(by_way[OURS])
    if any(set(found) != set(ids) for found in by_way.values()):
        raise ValueError("not every way has answered the same questions")
    draws = np.random.default_rng(0).integers(len(ids), size=(RESAMPLES, len(ids)))
    facts = {
        way: np.array([found[id].facts for id in ids], dtype=np.float64)
        for way, found in by_way.items()
    }

    def interval(values: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> Interval:
        low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
        return Interval(value=float(values.mean()), low=float(low), high=float(high))

    return [
        _row(
            way,
            list(found.values()),
            interval(facts[way]),
            None if way == OURS else interval(facts[OURS] - facts[way]),
        )
        for way, found in by_way.items()
    ]


def _row(way: str, found: Sequence[Outcome], facts: Interval, lead: Interval | None) -> Row:
    def mean(values: Iterable[float]) -> float:
        return sum(values) / len(found)

    claims = sum(one.claims for one in found)
    return Row(
        way=way,
        facts=facts,
        lead=lead,
        grounded=sum(one.grounded for one in found) / claims if claims else 1.0,
        withheld=mean(one.withheld for one in found),
        words=mean(one.words for one in found),
        written=mean(one.written for one in found),
        computed=mean(one.read - one.cached + one.written for one in found),
        seconds=mean(one.seconds for one in found),
    )


def selections(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Returns what figures are made of, by name: the outcomes of each group of questions, and
    of all, in the reported half and in both; empty ones are left out."""
    found = {}
    for half in ("reported", "both halves"):
        of = [one for one in outcomes if half != "reported" or reported(one.package)]
        for group in (*dict.fromkeys(one.group for one in of), "all"):
            found[f"{group}, {half}"] = [one for one in of if group in ("all", one.group)]
    return {name: some for name, some in found.items() if some}


def figures(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """Returns the figures of each selection as values for JSON, rounded to four decimals."""
    return {
        name: {
            "questions": len({one.id for one in some}),
            "ways": {row.way: _rounded(asdict(row)) | {"ours": row.verdict} for row in rows(some)},
        }
        for name, some in selections(outcomes).items()
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items() if key != "way"}
    return round(value, 4) if isinstance(value, float) else value
