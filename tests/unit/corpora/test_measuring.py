import json
import math
import random

import pytest

from app.corpora.measuring import area, measures, odds
from app.layouts import Layout, numbered
from app.ports.models import Model
from tests.unit.corpora.made import Scripted, row


def test_all_rows_are_asked_in_their_order_and_sessions_end() -> None:
    model = Scripted(judge=lambda text, question: float(len(text)))
    rows = [row(answer="a" * at, asked=f"What {at % 3}?") for at in range(1, 20)]
    told: list[int] = []
    typed: Model = model

    said = odds(typed, rows, Layout.PASSAGES, told=told.append)

    assert said == [float(at) for at in range(1, 20)]
    assert sum(told) == 19
    assert model.closed == 3


@pytest.mark.parametrize("layout", Layout)
def test_a_row_is_laid_out_as_the_model_reads(layout: Layout) -> None:
    model = Scripted()
    one = row()

    odds(model, [one], layout)

    ((prompt, text, question),) = model.asked
    assert text == one.answer
    assert all(source in prompt for source in one.sources) and one.asked in prompt
    if layout is Layout.NUMBERED:
        assert prompt == numbered.page(one.sources, one.asked)
        assert question == numbered.check(one.question)
    else:
        assert question == one.question


def test_figures_by_hand() -> None:
    # Three of four right; of the four pairs of yes and no, three in order and one tied.
    rows = [row(label=True), row(label=True), row(label=False), row(label=False)]

    (found,) = measures(rows, [2.0, 0.5, -1.0, 0.5])

    assert (found.rows, found.yes) == (4, 2)
    assert found.accuracy == 0.75
    assert found.auc == pytest.approx((1 + 1 + 1 + 0.5) / 4)
    assert found.accuracy_low < 0.75 < found.accuracy_high
    assert found.auc_low < found.auc < found.auc_high


def test_questions_are_told_apart_and_put_together() -> None:
    rows = [row(name="a"), row(name="b", label=False), row(name="a", label=False)]

    found = measures(rows, [1.0, 1.0, -1.0])

    assert [(each.name, each.rows, each.accuracy) for each in found] == [
        ("a", 2, 1.0),
        ("b", 1, 0.0),
        ("all", 3, pytest.approx(2 / 3)),
    ]
    assert json.loads(json.dumps(found[1].figures()))["auc"] is None


def test_an_area_has_a_width_at_its_ends() -> None:
    value, low, high = area([1.0] * 20, [0.0] * 20)

    assert (value, high) == (1.0, 1.0)
    assert 0.8 < low < 0.95
    assert area([0.0] * 20, [1.0] * 20) == (0.0, 0.0, pytest.approx(1 - low))
    assert all(map(math.isnan, area([], [1.0])))


def test_the_interval_of_an_area_holds_the_true_one_about_as_often_as_it_says() -> None:
    rng = random.Random(3)
    # Of two normals one standard deviation apart: P(yes > no) = Phi(1 / sqrt 2).
    true = 0.5 * (1 + math.erf(0.5))
    held = 0
    for _ in range(300):
        yes = [rng.gauss(1, 1) for _ in range(25)]
        no = [rng.gauss(0, 1) for _ in range(25)]
        _, low, high = area(yes, no)
        held += low <= true <= high

    assert 0.91 <= held / 300 <= 0.99
