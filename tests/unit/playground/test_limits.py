"""Budgets are counted by the hour and by who asks."""

from playground.clock import Clock
from playground.limits import Budgets


def test_a_budget_runs_out_and_comes_back() -> None:
    clock = Clock(wall=lambda: 1000.0)
    budgets = Budgets(clock)
    standing, enough = budgets.spend("user ID 1", "graphql", 4999)
    assert (standing.remaining, standing.reset, enough) == (1, 4600, True)
    assert budgets.spend("user ID 1", "graphql", 2)[1] is False
    assert budgets.spend("user ID 1", "graphql", 1)[1] is True
    assert budgets.spend("user ID 1", "graphql", 1)[1] is False
    assert budgets.spend("user ID 1", "core")[1] is True
    assert budgets.spend("user ID 2", "graphql")[1] is True
    clock.advance(3599)
    assert budgets.spend("user ID 1", "graphql")[1] is False
    clock.advance(1)
    assert budgets.spend("user ID 1", "graphql")[0].remaining == 4999


def test_searching_has_its_own_minute() -> None:
    budgets = Budgets(Clock(wall=lambda: 1000.0))
    standing = budgets.standing("user ID 1", "search")
    assert (standing.limit, standing.reset) == (30, 1060)
    assert budgets.standing("127.0.0.1", "core").limit == 60
