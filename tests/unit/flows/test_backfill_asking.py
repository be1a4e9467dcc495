"""Asking for long, through faults and limits."""

from collections.abc import Callable

import pytest

from app.errors import GoneError, RateLimited, TransientError
from app.flows.backfill_asking import Asking

LIMITED = RateLimited("wait", retry_after=90.0)
DOWN = TransientError("down")


def asked(*faults: Exception) -> tuple[Callable[[], str], list[float], Asking]:
    waits: list[float] = []
    left = list(faults)

    def ask() -> str:
        if left:
            raise left.pop(0)
        return "here"

    return ask, waits, Asking(waits.append)


@pytest.mark.parametrize(
    ("faults", "waits"),
    [
        ([], []),
        ([DOWN, DOWN], [2.0, 4.0]),
        ([LIMITED] * 9, [90.0] * 9),
        ([RateLimited("soon", retry_after=0.0), DOWN], [1.0, 2.0]),
    ],
)
def test_it_waits_as_long_as_it_has_to(faults: list[Exception], waits: list[float]) -> None:
    ask, waited, asking = asked(*faults)
    assert asking(ask) == "here"
    assert waited == waits


@pytest.mark.parametrize(("fault", "times", "waits"), [(DOWN, 5, 4), (GoneError("gone"), 1, 0)])
def test_it_gives_up(fault: Exception, times: int, waits: int) -> None:
    ask, waited, asking = asked(*[fault] * times)
    with pytest.raises(type(fault)):
        asking(ask)
    assert len(waited) == waits
