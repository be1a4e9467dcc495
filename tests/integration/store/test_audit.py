"""The audit log, on both databases."""

from dataclasses import replace

import pytest

from app.domain import ACTS, TAKEN_BACK, AuditEntry
from app.store import Store
from tests.stored import ANN, BEN, NOW, a_repository, later

ENTRY = AuditEntry(
    at=NOW, person=ANN, act="pinned", subject="run `make`", url="https://github.test/a#1"
)


@pytest.fixture(autouse=True)
def _known_repositories(store: Store) -> None:
    for number in (1, 2):
        store.repositories.save(a_repository(id=number, name=f"n{number}"))


def test_the_newest_comes_first_a_page_at_a_time(store: Store) -> None:
    assert list(store.audit.newest(1, 5)) == []
    entries = [
        replace(ENTRY, at=later(-number), act=act) for number, act in enumerate(sorted(ACTS))
    ]
    for entry in entries:
        store.audit.record(1, entry)
    assert list(store.audit.newest(1, 2)) == [entries[-1], entries[-2]]
    assert list(store.audit.newest(1, 2, skip=2)) == [entries[-3], entries[-4]]
    assert list(store.audit.newest(1, 2, skip=len(entries))) == []
    assert list(store.audit.newest(2, 2)) == []
    decided = store.audit.newest(1, 99, decisions=True)
    assert {one.act for one in decided} == ACTS - {"taught"}


def test_entries_of_some_acts_are_found_however_many_came_since(store: Store) -> None:
    freed = replace(ENTRY, act="freed")
    store.audit.record(1, ENTRY)
    store.audit.record(1, freed)
    for _ in range(600):
        store.audit.record(1, replace(ENTRY, act="exported"))
    store.audit.record(2, ENTRY)
    assert list(store.audit.of_acts(1, {"pinned", "freed"})) == [freed, ENTRY]
    assert list(store.audit.of_acts(1, ())) == []


def test_only_known_acts_are_kept(store: Store) -> None:
    with pytest.raises(ValueError, match="no act"):
        store.audit.record(1, replace(ENTRY, act="pins"))
    with pytest.raises(LookupError, match="9"):
        store.audit.record(9, ENTRY)
    assert list(store.audit.newest(1, 1)) == []


def test_acts_outlive_the_name_of_who_did_them(store: Store) -> None:
    other = replace(ENTRY, person=BEN)
    for number, entry in ((1, ENTRY), (1, other), (2, ENTRY)):
        store.audit.record(number, entry)
    store.audit.unname(1, ANN)
    assert list(store.audit.newest(1, 5)) == [other, replace(ENTRY, person=TAKEN_BACK, url="")]
    assert list(store.audit.newest(2, 5)) == [ENTRY]


def test_what_cannot_be_stored_is_replaced(store: Store) -> None:
    store.audit.record(1, replace(ENTRY, subject="a\0b\ud800"))
    assert [one.subject for one in store.audit.newest(1, 1)] == ["a\ufffdb\ufffd"]
