"""The rules of GitHub's limits, worked by hand; the epoch of these tests is a round time."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from app.domain import Allowance, Limit
from app.github.limits import (
    EARLY,
    MOST_TURNS,
    PATIENCE,
    TURN_LASTS,
    Rank,
    Resource,
    Rules,
    rules_of,
)
from app.settings import load

T = 1_800_000_000.0
RULES = Rules(pause=1.0, minute=80, hour=500, rest=900, graphql=2000, reserve=0.1)
FAST = replace(RULES, pause=0.0)


def most_in(times: Sequence[float], seconds: float) -> int:
    """The most events in any span of that length."""
    return max(sum(at <= one < at + seconds for one in times) for at in times)


class TestLimit:
    LIMIT = Limit(count=3, seconds=60.0)

    def test_what_is_free(self) -> None:
        used = self.LIMIT.taken({}, T, 2)
        assert (self.LIMIT.free({}, T), self.LIMIT.free(used, T)) == (3, 1)
        assert self.LIMIT.free(self.LIMIT.taken(used, T, 5), T) == 0

    def test_a_part_counts_until_its_end_is_a_span_past(self) -> None:
        # Parts are two seconds long, and T begins one.
        used = self.LIMIT.taken({}, T + 1.5, 3)
        assert self.LIMIT.earliest(used, T + 3) == T + 62
        assert self.LIMIT.free(used, T + 61.9) == 0
        assert self.LIMIT.free(used, T + 62) == 3

    def test_the_oldest_is_given_back_first(self) -> None:
        used = self.LIMIT.taken(self.LIMIT.taken({}, T, 1), T + 10, 2)
        assert self.LIMIT.earliest(used, T + 20) == T + 62
        assert self.LIMIT.earliest(used, T + 20, 2) == T + 72

    def test_more_than_all_fits_once_nothing_counts(self) -> None:
        assert self.LIMIT.earliest({}, T, 9) == T
        assert self.LIMIT.earliest(self.LIMIT.taken({}, T), T, 9) == T + 62

    def test_what_has_not_counted_for_long_is_dropped(self) -> None:
        used: dict[int, int] = {}
        for second in range(600):
            used = dict(self.LIMIT.taken(used, T + second))
        assert len(used) <= 42


def send_many(rules: Rules, count: int, seconds: float, seed: int) -> list[float]:
    """Lets so many want to change something at random times; returns when each was sent."""
    chance = random.Random(seed)
    waiting = sorted((T + chance.uniform(0, seconds), f"c{n}") for n in range(count))
    allowance, sent = Allowance(), []
    while waiting:
        now, key = waiting.pop(0)
        allowance, ruling = rules.write(allowance, now, key)
        if ruling.granted:
            sent.append(now + ruling.wait)
        else:
            # The durable queue comes back up to a second late.
            waiting.append((now + ruling.wait + chance.uniform(0, 1), key))
            waiting.sort()
    return sent


@pytest.mark.parametrize("seed", range(3))
def test_changes_keep_to_every_limit(seed: int) -> None:
    sent = sorted(send_many(RULES, 620, 300, seed))
    assert min(after - before for before, after in pairwise(sent)) >= 1.0 - 1e-6
    assert most_in(sent, 60) <= 60
    assert most_in(sent, 3600) == 500
    # What did not fit into the first hour is sent as soon as the second begins.
    assert sent[-1] - sent[0] < 3600 + 400


def test_without_pauses_a_minute_takes_eighty_and_an_hour_five_hundred() -> None:
    sent = sorted(send_many(FAST, 600, 10, 1))
    assert most_in(sent, 60) == 80
    assert most_in(sent, 3600) == 500


def test_the_first_to_come_is_the_first_to_go() -> None:
    allowance, waits = Allowance(), []
    for number in range(20):
        allowance, ruling = RULES.write(allowance, T, f"c{number}")
        waits.append((ruling.granted, ruling.wait))
    # As long as one waits here, then turns, a second apart, for which to come a bit early.
    here = [(True, float(number)) for number in range(6)]
    assert waits == [*here, *((False, number - EARLY) for number in range(6, 20))]
    assert sorted(allowance.turns.values()) == [T + number for number in range(6, 20)]
    # Who comes for a turn gets it, however many wait behind.
    allowance, ruling = RULES.write(allowance, T + 4, "c6")
    assert (ruling.granted, ruling.wait) == (True, 2.0)
    # Who comes anew stands behind all of them.
    allowance, ruling = RULES.write(allowance, T + 6, "new")
    assert (ruling.granted, ruling.wait) == (False, 14.0 - EARLY)
    # One that is late keeps the pause from the one before, and those behind from it.
    allowance, ruling = RULES.write(allowance, T + 7.5, "c7")
    assert (ruling.granted, ruling.wait) == (True, 0.0)
    allowance, ruling = RULES.write(allowance, T + 7.5, "c8")
    assert (ruling.granted, ruling.wait) == (True, 1.0)


def test_a_turn_that_nobody_comes_for_ends() -> None:
    allowance = Allowance(turns={"gone": T + 100})
    assert not RULES.write(allowance, T, "c1")[1].granted
    later, ruling = RULES.write(allowance, T + 100 + TURN_LASTS, "c1")
    assert ruling == type(ruling)(granted=True, wait=0.0)
    assert later.turns == {}


def test_no_more_turns_than_are_kept() -> None:
    allowance = Allowance()
    for number in range(MOST_TURNS + 20):
        allowance, ruling = RULES.write(allowance, T, f"c{number}")
    assert len(allowance.turns) == MOST_TURNS
    assert not ruling.granted


@pytest.mark.parametrize(
    ("rank", "hour", "granted"),
    [
        (Rank.ANSWER, 449, True),
        (Rank.ANSWER, 499, True),
        (Rank.ANSWER, 500, False),
        (Rank.NOTICE, 449, True),
        (Rank.NOTICE, 450, False),
        (Rank.BACKGROUND, 450, False),
    ],
)
def test_what_is_left_of_the_hour_is_for_answers(rank: Rank, hour: int, granted: bool) -> None:
    used = Limit(count=500, seconds=3600).taken({}, T - 600, hour)
    allowance, ruling = RULES.write(Allowance(hour=used), T, "c1", rank)
    assert ruling.granted is granted
    # Only answers have turns: what is of use at once does not come back.
    assert bool(allowance.turns) is (not granted and rank is Rank.ANSWER)


@pytest.mark.parametrize("rank", list(Rank))
def test_how_long_is_waited(rank: Rank) -> None:
    patience = PATIENCE[rank]
    for pause, granted in ((patience, True), (patience + 0.5, False)):
        allowance, ruling = RULES.write(Allowance(next_write=T + pause), T, "c1", rank)
        early = EARLY if rank is Rank.ANSWER and not granted else 0.0
        assert (ruling.granted, ruling.wait) == (granted, pause - early)
        assert (allowance.next_write == T + pause + 1) is granted


class TestPoints:
    def test_are_given_by_the_handful_until_none_is_left(self) -> None:
        allowance, given = Allowance(), []
        while True:
            allowance, ruling = RULES.read(allowance, T, Resource.REST, most=250)
            if not ruling.granted:
                break
            given.append(ruling.points)
        assert given == [250, 250, 250, 150]
        # A minute, the ten seconds that points may be kept, and the part that they came in.
        assert 70.0 <= ruling.wait <= 70.0 + 70 / 30
        assert allowance.graphql == {}

    def test_of_queries_are_counted_apart(self) -> None:
        allowance, _ = RULES.read(Allowance(), T, Resource.GRAPHQL, most=3)
        assert (sum(allowance.graphql.values()), allowance.rest) == (3, {})

    def test_a_change_costs_five(self) -> None:
        allowance, _ = RULES.write(Allowance(), T, "c1")
        assert list(allowance.rest.values()) == [5]

    def test_changes_wait_for_points_as_well(self) -> None:
        allowance, _ = RULES.read(Allowance(), T, Resource.REST, most=896)
        assert not RULES.write(allowance, T, "c1")[1].granted

    def test_the_reserve_is_for_answers(self) -> None:
        allowance, _ = RULES.read(Allowance(), T, Resource.REST, most=805)
        behind = RULES.read(allowance, T, Resource.REST, Rank.BACKGROUND, 25)[1]
        assert (behind.granted, behind.points) == (True, 5)
        allowance, _ = RULES.read(allowance, T, Resource.REST, most=5)
        assert not RULES.read(allowance, T, Resource.REST, Rank.BACKGROUND, 25)[1].granted
        assert RULES.read(allowance, T, Resource.REST, Rank.ANSWER, 25)[1].points == 25


class TestRefusals:
    def test_all_wait_for_what_github_says(self) -> None:
        allowance, ruling = RULES.refused(Allowance(), T, 7.0)
        assert (ruling.granted, ruling.wait) == (False, 7.0)
        assert RULES.write(allowance, T, "c1")[1].wait == 7.0 - EARLY
        assert RULES.read(allowance, T + 1, Resource.GRAPHQL)[1].wait == 6.0
        assert RULES.read(allowance, T + 7, Resource.GRAPHQL)[1].granted

    def test_without_a_time_it_is_a_minute_and_twice_as_long_each_time(self) -> None:
        allowance, now, waits = Allowance(), T, []
        for _ in range(8):
            allowance, ruling = RULES.refused(allowance, now, None)
            waits.append(ruling.wait)
            now += ruling.wait + 1
        assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600]
        allowance, ruling = RULES.refused(allowance, now + 600, None)
        assert ruling.wait == 60

    def test_those_that_were_under_way_make_it_no_longer(self) -> None:
        allowance, _ = RULES.refused(Allowance(), T, None)
        again, ruling = RULES.refused(allowance, T + 0.1, None)
        assert (again, ruling.wait) == (allowance, pytest.approx(59.9))
        longer, ruling = RULES.refused(allowance, T + 0.1, 90.0)
        assert (longer.refusals, ruling.wait) == (1, pytest.approx(90.0))


def test_the_settings_are_githubs_documented_limits() -> None:
    assert rules_of(load({})) == RULES
