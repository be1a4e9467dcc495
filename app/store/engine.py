"""Connections to the database: SQLite in WAL, or Postgres."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from app.settings import Settings

BUSY_SECONDS = 30.0
# Writers on SQLite take the lock at once: one that read first could not wait for another.
WRITING = "treadle_writing"


def open_engine(
    url: str, *, foreign_keys: bool = True, pool_size: int = 8, schema: str = ""
) -> Engine:
    """Makes an engine; nothing is connected yet.

    What is written is people's text, so errors name the statement but not its values.

    Args:
        url: SQLAlchemy URL with its driver named, as `Settings.database`.
        foreign_keys: whether SQLite checks foreign keys; Postgres always does.
        pool_size: connections held open at most; on Postgres also those there are at most.
        schema: where on Postgres tables are that name none; SQLite has none.
    """
    target = make_url(url)
    if target.get_backend_name() != "sqlite":
        return create_engine(
            target,
            pool_pre_ping=True,
            pool_size=pool_size,
            max_overflow=0,
            hide_parameters=True,
            execution_options={"schema_translate_map": {None: schema}} if schema else {},
        )
    path = sqlite_file(url)
    if path is not None:
        make_private(path)
    engine = create_engine(
        target,
        pool_size=pool_size,
        connect_args={"timeout": BUSY_SECONDS},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # The driver's own BEGIN comes late and never as IMMEDIATE: `_begin` sends it.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(WRITING, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def open_database(settings: Settings, **options: Any) -> Engine:
    """Makes the engine of Treadle's own tables."""
    if sqlite_file(settings.database) is None:
        options = {"pool_size": settings.database_connections, **options}
    return open_engine(settings.database, schema=settings.database_schema, **options)


def sqlite_file(url: str) -> Path | None:
    """Returns the file behind an SQLite URL; None for another database."""
    target = make_url(url)
    if target.get_backend_name() != "sqlite" or not target.database:
        return None
    return Path(target.database)


def make_private(path: Path) -> None:
    """Makes an empty SQLite file and its folder for this account alone; what is there stays.

    Files that SQLite puts beside it get the same rights.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # One that is there must not be opened: closing it would give up this process's locks on it.
    # https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def use_wal(path: Path) -> None:
    """Puts an SQLite file into WAL mode, which it then keeps."""
    with sqlite3.connect(path, timeout=BUSY_SECONDS) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
