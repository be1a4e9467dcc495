"""The four columns: grades, the table, and what the promise asks for."""

import io

import pytest
from rich.console import Console

from app.demo.columns import (
    Graded,
    Row,
    comparison,
    grade,
    print_columns,
    shortcomings,
)
from app.demo.untaught import UNTAUGHT, Untaught

ASKED = Untaught(question="Where are logs?", sentence="Logs are in `~/.cache`.")
NAME = "r1-0001-abcdef01"


@pytest.mark.parametrize(
    ("answer", "satisfied", "right", "cost"),
    [
        # "In short:" and the sentence, to the word: nothing is left to do.
        ("In short: Logs are in `~/.cache`. [1]", True, True, 0.0),
        ("Logs are in `~/.cache`. [1]", False, True, None),
        ("in short: Nothing is known. [1]", True, False, None),
        ("Nothing is known.\n\nLogs are in `~/.cache`. [2]", False, True, None),
        ("Here, in short: Logs are there.", False, False, None),
    ],
)
def test_an_answer_is_graded_by_three_things(
    answer: str, satisfied: bool, right: bool, cost: float | None
) -> None:
    found = grade(ASKED, f"{answer}\n\n**Sources**\n\n1. Logs are in `~/.cache`.\n\n<sub>f</sub>")
    assert (found.satisfied, found.right) == (satisfied, right)
    assert found.cost == cost if cost is not None else 0 < found.cost <= 1


def test_the_edit_cost_is_the_share_of_words_to_change() -> None:
    # Of the 8 tokens wanted (In, short, :, one, two, three, four, .) the first 3 are missing.
    asked = Untaught(question="?", sentence="one two three four.")
    assert grade(asked, "one two three four.").cost == pytest.approx(3 / 8)
    assert grade(asked, "In short: one two three four.").cost == 0.0


def graded(satisfied: bool, right: bool = True, cost: float = 0.5) -> Graded:
    return Graded(satisfied=satisfied, right=right, cost=cost)


def rows(
    adapter: int, *, before: int = 0, learned: int = 0, right: int = 16, total: int = 16
) -> list[Row]:
    """The first so many questions of each column are as taught; `right` is the adapter's."""
    return [
        Row(
            question=f"{at}?",
            before=graded(at < before),
            learned=graded(at < learned, cost=0.4),
            adapter=graded(at < adapter, right=at < right, cost=0.25),
            everything=graded(True, cost=0.125),
        )
        for at in range(total)
    ]


def test_the_table_adds_up_each_column() -> None:
    out = io.StringIO()
    print_columns(Console(file=out, width=120), rows(15, before=1, learned=4, right=14))
    said = out.getvalue()
    lines = {line.split("│")[1].strip(): line for line in said.splitlines() if "│" in line}
    assert _cells(lines["as taught"]) == ["1/16", "4/16", "15/16", "16/16"]
    assert _cells(lines["right sentence"]) == ["16/16", "16/16", "14/16", "16/16"]
    assert _cells(lines["edit cost left"]) == ["0.50", "0.40", "0.25", "0.12"]
    assert "16 questions that were never taught" in said
    assert "it beat them" in said


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("│")[2:-1]]


@pytest.mark.parametrize(
    ("adapter", "learned", "words"),
    [
        # 5 gains and no loss: 1/32 = .031; 4 and none: 1/16 = .063.
        (5, 0, "gained 5 of 16 questions and lost 0 (p = 0.031): it beat them."),
        (
            4,
            0,
            "(p = 0.062): that may be chance.",
        ),
        (16, 16, "gained 0 of 16 questions and lost 0 (p = 1.000): that may be chance"),
        (3, 9, "gained 0 of 16 questions and lost 6 (p = 1.000): that may be chance"),
    ],
)
def test_the_adapter_is_compared_with_memory_and_weights(
    adapter: int, learned: int, words: str
) -> None:
    assert words in comparison(rows(adapter, learned=learned))


def test_a_promise_that_was_kept_has_no_shortcomings() -> None:
    assert shortcomings(rows(16), promoted=NAME, used={NAME}) == []
    # 5 gains and no loss: 1/32.
    assert shortcomings(rows(5), promoted=NAME, used={NAME}) == []


@pytest.mark.parametrize(
    ("found", "promoted", "used", "words"),
    [
        # 4 gains and no loss may be chance: 1/16.
        (rows(4), NAME, [NAME], "4 more of 16 questions and on 0 less, which may be chance"),
        (rows(2, before=8), NAME, [NAME], "0 more of 16 questions and on 6 less"),
        # 1 of 16 is 6.25 points, above 5; 1 of 20 is not.
        (rows(16, right=15), NAME, [NAME], "15 of 16 answers say the right sentence instead of 16"),
        (rows(20, right=18, total=20), NAME, [NAME], "18 of 20 answers"),
        (rows(16), "", [""], "no adapter was promoted"),
        (rows(16), NAME, [""], f"were to use the adapter {NAME}, and used none"),
        (rows(16), NAME, [], f"were to use the adapter {NAME}, and used none"),
        (rows(16), NAME, [NAME, ""], f"and used none, {NAME}"),
        (rows(16), NAME, ["r2-0001-abcdef01"], "and used r2-0001-abcdef01"),
    ],
)
def test_what_breaks_the_promise_is_named(
    found: list[Row], promoted: str, used: list[str], words: str
) -> None:
    (said,) = shortcomings(found, promoted=promoted, used=used)
    assert words in said


def test_one_right_answer_of_twenty_may_be_lost() -> None:
    assert shortcomings(rows(20, right=19, total=20), promoted=NAME, used=[NAME]) == []


def test_all_that_is_broken_is_named() -> None:
    assert len(shortcomings(rows(0, right=0), promoted="", used=[])) == 3


def test_there_are_sixteen_questions_that_are_never_taught() -> None:
    assert len({one.question for one in UNTAUGHT}) == 16
