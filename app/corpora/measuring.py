"""How good an evaluator is: accuracy and AUC of each question, with 95 % intervals.

Accuracy counts log-odds above 0 as yes, which is how the product takes them; AUC is how often a
yes gets higher odds than a no, whatever the threshold, so that a model whose odds are shifted
(for calibration to mend) can be told from one that knows nothing.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any

from app.corpora.rows import Row, prompt, question
from app.layouts import Layout
from app.ports.models import Model
from app.training.bobbin.shares import Share

_Z = 1.959964
_AT_ONCE = 8
"""Pages that are judged at the same time: their texts share the model's batches."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """What was measured of one question: `rows` of which `yes` are true.

    Shares are in [0, 1], each with its interval; `auc` is NaN where one label is missing.
    """

    name: str
    rows: int
    yes: int
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    auc: float
    auc_low: float
    auc_high: float

    def figures(self) -> dict[str, Any]:
        """Returns the values as JSON has them: rounded, and no NaN."""
        return {
            name: (None if math.isnan(value) else round(value, 4))
            if isinstance(value, float)
            else value
            for name, value in asdict(self).items()
        }


def odds(
    model: Model,
    rows: Sequence[Row],
    layout: Layout,
    *,
    adapter: str = "",
    told: Callable[[int], None] | None = None,
) -> list[float]:
    """Asks a model about every row.

    Args:
        model: the evaluator.
        rows: in any order; those of a page share its prompt.
        layout: how the model reads pages.
        adapter: the adapter's name; empty for none.
        told: is called with the number of rows that were just judged.

    Returns:
        The log-odds of yes against no, in nats, in the order of the rows.
    """
    pages: dict[object, list[int]] = {}
    for at, row in enumerate(rows):
        pages.setdefault(row.page, []).append(at)
    found = [0.0] * len(rows)

    def judge(page: Sequence[int]) -> None:
        with closing(model.session(prompt(rows[page[0]], layout), adapter=adapter)) as session:
            for at in page:
                asked = question(rows[at], layout)
                (found[at],) = session.yes_no([rows[at].answer], asked)
                if told:
                    told(1)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        # Taken one by one, so that the first fault ends it.
        for _ in pool.map(judge, pages.values()):
            pass
    return found


def measures(rows: Sequence[Row], said: Sequence[float]) -> list[Measure]:
    """Returns what is measured of each question in the order that they come, and of all."""
    pairs = list(zip(rows, said, strict=True))
    names = dict.fromkeys(row.name for row in rows)
    each = [_measure(name, [pair for pair in pairs if pair[0].name == name]) for name in names]
    return [*each, _measure("all", pairs)] if len(each) > 1 else each


def area(yes: Sequence[float], no: Sequence[float]) -> tuple[float, float, float]:
    """Returns the area under the ROC curve and its interval; NaN where one side is empty.

    The interval is Newcombe's score interval, which has a width at 0 and 1 too (2006, Statistics
    in Medicine 25, pages 559 to 573, method 5).
    """
    if not yes or not no:
        return math.nan, math.nan, math.nan
    value = _won(yes, no)

    def beyond(bound: float) -> bool:
        """Tells whether an area this far from the one found is out of the interval."""
        pull = (1 - bound) / (2 - bound) + bound / (1 + bound)
        many = (len(yes) + len(no)) / 2 - 1
        variance = bound * (1 - bound) * (1 + many * pull) / (len(yes) * len(no))
        return abs(value - bound) > _Z * math.sqrt(variance)

    return value, _edge(value, 0.0, beyond), _edge(value, 1.0, beyond)


def _edge(inside: float, end: float, beyond: Callable[[float], bool]) -> float:
    """Returns where an interval ends between a value in it and the end of the scale."""
    if not beyond(end):
        return end
    for _ in range(50):
        middle = (inside + end) / 2
        if beyond(middle):
            end = middle
        else:
            inside = middle
    return inside


def _won(yes: Sequence[float], no: Sequence[float]) -> float:
    """Returns the share of pairs in which the yes is higher, ties counted half: by ranks."""
    ranks: dict[float, list[int]] = {}
    for rank, value in enumerate(sorted([*yes, *no]), 1):
        ranks.setdefault(value, []).append(rank)
    total = math.fsum(sum(ranks[value]) / len(ranks[value]) for value in yes)
    return (total - len(yes) * (len(yes) + 1) / 2) / (len(yes) * len(no))


def _measure(name: str, pairs: Iterable[tuple[Row, float]]) -> Measure:
    pairs = list(pairs)
    share = Share.of((said > 0) is row.label for row, said in pairs)
    low, high = share.interval
    yes = [said for row, said in pairs if row.label]
    no = [said for row, said in pairs if not row.label]
    auc, auc_low, auc_high = area(yes, no)
    return Measure(
        name=name,
        rows=len(pairs),
        yes=len(yes),
        accuracy=share.value,
        accuracy_low=low,
        accuracy_high=high,
        auc=auc,
        auc_low=auc_low,
        auc_high=auc_high,
    )
