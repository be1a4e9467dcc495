"""What was used of GitHub's limits, on both databases: kept whole, changed one at a time."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain import Allowance
from app.store import Store

FULL = Allowance(
    minute={12: 3, 13: 1},
    hour={1: 4},
    rest={7: 25},
    graphql={7: 10},
    sweeps={3: 2},
    next_write=1_800_000_000.125,
    turns={"a1": 1_800_000_005.5},
    blocked_until=1_800_000_060.0,
    refusals=2,
)


def test_what_was_not_kept_yet_is_empty(store: Store) -> None:
    seen: list[Allowance] = []

    def rule(before: Allowance, _: float) -> tuple[Allowance, str]:
        seen.append(before)
        return before, "ruled"

    assert store.limits.change(9, rule) == "ruled"
    assert seen == [Allowance()]


def test_what_is_kept_comes_back(store: Store) -> None:
    store.limits.change(9, lambda _, __: (FULL, None))
    assert store.limits.change(9, lambda before, _: (before, before)) == FULL
    assert store.limits.change(8, lambda before, _: (before, before)) == Allowance()


def test_the_clock_is_about_right(store: Store) -> None:
    now = store.limits.change(9, lambda before, now: (before, now))
    assert now == pytest.approx(time.time(), abs=60)


def test_a_rule_that_fails_changes_nothing(store: Store) -> None:
    store.limits.change(9, lambda _, __: (FULL, None))

    def broken(before: Allowance, now: float) -> tuple[Allowance, None]:
        raise ValueError

    with pytest.raises(ValueError):
        store.limits.change(9, broken)
    assert store.limits.change(9, lambda before, _: (before, before)) == FULL


def test_none_is_lost_where_many_change_at_once(store: Store) -> None:
    def count(before: Allowance, now: float) -> tuple[Allowance, float]:
        return replace(before, refusals=before.refusals + 1), now

    times: list[list[float]] = [[] for _ in range(4)]

    def many(mine: list[float]) -> None:
        mine.extend(store.limits.change(9, count) for _ in range(15))

    threads = [threading.Thread(target=many, args=(mine,)) for mine in times]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.limits.change(9, lambda before, _: (before, before.refusals)) == 60
    assert all(mine == sorted(mine) for mine in times)


@pytest.mark.parametrize(("days", "left"), [(-1, 2), (1, 0)])
def test_what_was_not_used_for_long_is_forgotten(store: Store, days: int, left: int) -> None:
    store.limits.change(9, lambda _, __: (replace(FULL, refusals=2), None))
    store.limits.forget(datetime.now(UTC) + timedelta(days=days))
    assert store.limits.change(9, lambda before, _: (before, before.refusals)) == left


@pytest.mark.parametrize(
    ("ahead", "left"),
    [(1800.0, FULL), (86_400.0, Allowance(blocked_until=4600.0, refusals=2))],
    ids=["by less than an hour", "by a day"],
)
def test_a_clock_that_is_set_back_holds_nothing_up(
    store: Store, monkeypatch: pytest.MonkeyPatch, ahead: float, left: Allowance
) -> None:
    clock = iter([1000.0 + ahead, 1000.0, 2000.0])
    monkeypatch.setattr(store.limits, "_now", lambda _: next(clock))
    store.limits.change(9, lambda _, __: (FULL, None))
    for _ in range(2):
        # The second time at 2,000: a block of an hour is not prolonged.
        assert store.limits.change(9, lambda before, _: (before, before)) == left
