import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.training.exact import (
    at_most,
    lower,
    non_inferiority,
    paired_test,
    sign_test,
    signed_rank,
    upper,
)


@pytest.mark.parametrize(
    ("wins", "total", "p"),
    [
        # (C(8,6) + C(8,7) + C(8,8)) / 2^8 = (28 + 8 + 1) / 256: proves nothing.
        (6, 8, 37 / 256),
        (7, 8, 9 / 256),
        # (560 + 120 + 16 + 1) / 65536.
        (13, 16, 697 / 65536),
        (16, 16, 1 / 65536),
        (0, 5, 1.0),
        (0, 0, 1.0),
    ],
)
def test_sign_test_counts_all_outcomes_as_good(wins, total, p):
    assert sign_test(wins, total) == p


@pytest.mark.parametrize(("wins", "total"), [(3, 2), (-1, 2)])
def test_counts_that_are_none_are_refused(wins, total):
    with pytest.raises(ValueError, match="is no count"):
        sign_test(wins, total)


def test_paired_test_looks_at_what_differs_alone():
    # 5 gained and 1 lost: (C(6,5) + C(6,6)) / 64.
    assert paired_test(5, 1) == 7 / 64
    assert paired_test(0, 0) == 1.0


def test_at_most_adds_the_chances_up():
    # (3/4)^3 + 3 (1/4) (3/4)^2 = 27/64 + 27/64.
    assert at_most(1, 3, 0.25) == pytest.approx(54 / 64)
    assert at_most(3, 3, 0.25) == pytest.approx(1.0)
    assert (at_most(0, 3, 0.0), at_most(2, 3, 1.0)) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        # No hits: (1 - p)^10 = .05. All hits: p^10 = .05.
        (0, 10, 0.0, 1 - 0.05**0.1),
        (10, 10, 0.05**0.1, 1.0),
        # One of two: 1 - (1 - p)^2 = .05, and 1 - p^2 = .05.
        (1, 2, 1 - math.sqrt(0.95), math.sqrt(0.95)),
    ],
)
def test_bounds_are_clopper_and_pearsons(hits, total, low, high):
    assert lower(hits, total) == pytest.approx(low)
    assert upper(hits, total) == pytest.approx(high)


@given(st.integers(0, 20), st.integers(1, 20), st.sampled_from([0.025, 0.05]))
def test_bounds_are_where_the_tails_have_the_level(hits, more, level):
    total = hits + more
    assert at_most(hits, total, upper(hits, total, level)) == pytest.approx(level)
    if hits:
        assert 1 - at_most(hits - 1, total, lower(hits, total, level)) == pytest.approx(level)


def test_nothing_lost_is_as_likely_as_nothing_changing_at_the_margin():
    # 10 items with a loss of .4 and no gains: none changes with the chance .6^10 = .0060466.
    assert non_inferiority(0, 0, 10, 0.4) == pytest.approx(0.6**10 + 0.001, abs=1e-6)


def test_few_changes_rule_a_loss_out_by_themselves():
    # 60 items without a change: with 99.9 % fewer than 1 - .001^(1/60) = 10.9 % change.
    assert non_inferiority(0, 0, 60, 0.11) == 0.001
    assert non_inferiority(0, 0, 60, 0.10) > 0.001


@pytest.mark.parametrize("total", [4, 9])
@pytest.mark.parametrize("margin", [0.1, 0.3])
def test_non_inferiority_keeps_its_level(total, margin):
    """Adds the chances of all outcomes that would pass, at losses that must not pass."""
    passing = [
        (gained, lost)
        for gained, lost in itertools.product(range(total + 1), repeat=2)
        if gained + lost <= total and non_inferiority(gained, lost, total, margin) <= 0.05
    ]
    for gains in (0.0, 0.05, 0.2, (1 - margin) / 2):
        shares = (gains, gains + margin, max(0.0, 1 - 2 * gains - margin))
        chance = sum(
            math.factorial(total)
            // (math.factorial(g) * math.factorial(x) * math.factorial(total - g - x))
            * shares[0] ** g
            * shares[1] ** x
            * shares[2] ** (total - g - x)
            for g, x in passing
        )
        assert chance <= 0.05


def test_more_losses_never_look_better():
    found = [non_inferiority(2, lost, 120, 0.08) for lost in (0, 3, 6, 12)]
    assert found == sorted(found)
    assert found[0] < 0.05 < found[-1]


@pytest.mark.parametrize(("gained", "lost", "margin"), [(-1, 1, 0.1), (0, 0, 0.0), (0, 0, 1.0)])
def test_what_cannot_be_asked_is_refused(gained, lost, margin):
    with pytest.raises(ValueError, match="margin"):
        non_inferiority(gained, lost, 5, margin)


def test_nothing_tried_rules_nothing_out():
    assert non_inferiority(0, 0, 0, 0.1) == 1.0


@pytest.mark.parametrize(
    ("differences", "p"),
    [
        # Of 2^5 ways to give signs one has all ranks above.
        ([1, 2, 3, 4, 5], 1 / 32),
        # Ranks 1 to 4 with 1 below: sums of 9 (2+3+4) and 10 are as far up.
        ([-1, 2, 3, 4], 2 / 16),
        # Zeros are left out.
        ([0, 0, 1, 2, 3], 1 / 8),
        # Two of one size share rank 1.5: sums are 0, 1.5, 1.5, 3, and each with 3 more. Up are
        # 1.5 + 3 = 4.5 and more: 4.5, 4.5 and 6 of 8.
        ([1, -1, 2], 3 / 8),
        # Nothing but halves of one size: the sign test on 3 of 4.
        ([0.5, 0.5, 0.5, -0.5], 5 / 16),
        ([], 1.0),
        ([0.0], 1.0),
        ([-1, -2], 1.0),
    ],
)
def test_signed_rank_counts_the_ways_to_give_signs(differences, p):
    assert signed_rank(differences) == p


@given(st.lists(st.integers(-3, 3).map(lambda size: size / 10), max_size=9))
def test_signed_rank_agrees_with_trying_all_signs(differences):
    sizes = [abs(one) for one in differences if one]
    ranks = [
        sum(other < size for other in sizes) + (sum(other == size for other in sizes) + 1) / 2
        for size in sizes
    ]
    signs = [one > 0 for one in differences if one]
    found = sum(rank for rank, up in zip(ranks, signs, strict=True) if up)
    ways = [
        sum(rank for rank, up in zip(ranks, dealt, strict=True) if up) >= found
        for dealt in itertools.product([False, True], repeat=len(ranks))
    ]
    assert signed_rank(differences) == sum(ways) / len(ways)
