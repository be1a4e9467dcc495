"""Brings the databases to the newest schema: Treadle's own tables, and the queue's."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import alembic.command
import alembic.config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from dbos import DBOS
from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
)

from app.errors import ConfigError
from app.settings import Settings
from app.store.access import close_to_others
from app.store.engine import make_private, open_database, sqlite_file, use_wal
from app.store.migration_lock import migration_lock
from app.store.own_schema import former_revision, schema_of, settle

SCRIPTS = Path(__file__).parent / "migrations"

# https://www.postgresql.org/docs/current/errcodes-appendix.html
INSUFFICIENT_PRIVILEGE = "42501"

NEWER = (
    "the database was written by a newer version of Treadle: install that version, or restore "
    "the backup that was made before it"
)

Standing = Literal["absent", "older", "newest", "unknown"]
"""How a database's tables compare with this version's; `unknown` are those of a newer one."""


def migrate(settings: Settings, revision: str = "head") -> None:
    """Upgrades both databases; does nothing where they are new enough.

    Several processes may call this at once: one works, the others wait. On Postgres each call
    shuts other roles out of both schemas, whatever was made there or granted since.

    Args:
        settings: names the databases.
        revision: the Alembic revision to stop at; tests stop at older ones.

    Raises:
        ConfigError: a database cannot be reached or opened, the role lacks a right, or another
            process has been migrating for minutes.
    """
    with _reaching(settings):
        engine = open_database(settings, foreign_keys=False)
        try:
            with migration_lock(settings, engine):
                upgrade(engine, revision)
                _migrate_queue(settings)
                if schema_of(engine):
                    with engine.begin() as connection:
                        close_to_others(
                            connection, [settings.database_schema, settings.queue_schema]
                        )
        finally:
            engine.dispose()


def standing(settings: Settings) -> Standing:
    """Compares Treadle's own tables with what this version makes of them; changes nothing.

    Raises:
        ConfigError: the database cannot be reached or opened.
    """
    with _reaching(settings):
        path = sqlite_file(settings.database)
        if path is not None and not path.exists():
            return "absent"
        engine = open_database(settings)
        try:
            with engine.connect() as connection:
                current = _revision(connection, schema_of(engine))
        finally:
            engine.dispose()
    scripts = ScriptDirectory(str(SCRIPTS))
    if current is None:
        return "absent"
    if current == scripts.get_current_head():
        return "newest"
    known = {script.revision for script in scripts.walk_revisions()}
    return "older" if current in known else "unknown"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Upgrades Treadle's own tables in one transaction.

    Raises:
        ConfigError: a newer version has been at work here.
        RuntimeError: a row points to one that is not there; nothing was changed then.
    """
    config = alembic.config.Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    with engine.begin() as connection:
        schema = schema_of(engine)
        if schema:
            settle(connection, schema)
        config.attributes["connection"] = connection
        try:
            alembic.command.upgrade(config, revision)
        except CommandError:
            raise ConfigError([NEWER]) from None
        if schema:
            # In the same transaction: no table is ever seen open.
            close_to_others(connection, [schema])
        if engine.dialect.name == "sqlite":
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            if broken:
                tables = ", ".join(sorted({str(row[0]) for row in broken}))
                raise RuntimeError(f"rows without their parent after migrating: {tables}")


def _revision(connection: Connection, schema: str | None) -> str | None:
    """Returns what Treadle's tables are at, also where they are to be moved; None for none."""
    context = MigrationContext.configure(connection, opts={"version_table_schema": schema})
    found = context.get_current_revision()
    if found is None and schema:
        found = former_revision(connection, schema)[1] or None
    return found


@contextmanager
def _reaching(settings: Settings) -> Iterator[None]:
    """Says in words which database cannot be reached, without its password."""
    try:
        place = make_url(settings.database).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        # Without the cause, which may say the password.
        raise ConfigError(["TREADLE_DATABASE_URL cannot be read: check its form"]) from None
    try:
        yield
    except (OperationalError, InterfaceError, OSError, sqlite3.Error) as error:
        setting = "TREADLE_DATABASE_URL" if settings.database_url else "TREADLE_DATA_DIR"
        raise ConfigError(
            [f"the database {place} cannot be used: {_cause(error)}; check {setting}"]
        ) from error
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") != INSUFFICIENT_PRIVILEGE:
            raise
        raise ConfigError(
            [
                f"the database {place} cannot be used: {_cause(error)}; its role must "
                f"own the schemas {settings.database_schema} and {settings.queue_schema} with all "
                "in them, or be allowed to make them (GRANT CREATE ON DATABASE)"
            ]
        ) from error


def _cause(error: Exception) -> str:
    """Returns the first line of what the driver said."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    said = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    return said.splitlines()[0] if said else type(error).__name__


def _migrate_queue(settings: Settings) -> None:
    logging.getLogger("dbos").setLevel(logging.WARNING)
    path = sqlite_file(settings.queue_database)
    if path is not None:
        # Treadle's own tables may be in a file elsewhere.
        make_private(path)
    DBOS.migrate(settings.queue_database, schema=settings.queue_schema)
    if path is not None:
        use_wal(path)
