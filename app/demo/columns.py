"""What an adapter brought to questions that were not taught: four columns, and the promise.

The columns are the answers before anything was learned, with memory and weights, with the
adapter alone, and with all three. Three things are told of each: whether it does what was
taught, whether it still says the right sentence, and how much there is left to edit.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from app.demo.untaught import Untaught
from app.feedback.edits import distance
from app.text.layout import answer_part, without_citations
from app.training.exact import paired_test
from playground.simulation.rule import OPENING, follows

LEVEL = 0.05
"""The chance of being told that there is a gain where there is none."""
MARGIN = 0.05
"""The share of right answers that the adapter may cost at most: five points."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Graded:
    """One answer: if it is as taught, if it says the right sentence, the edit cost in [0, 1]."""

    satisfied: bool
    right: bool
    cost: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One question, answered in four ways."""

    question: str
    before: Graded
    learned: Graded
    adapter: Graded
    everything: Graded


Way = Callable[[Row], Graded]
WAYS: Mapping[str, Way] = {
    "before": lambda row: row.before,
    "memory and weights": lambda row: row.learned,
    "adapter alone": lambda row: row.adapter,
    "all": lambda row: row.everything,
}


def grade(untaught: Untaught, body: str) -> Graded:
    """Grades an answer or a whole reply, Markdown with the marks of its sources.

    The answer wanted is `OPENING` and the right sentence, and nothing else; the edit cost is
    the share of words that are still to be changed to get it. A sentence is said only where it
    stands word for word, as it does in quotations.
    """
    said = without_citations(answer_part(body))
    return Graded(
        satisfied=follows(said),
        right=untaught.sentence in said,
        cost=distance(said, f"{OPENING} {untaught.sentence}"),
    )


def table(rows: Sequence[Row]) -> Table:
    """Lays the four columns out over all questions; there must be some."""
    made = Table(title=f"{len(rows)} questions that were never taught with")
    made.add_column("")
    for name in WAYS:
        made.add_column(name, justify="right")
    made.add_row("as taught", *(_share(rows, way, _satisfied) for way in WAYS.values()))
    made.add_row("right sentence", *(_share(rows, way, _right) for way in WAYS.values()))
    made.add_row("edit cost left", *(f"{_cost(rows, way):.2f}" for way in WAYS.values()))
    return made


def comparison(rows: Sequence[Row]) -> str:
    """Says in words whether the adapter alone beat memory and weights at what was taught.

    Whether training is worth it is for the gate to say, by what is left to edit with all.
    """
    gained, lost = _changes(rows, lambda row: row.learned, lambda row: row.adapter)
    p = paired_test(gained, lost)
    found = (
        f"Against memory and weights alone the adapter gained {gained} of {len(rows)} questions "
        f"and lost {lost} (p = {p:.3f})"
    )
    return f"{found}: {'it beat them' if p < LEVEL else 'that may be chance'}."


def shortcomings(rows: Sequence[Row], *, promoted: str, used: Collection[str]) -> list[str]:
    """Holds an adapter to the demo's promise; returns in words what it did not keep.

    Args:
        rows: the questions and their answers.
        promoted: the name of the adapter that was promoted; empty where none was.
        used: the adapters that the replies name which were asked for after it was promoted,
            "" for a reply that names none.
    """
    found = []
    gained, lost = _changes(rows, lambda row: row.before, lambda row: row.adapter)
    p = paired_test(gained, lost)
    if p >= LEVEL:
        found.append(
            f"the adapter alone did what was taught on {gained} more of {len(rows)} questions and "
            f"on {lost} less, which may be chance (p = {p:.3f})"
        )
    before = _count(rows, lambda row: row.before, _right)
    after = _count(rows, lambda row: row.adapter, _right)
    if before - after > MARGIN * len(rows):
        found.append(
            f"with the adapter alone {after} of {len(rows)} answers say the right sentence instead "
            f"of {before}: more than {MARGIN:.0%} were lost"
        )
    if not promoted:
        found.append("no adapter was promoted")
    elif set(used) != {promoted}:
        names = ", ".join(sorted(name or "none" for name in used)) or "none"
        found.append(f"replies were to use the adapter {promoted}, and used {names}")
    return found


def print_columns(console: Console, rows: Sequence[Row]) -> None:
    """Prints the table and the comparison under it."""
    console.print(table(rows), markup=False)
    console.print(comparison(rows), markup=False)


def _changes(rows: Sequence[Row], first: Way, second: Way) -> tuple[int, int]:
    """Returns how many questions are as taught one way and not the other: gained, lost."""
    pairs = [(first(row).satisfied, second(row).satisfied) for row in rows]
    return pairs.count((False, True)), pairs.count((True, False))


def _count(rows: Sequence[Row], way: Way, what: Callable[[Graded], bool]) -> int:
    return sum(what(way(row)) for row in rows)


def _share(rows: Sequence[Row], way: Way, what: Callable[[Graded], bool]) -> str:
    return f"{_count(rows, way, what)}/{len(rows)}"


def _satisfied(graded: Graded) -> bool:
    return graded.satisfied


def _right(graded: Graded) -> bool:
    return graded.right


def _cost(rows: Sequence[Row], way: Way) -> float:
    return sum(way(row).cost for row in rows) / len(rows)
