"""One migrated database on Postgres that tests use one after another, and that is empty each time.

Making a database from a template and dropping it takes longer than most tests that want one.
"""

from collections.abc import Callable

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

OURS = "nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"
TABLES = f"""
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND {OURS} ORDER BY 1
"""
SHAPE = f"""
    SELECT md5(string_agg(one, ',' ORDER BY one)) FROM (
        SELECT concat_ws(' ', c.oid, c.relname, c.relacl, c.relowner, a.attname, a.atttypid,
            a.attnotnull, n.nspacl) FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace AND {OURS}
            LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        UNION ALL SELECT concat_ws(' ', nspname, nspacl, nspowner) FROM pg_namespace WHERE {OURS}
        UNION ALL SELECT concat_ws(' ', setdatabase, setrole, setconfig) FROM pg_db_role_setting
    ) AS found (one)
"""
"""Tables, columns and rights, in one word."""
OTHERS = """
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
RESTART = """
    SELECT format('ALTER SEQUENCE %I.%I RESTART', schemaname, sequencename)
    FROM pg_sequences WHERE last_value IS NOT NULL
"""


class Emptied:
    """A database that has the tables of a template.

    Args:
        create: makes such a database and returns its name.
        drop: removes one.
        url: returns the address of one.
    """

    def __init__(
        self,
        create: Callable[[], str],
        drop: Callable[[str], None],
        url: Callable[[str], str],
    ) -> None:
        self._create, self._drop, self._url = create, drop, url
        self._make()

    @property
    def url(self) -> str:
        """Its address, until the next `empty`."""
        return self._url(self._name)

    def empty(self) -> None:
        """Ends all connections and removes all rows but those of the migrations.

        Where more than rows was changed it is made anew.
        """
        with self._engine.begin() as connection:
            connection.execute(text(OTHERS))
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for table in self._filled:
                connection.execute(text(f"DELETE FROM {table}"))
            for (restart,) in connection.execute(text(RESTART)).all():
                connection.execute(text(restart))
            same = self._found(connection) == self._made
        if not same:
            self.end()
            self._make()

    def end(self) -> None:
        """Removes it."""
        self._engine.dispose()
        self._drop(self._name)

    def _make(self) -> None:
        self._name = self._create()
        self._engine = create_engine(self.url, poolclass=NullPool)
        with self._engine.connect() as connection:
            tables = [str(name) for (name,) in connection.execute(text(TABLES))]
            self._kept = [name for name in tables if _rows(connection, name)]
            self._filled = [name for name in tables if name not in self._kept]
            self._made = self._found(connection)

    def _found(self, connection: Connection) -> list[object]:
        """What has to be as it was made: the shape, and what the migrations wrote."""
        rows = [_rows(connection, name) for name in self._kept]
        return [connection.execute(text(SHAPE)).scalar_one(), *rows]


def _rows(connection: Connection, table: str) -> list[str]:
    found = connection.execute(text(f"SELECT t::text FROM {table} AS t ORDER BY 1"))
    return [str(row) for (row,) in found]
