import pytest

from app.training.bobbin.shares import Share


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        # z^2 = 3.8415; for 8 of 10: centre .8 + .19207, spread 1.96 * sqrt(.016 + .0096037).
        (8, 10, 0.4902, 0.9433),
        # For none of 5: centre and spread are both z^2 / 10, so 0 and z^2 / (5 + z^2).
        (0, 5, 0.0, 0.4345),
        (5, 5, 0.5655, 1.0),
    ],
)
def test_interval_is_wilsons(hits, total, low, high):
    share = Share(hits=hits, total=total)
    assert share.interval == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_figures_have_share_interval_and_count():
    assert Share.of([True, True, False]).figures() == {
        "value": 0.6667,
        "low": 0.2077,
        "high": 0.9385,
        "n": 3,
    }


def test_no_outcomes_are_no_share():
    with pytest.raises(ValueError, match="at least one"):
        Share.of([])
