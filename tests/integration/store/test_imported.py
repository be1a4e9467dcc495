"""Rows of files are kept all or none, once each, and go with their import."""

from collections.abc import Iterator

import pytest

from app.domain import Consent, Person, PreferenceRow, Removal, RowKind, RowOrigin
from app.store import Store
from app.store.imported import Batch, address_of
from tests.stored import ANN, NOW, a_reply, a_repository, a_row, a_version, later


@pytest.fixture(autouse=True)
def repositories(store: Store) -> None:
    store.repositories.save(a_repository())
    store.repositories.save(a_repository(id=2, name="spindle"))


def imported(chosen: str = "use make", **given: object) -> PreferenceRow:
    values = {
        "reply_id": 0,
        "chosen": chosen,
        "origin": RowOrigin.IMPORTED,
        "consent": Consent.KEPT,
        "people": ("ann", "ben"),
    }
    return a_row(**values | given)


def test_rows_come_back_in_order(store: Store) -> None:
    rows = [imported("a"), imported("", kind=RowKind.UNPAIRED), imported("b", weight=0.25)]
    assert store.imported.add(1, "one", NOW, iter(rows)) == (3, 0)
    assert list(store.imported.stream(1)) == rows
    assert list(store.imported.stream(2)) == []


def test_a_row_is_kept_once_a_repository(store: Store) -> None:
    store.imported.add(1, "one", NOW, [imported("a")])
    again = [imported("a", weight=0.1), imported("b"), imported("b")]
    assert store.imported.add(1, "two", later(1), again) == (1, 2)
    assert store.imported.add(2, "three", later(2), [imported("a")]) == (1, 0)
    assert [row.weight for row in store.imported.stream(1)] == [1.0, 1.0]
    assert store.imported.batches(1) == [
        Batch(name="one", rows=1, at=NOW),
        Batch(name="two", rows=1, at=later(1)),
    ]


def test_nothing_is_kept_of_what_breaks(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.store.imported.AT_ONCE", 2)

    def broken() -> Iterator[PreferenceRow]:
        yield from (imported(str(number)) for number in range(5))
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        store.imported.add(1, "one", NOW, broken())
    assert store.imported.batches(1) == []


def test_an_import_is_undone_alone(store: Store) -> None:
    store.imported.add(1, "one", NOW, [imported("a"), imported("b")])
    store.imported.add(1, "two", NOW, [imported("c")])
    assert store.imported.undo(2, "one") == 0
    assert store.imported.undo(1, "one") == 2
    assert [row.chosen for row in store.imported.stream(1)] == ["c"]


def test_a_person_takes_rows_along(store: Store) -> None:
    rows = [imported("a"), imported("b", people=("Ann",)), imported("c", people=("ben",))]
    store.imported.add(1, "one", NOW, rows)
    store.replies.add(a_reply())
    store.removals.add(Removal(repository_id=1, person_id=ANN.id, at=NOW), "key")
    (removal,) = store.removals.unfinished()
    assert store.erasing.carry_out(removal)
    assert [row.chosen for row in store.imported.stream(1)] == ["c"]


@pytest.mark.parametrize(
    ("trained", "marked"), [("a", True), ("c", False)], ids=["on such a row", "on another"]
)
def test_adapters_that_were_trained_on_rows_of_somebody_are_marked(
    store: Store, trained: str, marked: bool
) -> None:
    rows = {"a": imported("a", people=("Ann",), urls=()), "c": imported("c", people=("ben",))}
    store.imported.add(1, "one", NOW, rows.values())
    store.replies.add(a_reply(asker=Person(id=ANN.id, login="ANN")))
    store.adapters.add(a_version(trained_on=(address_of(rows[trained]),)))
    store.removals.add(Removal(repository_id=1, person_id=ANN.id, at=later(1)), "key")
    (removal,) = store.removals.unfinished()
    assert store.erasing.carry_out(removal)
    assert bool(store.adapters.taken_back()) is marked


def test_however_many_rows_go_with_the_reply_that_they_were_made_of(store: Store) -> None:
    reply = store.replies.add(a_reply())
    rows = [imported(str(number), urls=("http://else", reply.url)) for number in range(40_000)]
    store.imported.add(1, "one", NOW, [*rows, imported("of another reply")])
    store.removals.add(Removal(repository_id=1, reply_id=reply.id, at=NOW), "key")
    (removal,) = store.removals.unfinished()
    assert store.erasing.carry_out(removal)
    assert [row.chosen for row in store.imported.stream(1)] == ["of another reply"]


def test_an_unknown_repository_keeps_nothing(store: Store) -> None:
    with pytest.raises(LookupError):
        store.imported.add(3, "one", NOW, [imported()])
