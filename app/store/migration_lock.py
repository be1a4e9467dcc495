"""The lock that lets one process at a time migrate. Who waits for it says so, and not for ever."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import structlog
from sqlalchemy import Engine, text

from app.errors import ConfigError
from app.settings import Settings
from app.store.engine import make_private, sqlite_file

log = structlog.get_logger()

# Any number that no other program takes as its advisory lock on the same database.
NUMBER = 0x7472_6561_646C
SAID_AFTER = 5.0
"""Seconds of waiting after which that is logged."""
GIVEN_UP_AFTER = 300.0
"""Seconds of waiting after which the start ends; migrating all at once takes a few."""
_BETWEEN = 0.1

_HELD = "another process has held the lock for migrating for minutes: end it"
_ON_POSTGRES = (
    f"{_HELD}. Where none is at work, a pooler in transaction mode may hold it: set that to "
    "session mode, and end the session that SELECT pid FROM pg_locks WHERE locktype = 'advisory' "
    f"AND objid = {NUMBER & 0xFFFF_FFFF} names"
)


@contextmanager
def migration_lock(settings: Settings, engine: Engine) -> Iterator[None]:
    """Holds the lock inside the block; a process that is killed gives it back.

    Raises:
        ConfigError: another process held it for longer than `GIVEN_UP_AFTER`.
    """
    path = sqlite_file(settings.database)
    with _on_postgres(engine) if path is None else _on_sqlite(path):
        yield


@contextmanager
def _on_postgres(engine: Engine) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:

        def ask(function: str) -> bool:
            # The schema's name in front: a search path may lead to others' functions.
            question = text(f"SELECT pg_catalog.{function}(:number)")
            return bool(connection.execute(question, {"number": NUMBER}).scalar())

        # Asked for again and again, not waited for in the server: the queue's migrations
        # build indexes concurrently, and those wait for every statement that runs.
        _wait(lambda: ask("pg_try_advisory_lock"), _ON_POSTGRES)
        try:
            yield
        finally:
            if not ask("pg_advisory_unlock"):
                # It stays locked in the session that took it, for as long as that is pooled.
                log.warning("migration.lock_elsewhere", remedy="set the pooler to session mode")


@contextmanager
def _on_sqlite(database: Path) -> Iterator[None]:
    """An SQLite file is a lock that works on every system."""
    path = database.with_name(database.name + ".migrating")
    make_private(path)
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:

        def ask() -> bool:
            try:
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
                return False
            return True

        _wait(ask, f"{_HELD}; it has {path} open")
        yield


def _wait(ask: Callable[[], bool], fault: str) -> None:
    begun = time.monotonic()
    said = False
    while not ask():
        waited = time.monotonic() - begun
        if waited >= GIVEN_UP_AFTER:
            raise ConfigError([fault])
        if waited >= SAID_AFTER and not said:
            said = True
            log.warning("migration.waiting", cause="another process is migrating the database")
        time.sleep(_BETWEEN)
