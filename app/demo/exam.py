"""How near answers come to what was taught, before and after."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from app.demo.people import LinkBroken, Posted
from app.demo.story import Exam
from app.feedback.edits import distance
from app.text.layout import answer_part

_MARK = re.compile(r" ?\[\d+\]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """One question's answers before and after.

    `cost_*` is the edit cost in [0, 1]: the share of words that a maintainer would still have
    to change to get the wanted answer; `right_*` tells whether it says what was wanted.
    """

    exam: Exam
    after: Posted
    cost_before: float
    cost_after: float
    right_before: bool
    right_after: bool

    @property
    def gain(self) -> float:
        """By how much the edit cost fell."""
        return self.cost_before - self.cost_after


def grade(exam: Exam, before: Posted, after: Posted) -> Result:
    """Compares two answers to one question with the one wanted."""
    first, second = _plain(before), _plain(after)
    return Result(
        exam=exam,
        after=after,
        cost_before=distance(first, exam.wanted),
        cost_after=distance(second, exam.wanted),
        right_before=exam.satisfied(first),
        right_after=exam.satisfied(second),
    )


def print_results(console: Console, results: Sequence[Result]) -> None:
    """Prints the table: before and after, by question and in all."""
    table = Table(title="A dozen questions that were not taught with")
    table.add_column("question")
    table.add_column("about")
    for column in ("edit cost before", "after"):
        table.add_column(column, justify="right")
    for column in ("right before", "after"):
        table.add_column(column, justify="center")
    marks = {True: "yes", False: "no"}
    for result in results:
        table.add_row(
            result.exam.question,
            result.exam.topic,
            f"{result.cost_before:.2f}",
            f"{result.cost_after:.2f}",
            marks[result.right_before],
            marks[result.right_after],
        )
    count = len(results)
    table.add_section()
    table.add_row(
        "all",
        "",
        f"{sum(result.cost_before for result in results) / count:.2f}",
        f"{sum(result.cost_after for result in results) / count:.2f}",
        f"{sum(result.right_before for result in results)}/{count}",
        f"{sum(result.right_after for result in results)}/{count}",
    )
    console.print(table, markup=False)


def check_results(results: list[Result]) -> None:
    """Holds the demo to its promise.

    Raises:
        LinkBroken: answers did not come nearer to what was taught, or something was lost.
    """
    taught = [result for result in results if result.exam.topic != "kept"]
    kept = [result for result in results if result.exam.topic == "kept"]
    nearer = sum(result.gain for result in taught) / len(taught)
    if nearer <= 0:
        raise LinkBroken("the answers did not come nearer to what was taught")
    for topic in ("memory", "phrases"):
        part = [result for result in taught if result.exam.topic == topic]
        if sum(result.right_after for result in part) <= sum(
            result.right_before for result in part
        ):
            raise LinkBroken(f"what was taught through {topic} did not reach new questions")
    lost = [result for result in kept if result.right_before and not result.right_after]
    if lost:
        raise LinkBroken(f"an answer that was right got lost: {lost[0].exam.question}")


def _plain(posted: Posted) -> str:
    """The answer's own words, without the marks that point at its sources."""
    return _MARK.sub("", answer_part(posted.body))
