"""What maintainers decided, and what dictionaries leave aside, on both databases."""

from dataclasses import replace

import pytest

from app.domain import (
    OPERATOR,
    TAKEN_BACK,
    AuditEntry,
    RollBack,
    Ruling,
    RulingKind,
    RulingWhat,
)
from app.store import Store
from tests.stored import ANN, BEN, NOW, a_repository, later

PINNED = Ruling(
    kind=RulingKind.PHRASE,
    key="run `make`",
    what=RulingWhat.PINNED,
    by=ANN,
    at=NOW,
    url="https://github.test/a#1",
)
BACK = RollBack(version=3, aside=((NOW, later(0.5)), (later(2), later(9))), by=BEN, at=NOW, url="")


@pytest.fixture(autouse=True)
def _known_repositories(store: Store) -> None:
    for number in (1, 2):
        store.repositories.save(a_repository(id=number, name=f"n{number}"))


def test_there_are_none_at_first(store: Store) -> None:
    assert list(store.rulings.of(1)) == list(store.rulings.roll_backs(1)) == []
    assert not store.rulings.lift(1, RulingKind.PHRASE, "x")


def test_what_is_decided_comes_back_in_order(store: Store) -> None:
    vetoed = replace(PINNED, kind=RulingKind.MEMORY, what=RulingWhat.VETOED, by=OPERATOR, url="")
    for value in (PINNED, vetoed):
        store.rulings.set(1, value)
    assert store.rulings.of(1) == [PINNED, vetoed]
    assert store.rulings.of(2) == []


def test_the_last_word_on_the_same_counts(store: Store) -> None:
    store.rulings.set(1, PINNED)
    forbidden = replace(PINNED, what=RulingWhat.FORBIDDEN, by=BEN, at=later(5))
    store.rulings.set(1, forbidden)
    assert store.rulings.of(1) == [forbidden]


def test_it_is_lifted_where_it_was_made(store: Store) -> None:
    for number in (1, 2):
        store.rulings.set(number, PINNED)
    assert store.rulings.lift(1, RulingKind.PHRASE, PINNED.key)
    assert not store.rulings.lift(1, RulingKind.PHRASE, PINNED.key)
    assert not store.rulings.lift(2, RulingKind.MEMORY, PINNED.key)
    assert (store.rulings.of(1), store.rulings.of(2)) == ([], [PINNED])


@pytest.mark.parametrize("key", ["", "x" * 100_000, "a\0b", "\ud800", "ملف"])
def test_any_key_can_be_found_again(store: Store, key: str) -> None:
    store.rulings.set(1, replace(PINNED, key=key))
    store.rulings.set(1, replace(PINNED, key=key))
    assert len(store.rulings.of(1)) == 1
    assert store.rulings.lift(1, RulingKind.PHRASE, key)


def test_roll_backs_come_back_in_order(store: Store) -> None:
    resumed = replace(BACK, version=0, aside=(), at=later(-1), by=OPERATOR)
    for value in (BACK, resumed):
        store.rulings.roll_back(1, value)
    assert store.rulings.roll_backs(1) == [BACK, resumed]
    assert store.rulings.roll_backs(2) == []


def test_nothing_is_decided_in_a_repository_that_is_not_there(store: Store) -> None:
    with pytest.raises(LookupError, match="9"):
        store.rulings.set(9, PINNED)
    with pytest.raises(LookupError, match="9"):
        store.rulings.roll_back(9, BACK)


def test_decisions_outlive_the_name_of_who_made_them(store: Store) -> None:
    store.rulings.set(1, PINNED)
    store.rulings.set(1, replace(PINNED, key="tox", by=BEN))
    store.rulings.set(2, PINNED)
    store.rulings.roll_back(1, replace(BACK, by=ANN, url=PINNED.url))
    store.rulings.unname(1, ANN)
    assert store.rulings.of(1) == [
        replace(PINNED, by=TAKEN_BACK, url=""),
        replace(PINNED, key="tox", by=BEN),
    ]
    assert store.rulings.of(2) == [PINNED]
    assert store.rulings.roll_backs(1) == [replace(BACK, by=TAKEN_BACK)]


def test_the_operator_stays_the_operator(store: Store) -> None:
    store.rulings.set(1, replace(PINNED, by=OPERATOR))
    store.rulings.unname(1, OPERATOR)
    assert [one.by for one in store.rulings.of(1)] == [OPERATOR]


def test_a_ruling_and_what_is_told_of_it_are_there_both_or_neither(store: Store) -> None:
    told = AuditEntry(at=NOW, person=ANN, act="pinned", subject=PINNED.key, url="")
    no_act = replace(told, act="pins")
    for change in (
        lambda: store.rulings.set(1, PINNED, no_act),
        lambda: store.rulings.roll_back(1, BACK, no_act),
    ):
        with pytest.raises(ValueError, match="no act"):
            change()
    assert (store.rulings.of(1), store.rulings.roll_backs(1)) == ([], [])
    store.rulings.set(1, PINNED, told)
    assert store.audit.newest(1, 9) == [told]
    with pytest.raises(ValueError, match="no act"):
        store.rulings.lift(1, PINNED.kind, PINNED.key, no_act)
    assert store.rulings.of(1) == [PINNED]
    freed = replace(told, act="freed")
    assert store.rulings.lift(1, PINNED.kind, PINNED.key, freed)
    assert not store.rulings.lift(1, PINNED.kind, PINNED.key, freed)
    assert store.audit.newest(1, 9) == [freed, told]
