"""Figures of outcomes: means, paired differences, ties called ties."""

import pytest

from bench.answering.outcome import Outcome
from bench.answering.summary import OURS, figures, reported, rows, selections
from tests.unit.bench.answering.made import outcome

# By CRC-32 of their names: one package of each half.
REPORTED, TUNING = "tqdm", "uvicorn"


def pairs(ours: list[float], theirs: list[float]) -> list[Outcome]:
    return [
        outcome(way, f"q{at}", facts=value)
        for way, values in ((OURS, ours), ("greedy", theirs))
        for at, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("ours", "theirs", "lead", "verdict"),
    [
        ([1.0, 1.0, 1.0, 0.5], [0.5, 0.5, 0.5, 0.0], 0.5, "above"),
        ([0.0, 0.0, 0.0, 0.0], [0.5, 0.5, 1.0, 0.5], -0.625, "below"),
        ([1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0], 0.0, "tie"),
        ([1.0, 1.0, 0.5, 0.5], [1.0, 1.0, 0.5, 0.5], 0.0, "tie"),
    ],
)
def test_ours_is_compared_question_by_question(
    ours: list[float], theirs: list[float], lead: float, verdict: str
) -> None:
    first, second = rows(pairs(ours, theirs))
    assert (first.way, first.lead, first.verdict) == (OURS, None, "")
    assert second.lead is not None
    assert second.lead.value == pytest.approx(lead)
    assert second.lead.low <= second.lead.value <= second.lead.high
    assert second.verdict == verdict


def test_means_are_over_questions_and_grounding_over_claims() -> None:
    [row] = rows(
        [
            outcome(OURS, "q1", facts=0.5, claims=3, grounded=3, written=10, read=90, cached=70),
            outcome(OURS, "q2", facts=0.0, claims=1, grounded=0, withheld=True, written=30),
        ]
    )
    assert row.facts.value == 0.25
    assert row.grounded == 0.75
    assert row.withheld == 0.5
    assert row.written == 20
    # 90 - 70 + 10, and 500 - 400 + 30.
    assert row.computed == (30 + 130) / 2


def test_answers_without_a_claim_are_grounded() -> None:
    [row] = rows([outcome(OURS, claims=0, grounded=0)])
    assert row.grounded == 1.0


def test_every_way_has_to_answer_the_same_questions() -> None:
    with pytest.raises(ValueError, match="same questions"):
        rows([outcome(OURS, "q1"), outcome("greedy", "q2")])


def test_figures_are_told_by_group_and_half() -> None:
    assert reported(REPORTED)
    assert not reported(TUNING)
    outcomes = [
        outcome(OURS, "q1", package=REPORTED),
        outcome(OURS, "q2", package=TUNING, group="several"),
        outcome(OURS, "q3", package=REPORTED, group="several"),
    ]
    found = {name: {one.id for one in some} for name, some in selections(outcomes).items()}
    assert found == {
        "single, reported": {"q1"},
        "several, reported": {"q3"},
        "all, reported": {"q1", "q3"},
        "single, both halves": {"q1"},
        "several, both halves": {"q2", "q3"},
        "all, both halves": {"q1", "q2", "q3"},
    }
    made = figures(outcomes)
    assert made["all, both halves"]["questions"] == 3  # type: ignore[index]
    assert made["all, reported"]["ways"][OURS]["facts"]["value"] == 1.0  # type: ignore[index]
