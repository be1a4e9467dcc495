"""What `treadle backup` does: copies all that cannot be made anew into one file.

Processes may go on meanwhile. The queue is copied before the store: what happens in between is
then work that the copy has as still to be done, and doing it again does no harm; the other way
round it would be done according to the queue, and missing.
"""

import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator, Set
from contextlib import closing, suppress
from pathlib import Path

from rich.console import Console

from app.errors import UserError
from app.settings import Settings
from app.store.engine import sqlite_file

STORE, QUEUE = "treadle.db", "queue.db"
"""What the databases are named in a backup, wherever they are."""
_MADE_ANEW = frozenset({"knowledge", "checkpoint"})
"""Folders that are left out: indexes, and how far a training run has come."""
_PASSING = (".lock", ".migrating", "-wal", "-shm", "-journal")


def backup(settings: Settings, target: Path, *, console: Console) -> None:
    """Writes a tar file that only this account may read: it holds keys.

    In it are, on SQLite, both databases, and of `DATA_DIR` all but indexes and checkpoints.

    Args:
        settings: as `settings.load` returns them.
        target: the file to write; it must not be there yet.
        console: where all is shown.

    Raises:
        UserError: the file cannot be written, or there is nothing to copy.
    """
    # Resolved, so that one file has one path: a live database must not be taken for another.
    data = settings.data_dir.resolve()
    if target.resolve().is_relative_to(data):
        raise UserError(f"{target} is inside of the data folder: choose a file elsewhere.")
    databases = {
        name: path.resolve()
        for name, url in ((QUEUE, settings.queue_database), (STORE, settings.database))
        if (path := sqlite_file(url)) is not None
    }
    missing = [str(path) for path in databases.values() if not path.exists()]
    if missing or not data.is_dir():
        raise UserError(
            f"There is nothing to copy: {', '.join(missing) or data} is not there. Check "
            "TREADLE_DATA_DIR and TREADLE_DATABASE_URL."
        )
    try:
        size = _write(target, data, databases)
    except FileExistsError:
        raise UserError(f"{target} is there already: choose another name.") from None
    except OSError as error:
        raise UserError(f"{target} cannot be written: {error.strerror}.") from error
    console.print(f"{target} was written ({size / 1e6:.1f} MB). It holds keys: keep it as safe.")
    for name, path in databases.items():
        if (data / name).exists() and (data / name).resolve() != path:
            console.print(f"{data / name} is not in it: the database in use is {path}.")
    if not databases:
        console.print(
            "The database is Postgres and not in it; copy both schemas too: pg_dump "
            f"--schema={settings.database_schema} --schema={settings.queue_schema} --format=custom"
        )


def _write(target: Path, data: Path, databases: dict[str, Path]) -> int:
    """Writes the file; returns its size in bytes. One that fails leaves nothing behind."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with (
            os.fdopen(descriptor, "wb") as file,
            # Beside the target, where there is room for it, and not in a /tmp of main memory.
            tempfile.TemporaryDirectory(dir=target.absolute().parent) as aside,
            tarfile.open(fileobj=file, mode="w") as tar,
        ):
            for name, path in databases.items():
                copy = Path(aside) / name
                _copy(path, copy)
                tar.add(copy, name)
            # An older file with a database's name would be unpacked over that one.
            apart = {*databases.values(), *(data / name for name in databases)}
            for path in _files(data, apart):
                # An adapter may be deleted meanwhile.
                with suppress(FileNotFoundError):
                    tar.add(path, str(path.relative_to(data)), recursive=False)
            file.flush()
            os.fsync(file.fileno())
        return target.stat().st_size
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _copy(source: Path, target: Path) -> None:
    """Copies an SQLite file as it is at one moment, while others write to it.

    https://www.sqlite.org/backup.html

    Raises:
        UserError: the file is damaged.
    """
    target.touch(mode=0o600)
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy)
            sound = copy.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise UserError(f"{source} cannot be copied: {error}.") from error
    if sound != "ok":
        raise UserError(f"{source} is damaged, so it was not copied: {sound}.")


def _files(folder: Path, apart: Set[Path]) -> Iterator[Path]:
    """Goes over what is in `DATA_DIR` and cannot be made anew, but for the files `apart`."""
    try:
        found = sorted(folder.iterdir())
    except FileNotFoundError:
        return  # an adapter was just deleted
    for path in found:
        # What is being written has a dot in front until it is whole.
        if path.name in _MADE_ANEW or path.name.startswith(".") or path in apart:
            continue
        if path.is_symlink() or path.name.endswith(_PASSING):
            continue
        yield path
        if path.is_dir():
            yield from _files(path, apart)
