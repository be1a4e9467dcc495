"""Pictures of training, as values: expected numbers are worked by hand."""

import math
from typing import Any

import pytest

from app.domain import Finding, Verdict
from app.web.curves import POINTS, ROWS, loss_chart, preference_of


def test_losses_of_both_stages_stand_on_one_scale() -> None:
    chart = loss_chart({"dpo": [1.0, 0.5], "sft": [4.0, 2.0]})
    assert chart is not None
    # 4 steps in 600 units: each is 150 wide, its point in its middle. The height is 4 for 120
    # units, so 2 stands at 60, 1 at 90 and .5 at 105. Imitation comes first, whatever the order.
    assert [(one.name, one.points) for one in chart.stages] == [
        ("sft", "75.00,0.00 225.00,60.00"),
        ("dpo", "375.00,90.00 525.00,105.00"),
    ]
    assert chart.bounds == [300.0]
    assert (chart.steps, chart.most) == (4, 4.0)
    assert chart.stages[1].rows == [(3, 3, 1.0), (4, 4, 0.5)]
    assert chart.words == (
        "In 4 steps: imitation (SFT) from 4.00 to 2.00; preference (DPO) from 1.00 to 0.50."
    )


def test_many_steps_are_taken_together() -> None:
    steps = 10 * POINTS
    chart = loss_chart({"sft": [float(at % 2) for at in range(steps)]})
    assert chart is not None
    (stage,) = chart.stages
    # Every ten neighbours have five zeros and five ones; so have every hundred.
    assert {point.partition(",")[2] for point in stage.points.split()} == {"60.00"}
    assert len(stage.points.split()) == POINTS
    assert [(first, last) for first, last, _ in stage.rows][:2] == [(1, 100), (101, 200)]
    assert len(stage.rows) == ROWS
    assert {loss for _, _, loss in stage.rows} == {0.5}
    assert chart.bounds == []


@pytest.mark.parametrize(
    "losses",
    [
        {},
        {"sft": []},
        {"sft": None},
        {"other": [1.0]},
        {"dpo": [None, "x"]},
        {"dpo": [math.nan, -1.0]},
    ],
)
def test_no_losses_make_no_picture(losses: dict[str, Any]) -> None:
    assert loss_chart(losses) is None


def test_losses_that_are_no_numbers_are_left_out() -> None:
    chart = loss_chart({"dpo": [2.0, None, math.inf, 1.0]})
    assert chart is not None and chart.steps == 2


def test_a_loss_of_nothing_is_a_line_on_the_ground() -> None:
    chart = loss_chart({"dpo": [0.0]})
    assert chart is not None and chart.stages[0].points == "300.00,120.00"


def finding(name: str, value: float | None) -> Finding:
    return Finding(name=name, value=value, wanted="", passed=False, about="")


def test_preference_is_read_from_what_the_gate_found() -> None:
    found = preference_of(
        Verdict(findings=[finding("pairs", 8), finding("preference", 6 / 8), finding("x", 1)])
    )
    assert found is not None
    assert (found.wins, found.total, found.share) == (6, 8, 0.75)
    # (C(8,6) + C(8,7) + C(8,8)) / 2^8 = (28 + 8 + 1) / 256
    assert found.p == 37 / 256
    # Clopper and Pearson's 95 % interval of 6 of 8, as in their tables.
    assert (found.low, found.high) == pytest.approx((0.3491, 0.9681), abs=1e-4)


@pytest.mark.parametrize(
    "findings",
    [
        [],
        [finding("pairs", 8)],
        [finding("preference", 0.5)],
        [finding("pairs", 0), finding("preference", None)],
        [finding("pairs", 8), finding("preference", None)],
    ],
)
def test_without_pairs_there_is_no_preference(findings: list[Finding]) -> None:
    assert preference_of(Verdict(findings=findings)) is None
