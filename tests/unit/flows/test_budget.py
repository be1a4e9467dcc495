"""The budget of points for looking at replies: what any hour may hold, and what its parts may."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Allowance, Limit
from app.flows.budget import HOUR, LEAST, PART, Budget, Spent, taken
from app.github.ledger import ProcessLedger

T = 1_800_000_000.0
"""A round time: parts begin at it."""


class Clock:
    """Time that a test moves on."""

    def __init__(self) -> None:
        self.now = T

    def __call__(self) -> float:
        return self.now


def most_in_an_hour(used: Sequence[tuple[float, int]]) -> int:
    """The most points in any span of an hour, each of which may as well begin at one of them."""
    return max(
        (sum(points for at, points in used if begin <= at < begin + HOUR) for begin, _ in used),
        default=0,
    )


STEPS = st.lists(
    st.tuples(
        st.floats(0, 2000, allow_nan=False),
        st.integers(1, 2),
        st.sampled_from(("look", "page", "asked for")),
        st.integers(1, 40),
    ),
    max_size=60,
)


@given(steps=STEPS, hour=st.integers(2, 80))
def test_no_hour_ever_holds_more_than_the_budget(
    steps: list[tuple[float, int, str, int]], hour: int
) -> None:
    clock = Clock()
    # Two workers that share a ledger.
    ledger = ProcessLedger(clock)
    workers = [Budget(ledger, hour), Budget(ledger, hour)]
    used: list[tuple[float, int]] = []
    for number, (pause, points, kind, times) in enumerate(steps):
        clock.now += pause
        purse = workers[number % 2].purse(7, at_once=kind == "asked for")
        for _ in range(times):
            try:
                purse.take(points, more=kind == "page")
            except Spent as error:
                assert error.retry_after > 0
                break
            used.append((clock.now, points))
    assert most_in_an_hour(used) <= hour


@given(steps=st.lists(st.floats(0, 300, allow_nan=False), max_size=80))
def test_a_part_of_the_hour_holds_no_more_than_its_share(steps: list[float]) -> None:
    hour, allowance, now = Limit(count=310, seconds=HOUR), Allowance(), T
    for pause in steps:
        now += pause
        for _ in range(9):
            allowance, _wait = taken(allowance, now, points=2, hour=hour, share=10)
    assert max(allowance.sweeps.values(), default=0) <= 10


def test_after_a_backlog_the_next_part_has_its_share() -> None:
    clock = Clock()
    budget = Budget(ProcessLedger(clock), 310)
    granted = []
    while clock.now < T + 2 * HOUR:
        try:
            budget.purse(7).take(2)
            granted.append(clock.now)
        except Spent as error:
            clock.now += error.retry_after
    # 310 over 31 parts: ten points, five queries in each part, for ever.
    assert len(granted) == 5 * 60
    assert max(after - before for before, after in pairwise(granted)) == PART


def test_a_small_budget_still_pays_for_a_full_query() -> None:
    clock = Clock()
    purse = Budget(ProcessLedger(clock), LEAST).purse(7)
    purse.take(2)
    with pytest.raises(Spent, match="TREADLE_SWEEP_POINTS") as caught:
        purse.take(1)
    clock.now += caught.value.retry_after
    purse.take(2)


def test_more_than_the_whole_budget_is_never_granted() -> None:
    with pytest.raises(Spent):
        Budget(ProcessLedger(Clock()), 5).purse(7).take(6, more=True)


def test_installations_have_budgets_of_their_own() -> None:
    budget = Budget(ProcessLedger(Clock()), 2)
    budget.purse(7).take(2)
    budget.purse(8).take(2)
    with pytest.raises(Spent):
        budget.purse(7).take(1)


def test_what_github_took_beyond_counts() -> None:
    purse = Budget(ProcessLedger(Clock()), 10).purse(7, at_once=True)
    purse.take(2)
    purse.owe(7)
    purse.take(1)
    with pytest.raises(Spent):
        purse.take(1)
