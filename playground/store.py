"""Keeps the playground's values in one SQLite file, so that a restart finds them again."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path


class Store:
    """One table of JSON values by kind and key.

    Args:
        path: The file; None keeps nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._connection: sqlite3.Connection | None = None
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        # The world's lock serialises all use, from whichever thread it comes.
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS value ("
            "kind TEXT NOT NULL, key TEXT NOT NULL, json BLOB NOT NULL, PRIMARY KEY (kind, key))"
        )
        self._connection.commit()

    def read(self, kind: str) -> Iterator[bytes]:
        """The values of a kind in the order of their creation."""
        if self._connection is not None:
            for (json,) in self._connection.execute(
                "SELECT json FROM value WHERE kind = ? ORDER BY rowid", (kind,)
            ):
                yield json

    def write(self, kind: str, key: str, json: bytes) -> None:
        """Adds or replaces a value; durable after `commit`."""
        if self._connection is not None:
            self._connection.execute(
                "INSERT INTO value (kind, key, json) VALUES (?, ?, ?)"
                " ON CONFLICT (kind, key) DO UPDATE SET json = excluded.json",
                (kind, key, json),
            )

    def drop(self, kind: str, key: str) -> None:
        """Removes a value; durable after `commit`."""
        if self._connection is not None:
            self._connection.execute("DELETE FROM value WHERE kind = ? AND key = ?", (kind, key))

    def commit(self) -> None:
        """Makes what was written durable."""
        if self._connection is not None:
            self._connection.commit()

    def close(self) -> None:
        """Commits and lets go of the file."""
        if self._connection is not None:
            self._connection.commit()
            self._connection.close()
            self._connection = None
