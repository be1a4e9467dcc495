"""Calibration: what was planted is found again, and nothing is made up where there is little."""

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Calibration, Judgement
from app.weave.calibration import (
    SLOPES,
    Vote,
    calibrated,
    calibrations,
    fit,
    of_model,
    scale_key,
)

VOTES = st.lists(
    st.builds(Vote, odds=st.floats(-30, 30), liked=st.booleans(), weight=st.floats(0, 2)),
    max_size=30,
)


def planted(
    slope: float, offset: float, count: int, *, seed: int, scale: float = 3.0
) -> list[Vote]:
    chance = random.Random(seed)
    odds = [chance.gauss(0, scale) for _ in range(count)]
    return [
        Vote(
            odds=one,
            liked=chance.random() < 1 / (1 + math.exp(-(slope * one + offset))),
            weight=1.0,
        )
        for one in odds
    ]


def errors(votes: Sequence[Vote], slope: float, offset: float) -> tuple[float, float]:
    """The standard errors of slope and offset, from the information that the votes hold."""
    a = b = c = 0.0
    for vote in votes:
        chance = 1 / (1 + math.exp(-(slope * vote.odds + offset)))
        curve = chance * (1 - chance)
        a, b, c = a + curve * vote.odds**2, b + curve * vote.odds, c + curve
    determinant = a * c - b * b
    return math.sqrt(c / determinant), math.sqrt(a / determinant)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("slope", "offset"), [(1.0, 0.0), (0.4, -0.8), (0.2, 1.0), (1.4, 0.5), (0.7, -0.3)]
)
def test_finds_what_was_planted(slope: float, offset: float, seed: int) -> None:
    votes = planted(slope, offset, 4000, seed=seed)
    found = fit(votes)
    by_slope, by_offset = errors(votes, slope, offset)
    # Four standard errors: one honest try in 16,000 is outside.
    assert abs(1 / found.temperature - slope) < 4 * by_slope
    assert abs(found.offset - offset) < 4 * by_offset
    assert found.votes == 4000


def test_comes_nearer_with_more_votes() -> None:
    def miss(count: int) -> float:
        found = [fit(planted(0.4, -0.8, count, seed=seed)) for seed in range(8)]
        return sum(abs(1 / one.temperature - 0.4) + abs(one.offset + 0.8) for one in found)

    assert miss(3000) < miss(300) < miss(30)


@pytest.mark.parametrize(
    "votes",
    [[], [Vote(odds=5.0, liked=False, weight=0.0)]],
    ids=["none", "without trust"],
)
def test_without_votes_nothing_changes(votes: list[Vote]) -> None:
    assert fit(votes) == Calibration()
    assert calibrated(2.5, Calibration()) == 2.5


def test_one_vote_changes_little() -> None:
    found = fit([Vote(odds=-3.0, liked=True, weight=1.0)])
    assert 0.7 < 1 / found.temperature < 1 and 0 < found.offset < 0.3


@given(VOTES)
def test_is_always_within_limits(votes: list[Vote]) -> None:
    found = fit(votes)
    assert 1 / SLOPES[1] <= found.temperature <= 1 / SLOPES[0]
    assert math.isfinite(found.offset)


@given(VOTES)
def test_keeps_the_order_of_answers(votes: list[Vote]) -> None:
    scale = fit(votes)
    scores = [calibrated(odds, scale) for odds in (-4.0, -1.0, 0.0, 2.0)]
    assert scores == sorted(scores) and len(set(scores)) == 4


@given(VOTES)
def test_an_opposite_principle_has_the_opposite_calibration(votes: list[Vote]) -> None:
    mirrored = [Vote(odds=-one.odds, liked=not one.liked, weight=one.weight) for one in votes]
    one, other = fit(votes), fit(mirrored)
    assert other.temperature == pytest.approx(one.temperature, abs=1e-3)
    assert other.offset == pytest.approx(-one.offset, abs=1e-3)


@given(VOTES, st.randoms())
def test_does_not_depend_on_the_order_of_votes(votes: list[Vote], chance: random.Random) -> None:
    shuffled = list(votes)
    chance.shuffle(shuffled)
    assert fit(shuffled).temperature == pytest.approx(fit(votes).temperature, abs=2e-4)


def test_a_vote_counts_by_its_trust() -> None:
    like, dislike = (Vote(odds=1.0, liked=liked, weight=1.0) for liked in (True, False))
    half = Vote(odds=1.0, liked=True, weight=0.5)
    assert fit([half, half, dislike]) == fit([like, dislike])
    assert fit([like]).offset > fit([half]).offset > 0


def test_finds_the_minimum_of_its_loss() -> None:
    votes = planted(0.6, 0.4, 60, seed=5)
    found = fit(votes)

    def loss(slope: float, offset: float) -> float:
        miss = sum(
            math.log1p(math.exp((-1 if vote.liked else 1) * (slope * vote.odds + offset)))
            for vote in votes
        )
        return miss + (slope - 1) ** 2 / (2 * 0.25**2) + offset**2 / (2 * 0.5**2)

    least = loss(1 / found.temperature, found.offset)
    for step in (-0.02, 0.02):
        assert loss(1 / found.temperature + step, found.offset) > least
        assert loss(1 / found.temperature, found.offset + step) > least


def test_a_principle_that_people_contradict_counts_little_and_never_turns() -> None:
    found = fit(planted(-1.0, 0.0, 500, seed=1))
    assert found.temperature == 1 / SLOPES[0]
    assert abs(found.offset) < 0.5


def test_makes_principles_comparable() -> None:
    """A shy and a boastful one that say the same of answers come to the same scores."""
    votes = planted(1.0, 0.0, 4000, seed=3)
    shy = fit([Vote(odds=one.odds / 2 - 1, liked=one.liked, weight=1.0) for one in votes])
    bold = fit([Vote(odds=one.odds * 3 + 2, liked=one.liked, weight=1.0) for one in votes])
    for odds in (-3.0, 0.0, 2.0):
        assert calibrated(odds / 2 - 1, shy) == pytest.approx(odds, abs=0.35)
        assert calibrated(odds * 3 + 2, bold) == pytest.approx(odds, abs=0.35)


def test_each_model_and_principle_has_its_own() -> None:
    judgements = [
        Judgement(model="small/m", odds={"k1": 3.0, "k2": -3.0}, liked=True, weight=1.0),
        Judgement(model="large", odds={"k1": 3.0}, liked=False, weight=1.0),
    ]
    found = calibrations(judgements)
    assert list(found) == ["k1/large", "k1/small/m", "k2/small/m"]
    assert found[scale_key("small/m", "k2")] == fit([Vote(odds=-3.0, liked=True, weight=1.0)])
    assert of_model("small/m", found) == {"k1": found["k1/small/m"], "k2": found["k2/small/m"]}
    assert of_model("m", found) == {}
    assert calibrations([]) == {}
