from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Lesson
from app.training.splitting import ALWAYS, Split, SplitConfig, split
from tests.unit.training.told import lesson


def lessons(pairs: Mapping[int, int]) -> list[Lesson]:
    """So many pairs of each thread, and a vote."""
    return [
        made
        for thread, count in pairs.items()
        for made in (*[lesson(thread)] * count, lesson(thread, rejected=""))
    ]


def dealt(pairs: Mapping[int, int], config: SplitConfig | None = None) -> Split:
    groups = [frozenset({thread}) for thread in pairs]
    return split(lessons(pairs), groups, config or SplitConfig())


def held(pairs: Mapping[int, int], found: Split) -> Counter[int]:
    """How many pairs each fold has."""
    counts: Counter[int] = Counter()
    for thread, count in pairs.items():
        counts[found.fold[thread]] += count
    return counts


def test_with_enough_pairs_one_part_is_held_out() -> None:
    pairs = dict.fromkeys(range(1, 65), 1)
    found = dealt(pairs)
    assert (found.folds, found.threads) == (1, 64)
    assert held(pairs, found) == {0: 16, ALWAYS: 48}


def test_many_threads_are_wanted_of_few_pairs() -> None:
    # 24 threads of 4 pairs: 16 pairs are 4 threads, 8 threads are 32 pairs: a third of 96.
    pairs = dict.fromkeys(range(1, 25), 4)
    assert held(pairs, dealt(pairs)) == {0: 32, ALWAYS: 64}


def test_a_tenth_is_held_out_of_many() -> None:
    pairs = dict.fromkeys(range(1, 501), 1)
    assert held(pairs, dealt(pairs)) == {0: 50, ALWAYS: 450}


def test_with_few_pairs_each_thread_is_held_out_once() -> None:
    pairs = dict.fromkeys(range(1, 25), 1)
    found = dealt(pairs)
    assert found.folds == 4
    assert held(pairs, found) == {0: 6, 1: 6, 2: 6, 3: 6}


def test_folds_have_about_as_many_pairs() -> None:
    # 7, 6, 3 and 3 go to a fold each, then 2 and 2 to those with 3, 1 to one of those with 5.
    found = dealt(pairs := {1: 7, 2: 6, 3: 3, 4: 3, 5: 2, 6: 2, 7: 1})
    assert sorted(held(pairs, found).values()) == [5, 6, 6, 7]


def test_one_thread_cannot_be_half_of_the_test() -> None:
    pairs = {1: 40, **dict.fromkeys(range(2, 34), 1)}
    found = dealt(pairs)
    assert found.folds == 1
    assert found.fold[1] == ALWAYS


def test_kindred_threads_stay_together() -> None:
    made = lessons(dict.fromkeys(range(1, 21), 1))
    groups = [frozenset({at, at + 10}) for at in range(1, 11)]
    found = split(made, groups, SplitConfig())
    assert all(found.fold[at] == found.fold[at + 10] for at in range(1, 11))
    assert found.threads == 10


def test_threads_without_pairs_are_always_taught() -> None:
    assert dealt({1: 0, 2: 1}).fold == {1: ALWAYS, 2: 0}
    assert dealt({1: 0}) == Split(fold={1: ALWAYS}, folds=0, threads=0)


def test_another_seed_is_another_lot() -> None:
    pairs = dict.fromkeys(range(1, 65), 1)
    lots = [dealt(pairs, SplitConfig(seed=seed)).fold for seed in range(3)]
    assert lots[0] != lots[1] != lots[2]
    assert dealt(pairs).fold == lots[0]


@given(st.dictionaries(st.integers(1, 99), st.integers(0, 9)), st.randoms(use_true_random=False))
def test_the_order_of_groups_does_not_matter(pairs: dict[int, int], chance: object) -> None:
    made = lessons(pairs)
    groups = [frozenset({thread}) for thread in pairs]
    mixed = list(groups)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert split(made, groups, SplitConfig()) == split(made, mixed, SplitConfig())


@given(st.dictionaries(st.integers(1, 99), st.integers(0, 9), max_size=60))
def test_what_is_held_out_is_what_the_gate_needs(pairs: dict[int, int]) -> None:
    found = dealt(pairs)
    counts = held(pairs, found)
    if found.folds == 1 and found.threads > 1:
        assert counts[0] >= 16 and 3 * counts[0] <= sum(pairs.values())
        assert sum(fold == 0 for fold in found.fold.values()) >= 8
    assert {fold for thread, fold in found.fold.items() if pairs[thread]} >= set(range(found.folds))


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_there_are_no_empty_folds(threads: int) -> None:
    assert dealt(dict.fromkeys(range(threads), 1)).folds == threads
