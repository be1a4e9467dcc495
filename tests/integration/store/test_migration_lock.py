"""The lock for migrating, on both databases: who waits for it says so and ends in time."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from app.errors import ConfigError
from app.settings import Settings, load
from app.store import migrate, migration_lock, standing
from app.store.engine import open_database

LOCK = migration_lock.migration_lock


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migration_lock, "SAID_AFTER", 0.2)


def events(logs: Sequence[Mapping[str, object]]) -> list[object]:
    return [log["event"] for log in logs]


def test_a_lock_that_is_held_for_long_ends_the_start(
    empty_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migration_lock, "GIVEN_UP_AFTER", 0.6)
    engine = open_database(empty_settings)
    with (
        capture_logs() as logs,
        LOCK(empty_settings, engine),
        pytest.raises(ConfigError, match="has held the lock for migrating for minutes: end it"),
    ):
        migrate(empty_settings)
    assert events(logs) == ["migration.waiting"]
    assert standing(empty_settings) == "absent"
    migrate(empty_settings)
    engine.dispose()


def test_a_lock_that_is_given_back_lets_the_next_one_work(empty_settings: Settings) -> None:
    engine = open_database(empty_settings)
    with capture_logs() as logs:
        with LOCK(empty_settings, engine):
            thread = threading.Thread(target=migrate, args=(empty_settings,))
            thread.start()
            while not logs:
                thread.join(0.01)
        thread.join(60)
    engine.dispose()
    assert events(logs) == ["migration.waiting"]
    assert standing(empty_settings) == "newest"


@pytest.mark.postgres
def test_a_lock_that_is_in_another_session_is_told(postgres_url: str) -> None:
    settings = load({}, database_url=postgres_url)
    engine = open_database(settings)

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def _elsewhere(
        _connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any
    ) -> tuple[str, Any]:
        # As behind a pooler that had another session answer.
        return statement.replace("pg_catalog.pg_try_advisory_lock", "abs"), parameters

    with capture_logs() as logs, LOCK(settings, engine):
        pass
    engine.dispose()
    assert events(logs) == ["migration.lock_elsewhere"]
