import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.weave.improvement import above, improvement, price, quantile, shares


@pytest.mark.parametrize(
    ("z", "expected"),
    [
        # At 0 it is the density there, 1 / sqrt(2 pi); far below, the whole distance.
        (0.0, 0.39894),
        (-9.0, 9.0),
        # .24197 - 1 * .15866
        (1.0, 0.08332),
        (40.0, 0.0),
    ],
)
def test_expected_improvement_of_a_standard_normal(z: float, expected: float) -> None:
    assert above(z) == pytest.approx(expected, abs=1e-5)


def test_a_draw_without_spread_improves_by_its_lead_or_not_at_all() -> None:
    assert improvement(2.0, 5.0, 0.0) == 3.0
    assert improvement(5.0, 2.0, 0.0) == 0.0


def test_improvement_has_the_unit_of_its_deviation() -> None:
    assert improvement(8.0, 4.0, 4.0) == pytest.approx(4 * above(1.0))


def test_the_fewer_draws_are_left_the_dearer_is_one() -> None:
    assert price(1.0) == math.inf
    assert price(4) > price(9) > price(100) > 0
    assert quantile(2) == 0.0


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=30), st.integers(0, 500))
def test_shares_add_up_and_are_never_negative(weights: list[float], total: int) -> None:
    parts = shares(sorted(weights, reverse=True), total)
    assert sum(parts) == total
    assert min(parts) >= 0


def test_shares_follow_the_weights() -> None:
    assert shares([3.0, 1.0], 8) == [6, 2]
    assert shares([0.0, 0.0], 4) == [2, 2]
