"""Looks for a text in all that a bot keeps: every file's bytes, every column of every table."""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path


def files_with(folder: Path, text: str) -> list[str]:
    """Returns the files below a folder whose bytes have a text, in small or capital letters.

    So free pages of databases and their logs are looked at too.
    """
    wanted = text.lower().encode()
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and wanted in path.read_bytes().lower()
    ]


def rows_with(folder: Path, text: str) -> list[str]:
    """Returns the columns of all SQLite databases below a folder that have a text in any row."""
    found = []
    for path in sorted(folder.rglob("*.db")):
        with closing(sqlite3.connect(path)) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (table,) in names.fetchall():
                cursor = connection.execute(f'SELECT * FROM "{table}"')
                columns = [column[0] for column in cursor.description]
                for row in cursor:
                    found += [
                        f"{path.name}: {table}.{column}"
                        for column, value in zip(columns, row, strict=True)
                        if any(text.lower() in one.lower() for one in _texts(value))
                    ]
    return sorted(set(found))


def _texts(value: object) -> Iterator[str]:
    """Yields the texts that a value is or has packed in it."""
    if isinstance(value, bytes):
        try:
            yield zlib.decompress(value).decode()
        except zlib.error:
            yield value.decode("latin-1")
    else:
        yield str(value)
