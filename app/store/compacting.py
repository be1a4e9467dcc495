"""Makes what was deleted unreadable in the files of a database.

SQLite leaves the bytes of deleted rows in free pages, and old pages in its write-ahead log, until
they happen to be written over. So the file is written anew and the log cut to nothing.
https://www.sqlite.org/lang_vacuum.html https://www.sqlite.org/pragma.html#pragma_wal_checkpoint

On Postgres nothing is done here: its own vacuum frees the rows, and what its log and backups keep
is set there. https://www.postgresql.org/docs/current/routine-vacuuming.html
"""

import sqlite3
from contextlib import closing

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from app.errors import TransientError


def compact(engine: Engine) -> None:
    """Writes an SQLite database anew, so that nothing deleted is left in its files.

    Raises:
        TransientError: somebody has been reading or writing all the while.
    """
    if engine.dialect.name != "sqlite":
        return
    try:
        with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            found = cursor.fetchone()
    except (OperationalError, sqlite3.OperationalError) as error:
        raise TransientError("the database is in use, and could not be written anew") from error
    if found and found[0]:
        raise TransientError("the database is being read, and its log could not be cut")
