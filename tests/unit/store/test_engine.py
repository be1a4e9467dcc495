"""SQLite connections: WAL, foreign keys, writers that wait for each other."""

import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.store.engine import WRITING, make_private, open_engine, sqlite_file, use_wal


@pytest.mark.parametrize(("foreign_keys", "pragma"), [(True, 1), (False, 0)])
def test_pragmas(tmp_path: Path, foreign_keys: bool, pragma: int) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'new' / 'x.db'}", foreign_keys=foreign_keys)
    with engine.connect() as connection:
        values = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        ]
    engine.dispose()
    assert values == ["wal", pragma, 30_000, 2]


def test_foreign_keys_are_enforced(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE a (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE b (a_id INTEGER REFERENCES a (id))"))
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text("INSERT INTO b VALUES (1)"))
    engine.dispose()


def test_writers_that_read_first_lose_nothing(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.db'}")
    writer = engine.execution_options(**{WRITING: True})
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE n (value INTEGER)"))
        connection.execute(text("INSERT INTO n VALUES (0)"))

    def count() -> None:
        for _ in range(25):
            with writer.begin() as connection:
                value = connection.execute(text("SELECT value FROM n")).scalar_one()
                connection.execute(text("UPDATE n SET value = :value"), {"value": value + 1})

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT value FROM n")).scalar() == 100
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////a/b.db", Path("/a/b.db")),
        ("sqlite://", None),
        ("postgresql+psycopg://h/d", None),
    ],
)
def test_the_file_behind_a_url(url: str, path: Path | None) -> None:
    assert sqlite_file(url) == path


def test_wal_stays_with_the_file(tmp_path: Path) -> None:
    use_wal(tmp_path / "x.db")
    assert (tmp_path / "x.db").read_bytes()[18:20] == b"\x02\x02"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_and_its_folder_are_for_this_account_alone(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'new' / 'x.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE n (value INTEGER)"))
        assert mode(tmp_path / "new") == 0o700
        modes = {path.name: mode(path) for path in (tmp_path / "new").iterdir()}
    engine.dispose()
    assert modes == dict.fromkeys(["x.db", "x.db-shm", "x.db-wal"], 0o600)


def test_what_is_there_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    path = tmp_path / "x.db"
    path.write_bytes(b"mine")
    path.chmod(0o640)
    make_private(path)
    assert (mode(tmp_path), mode(path), path.read_bytes()) == (0o750, 0o640, b"mine")
