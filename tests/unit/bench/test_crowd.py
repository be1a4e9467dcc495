"""How the crowd is counted."""

import pytest

from bench.crowd import _of, most_in


@pytest.mark.parametrize(
    ("times", "seconds", "most"),
    [
        ([], 60, 0),
        ([5], 60, 1),
        ([0, 30, 59.9, 60], 60, 3),
        ([0, 60, 120], 60, 1),
        ([0, 1, 2, 100, 101, 102, 103], 10, 4),
    ],
)
def test_the_most_in_any_span(times: list[float], seconds: float, most: int) -> None:
    assert most_in(times, seconds) == most


@pytest.mark.parametrize(("percent", "wait"), [(50, 2.0), (75, 3.0), (95, 4.0), (100, 4.0)])
def test_the_wait_that_so_many_do_not_exceed(percent: int, wait: float) -> None:
    assert _of([4.0, 1.0, 3.0, 2.0], percent) == wait
    assert _of([], percent) == 0.0
