import numpy as np
import pytest

from app.layouts.numbered import unknown
from app.weave.drafting import ComposerConfig
from bench.fit_model import (
    DECLINED,
    GRIDS,
    Sample,
    chances,
    first_right,
    fit_declined,
    fit_says,
    measure,
)
from bench.questions import Answer, Answerable, Unanswerable
from tests.unit.weave.made import corpus
from tests.unit.weave.models import Scripted


def sample(likely: list[float], right: int, *, answerable: bool = True, declined: float = 0.0):
    """A page of two sentences that the ranking finds alike."""
    return Sample(
        package="p",
        answerable=answerable,
        ranked=np.log([0.5, 0.5]),
        says=np.column_stack([likely, [0.0, 0.0], [0.0, 0.0]]),
        right=np.array([right == 0, right == 1]),
        sure=0.0,
        declined=declined,
    )


def test_a_model_that_is_right_gets_the_most_say() -> None:
    data = [sample([0.0, -3.0], 0), sample([-3.0, 0.0], 1)]
    assert fit_says(data, ("likelihood",)) == (GRIDS["likelihood"][-1], 0.0, 0.0)
    # 1 / (1 + e^-3) = 0.953
    assert chances(data[0], (1.0, 0.0, 0.0)) == pytest.approx([0.953, 0.047], abs=1e-3)
    assert first_right(data, (1.0, 0.0, 0.0)) == [True, True]


@pytest.mark.parametrize("likely", [[-3.0, 0.0], [0.0, 0.0]])
def test_a_model_that_adds_nothing_gets_no_say(likely: list[float]) -> None:
    assert fit_says([sample(likely, 0)], ("likelihood", "quotes")) == (0.0, 0.0, 0.0)


def test_a_weight_costs_a_nat() -> None:
    # One page gains log(0.953 / 0.5) = 0.64 nats, two 1.29.
    assert fit_says([sample([0.0, -3.0], 0)], ("likelihood",))[0] == 0.0
    assert fit_says([sample([0.0, -3.0], 0)] * 2, ("likelihood",))[0] == 1.0


def test_a_model_that_is_sometimes_right_gets_some_say() -> None:
    data = [sample([0.0, -3.0], 0)] * 20 + [sample([0.0, -3.0], 1)] * 10
    # The chances are right where e^(-3 w) is one half: w = 0.23.
    assert fit_says(data, ("likelihood",))[0] == 0.2


@pytest.mark.parametrize(("kind", "weight"), [(False, min(DECLINED)), (True, 0.0)])
def test_declining_counts_where_it_tells(kind: bool, weight: float) -> None:
    data = [
        sample([0.0, 0.0], 0, answerable=kind, declined=1.0),
        sample([0.0, 0.0], 0, answerable=not kind, declined=0.0),
    ] * 4
    assert fit_declined(data) == weight


def test_measures_the_page_that_would_be_answered_from() -> None:
    right = "Run the tests with `make check`."
    model = Scripted(
        script=lambda session, prefix: [
            unknown(),
            f"[{session.number(right)}] {right}",
            "[1] nonsense",
        ],
        judge=lambda text, _: 9.0,
        likely=lambda line: -1.0 if right in line else -30.0,
    )
    item = Answerable(
        id="a",
        package="loom",
        question="How do I run the tests?",
        answers=(Answer(path="CONTRIBUTING.md", sentence=right),),
        kind="how",
    )
    found = measure(model, item, corpus(), ComposerConfig())
    assert found is not None and found.answerable
    at = int(np.argmax(found.right))
    assert found.right.sum() == 1 and len(found.right) == 2
    assert found.says[at].tolist() == [0.0, 4.0, 4.0]
    assert found.says[1 - at].tolist() == [-6.0, 4.0, 4.0]
    assert found.declined == pytest.approx(3 / 9)
    assert [session.closed for session in model.sessions] == [1]
    other = Unanswerable(id="b", package="loom", question="xyzzy", near="")
    assert measure(model, other, corpus(), ComposerConfig()) is None
