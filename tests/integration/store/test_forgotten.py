"""Deleting a repository, on both databases: what is due, and that nothing of it is left."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Float, Integer, LargeBinary, Table, func, select

from app.store import Store
from app.store.forgotten import Note
from app.store.schema import forgotten, installation, lease, metadata, worker
from app.store.types import Json, Utc
from tests.stored import NOW, a_repository, a_run, later

OF_NO_REPOSITORY = {worker, forgotten}
"""Tables without anything of a repository's; any other has to lose all that was of it."""


def a_value(column: Column[Any], number: int) -> Any:
    """Makes up a value that belongs to the repository of a number."""
    kind: Any = column.type
    if isinstance(kind, Utc):
        return NOW
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Json | JSON):
        return []
    if isinstance(kind, Float):
        return 0.5
    if isinstance(kind, LargeBinary):
        return b"x"
    if isinstance(kind, Integer):
        return number
    return f"{number}"


def fill(store: Store, number: int) -> None:
    """Puts one row of a repository into every table there is."""
    with store.engine.begin() as connection:
        for table in metadata.sorted_tables:
            values = {column.name: a_value(column, number) for column in table.columns}
            if "state" in values:
                values["state"] = "removed"
            connection.execute(table.insert().values(values))


def rows(store: Store, table: Table) -> int:
    with store.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_nothing_of_a_repository_is_left_in_any_table(store: Store) -> None:
    for number in (1, 2):
        fill(store, number)
    store.forgotten.add(1, NOW)
    left = {table: rows(store, table) for table in metadata.sorted_tables}
    expected = {table: 2 if table in OF_NO_REPOSITORY else 1 for table in left}
    assert {table.name: many for table, many in left.items()} == {
        table.name: many for table, many in expected.items()
    }
    with store.engine.connect() as connection:
        assert connection.execute(select(lease.c.name)).scalars().all() == ["2"]
    assert store.repositories.get(2) is not None


@pytest.mark.parametrize(
    ("removed_at", "state", "due"),
    [
        (None, None, False),
        (None, "active", False),
        (None, "suspended", False),
        (later(-1), "active", True),
        (NOW, None, True),
        (later(1), "active", False),
        (later(-1), "suspended", True),
        (None, "removed", True),
        (later(1), "removed", True),
    ],
)
def test_what_is_due(store: Store, removed_at: datetime | None, state: Any, due: bool) -> None:
    store.repositories.save(a_repository())
    if removed_at:
        store.repositories.remove(1, removed_at)
    if state:
        store.repositories.set_installation_state(7, state, later(-5))
    assert [one.id for one in store.forgotten.due(NOW)] == ([1] if due else [])


def test_the_first_time_of_a_removal_counts(store: Store) -> None:
    store.repositories.save(a_repository())
    for at in (NOW, later(60)):
        store.repositories.remove(1, at)
        store.repositories.set_installation_state(7, "removed", at)
    assert [one.id for one in store.forgotten.due(NOW)] == [1]


def test_what_is_back_is_not_due(store: Store) -> None:
    store.repositories.save(a_repository())
    store.repositories.remove(1, NOW)
    store.repositories.set_installation_state(7, "removed", NOW)
    assert store.repositories.installed() == frozenset()
    store.repositories.save(a_repository(installation_id=8))
    assert store.forgotten.due(later(1)) == []
    assert store.repositories.installed() == {1}


def test_what_is_suspended_is_installed(store: Store) -> None:
    store.repositories.save(a_repository())
    store.repositories.set_installation_state(7, "suspended", NOW)
    assert store.repositories.installed() == {1}


def test_an_installation_goes_with_its_last_repository(store: Store) -> None:
    for number in (1, 2):
        store.repositories.save(a_repository(id=number, name=f"n{number}"))
    store.repositories.set_installation_state(7, "removed", NOW)
    store.forgotten.add(1, NOW)
    assert not store.repositories.active(2)
    store.forgotten.add(2, NOW)
    # Known no more, it counts as there: nothing else is known of it.
    store.repositories.save(a_repository(id=3))
    assert store.repositories.active(3)


def test_a_removed_installation_without_repositories_goes_in_time(store: Store) -> None:
    store.repositories.save(a_repository(installation_id=8))
    for number in (7, 8):
        store.repositories.set_installation_state(number, "removed", NOW)
    store.repositories.set_installation_state(9, "active", NOW)

    def known() -> list[int]:
        with store.engine.connect() as connection:
            found = select(installation.c.id).order_by(installation.c.id)
            return list(connection.execute(found).scalars())

    store.forgotten.prune_installations(later(-1))
    assert known() == [7, 8, 9]
    store.forgotten.prune_installations(NOW)
    assert known() == [8, 9]


def test_an_installation_that_goes_on_stays(store: Store) -> None:
    store.repositories.save(a_repository())
    store.repositories.set_installation_state(7, "suspended", NOW)
    store.forgotten.add(1, NOW)
    store.repositories.save(a_repository(id=2))
    assert not store.repositories.active(2)


def test_a_note_is_left(store: Store) -> None:
    store.repositories.save(a_repository())
    store.runs.create(a_run("one"))
    store.forgotten.add(1, NOW)
    assert store.forgotten.notes() == [Note(repository_id=1, runs=["one"], at=NOW)]
    # It came back, and is deleted again.
    store.repositories.save(a_repository())
    store.runs.create(a_run("two"))
    store.forgotten.add(1, later(9))
    assert store.forgotten.notes() == [Note(repository_id=1, runs=["one", "two"], at=later(9))]
    store.forgotten.prune(later(9))
    assert len(store.forgotten.notes()) == 1
    store.forgotten.prune(later(10))
    assert store.forgotten.notes() == []
