"""Copying all that is kept on SQLite while it is in use, and going on from the copy."""

import io
import sqlite3
import stat
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from rich.console import Console

from app.artifacts.folder import Folder
from app.backup import backup
from app.errors import UserError
from app.queue.work_queue import WorkQueue
from app.settings import Settings, load
from app.signing import KEYS_FILE, signing_keys
from app.store import Store, migrate, open_store, standing
from tests.stored import a_reply, a_repository, an_ask
from tests.unit.artifacts.made import FILES, NAME, trained


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = load({}, data_dir=tmp_path / "data")
    migrate(made)
    return made


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings)
    opened.repositories.save(a_repository())
    yield opened
    opened.close()


def copied(settings: Settings, target: Path) -> str:
    """Makes a backup; returns what was said."""
    console = Console(file=io.StringIO(), width=300)
    backup(settings, target, console=console)
    said = console.file
    assert isinstance(said, io.StringIO)
    return said.getvalue()


def restored(archive: Path, folder: Path) -> Settings:
    """Does what docs/data.md says: unpacks the file into an empty folder."""
    folder.mkdir()
    subprocess.run(["tar", "-xpf", archive, "-C", folder], check=True)
    return load({}, data_dir=folder)


def names(archive: Path) -> list[str]:
    with tarfile.open(archive) as tar:
        return sorted(tar.getnames())


def test_all_is_there_again(settings: Settings, store: Store, tmp_path: Path) -> None:
    reply = store.replies.add(a_reply())
    keys = signing_keys(settings)
    Folder(settings.data_dir / "adapters").put(NAME, trained(tmp_path / "a"))
    with closing(WorkQueue(settings)) as queue:
        queue.put("ask", "ask:N1:c1", ["ask:N1:c1"])
    said = copied(settings, tmp_path / "copy.tar")
    assert "copy.tar was written" in said
    assert "Postgres" not in said

    again = restored(tmp_path / "copy.tar", tmp_path / "again")
    assert standing(again) == "newest"
    opened = open_store(again)
    assert opened.replies.by_id(reply.id) == reply
    opened.close()
    assert signing_keys(again) == keys
    assert Folder(again.data_dir / "adapters").fetch(NAME, FILES)
    with closing(WorkQueue(again)) as queue:
        assert queue.unfinished() == ["ask:N1:c1"]
    migrate(again)


def test_only_its_owner_may_read_it(settings: Settings, store: Store, tmp_path: Path) -> None:
    signing_keys(settings)
    copied(settings, tmp_path / "copy.tar")
    assert stat.S_IMODE((tmp_path / "copy.tar").stat().st_mode) == 0o600
    folder = restored(tmp_path / "copy.tar", tmp_path / "again").data_dir
    for name in ("treadle.db", "queue.db", KEYS_FILE):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again", "copy.tar", "data"]


def test_what_can_be_made_anew_is_left_out(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    data = settings.data_dir
    for path in (
        "knowledge/1/7/a1/tree.json",
        "training/one/checkpoint/dpo/model.safetensors",
        "training/one/spec.json",
        "adapters/.new/x.json",
    ):
        (data / path).parent.mkdir(parents=True, exist_ok=True)
        (data / path).write_text("{}")
    (data / "worker-w1.lock").touch()
    (data / "app.json").write_text("{}")
    copied(settings, tmp_path / "copy.tar")
    assert names(tmp_path / "copy.tar") == [
        "adapters",
        "app.json",
        "queue.db",
        "training",
        "training/one",
        "training/one/spec.json",
        "treadle.db",
    ]


def test_it_is_whole_while_others_write(settings: Settings, store: Store, tmp_path: Path) -> None:
    stop = threading.Event()
    written: list[str] = []

    def write() -> None:
        while not stop.is_set():
            ask = an_ask(f"N{len(written)}")
            store.asks.open(ask)
            written.append(ask.key)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        while len(written) < 20:
            stop.wait(0.01)
        before = len(written)
        copied(settings, tmp_path / "copy.tar")
    finally:
        stop.set()
        thread.join()
    opened = open_store(restored(tmp_path / "copy.tar", tmp_path / "again"))
    kept = opened.forgotten.asks(1)
    opened.close()
    assert before <= len(kept) <= len(written)
    assert set(kept) == set(written[: len(kept)])


def test_databases_elsewhere_are_copied_too(tmp_path: Path) -> None:
    settings = load(
        {}, data_dir=tmp_path / "data", database_url=f"sqlite:///{tmp_path / 'far' / 'bot.db'}"
    )
    migrate(settings)
    copied(settings, tmp_path / "copy.tar")
    assert names(tmp_path / "copy.tar") == ["queue.db", "treadle.db"]


@pytest.mark.parametrize(
    ("folder", "database"),
    [
        ("link", ""),
        ("link", "sqlite:///data/treadle.db"),
        ("link", "sqlite:///data/my.db"),
        ("data", "sqlite:///data/my.db"),
        ("data", "sqlite:///link/my.db"),
    ],
)
def test_of_a_live_database_there_is_the_copy_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, database: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to("data")
    settings = load({}, data_dir=Path(folder), database_url=database)
    migrate(settings)
    store = open_store(settings)
    store.repositories.save(a_repository())
    if "my.db" in database:
        (tmp_path / "data" / "treadle.db").write_bytes(b"an older one")
    said = copied(settings, tmp_path / "copy.tar")
    store.close()
    assert names(tmp_path / "copy.tar") == ["queue.db", "treadle.db"]
    assert ("treadle.db is not in it: the database in use is" in said) is ("my.db" in database)
    opened = open_store(restored(tmp_path / "copy.tar", tmp_path / "again"))
    assert opened.repositories.all() == [a_repository()]
    opened.close()


def test_of_postgres_the_rest_is_copied_and_said(tmp_path: Path) -> None:
    settings = load({}, data_dir=tmp_path / "data", database_url="postgresql://a@h/b")
    Folder(settings.data_dir / "adapters").put(NAME, trained(tmp_path / "a"))
    said = copied(settings, tmp_path / "copy.tar")
    assert "pg_dump --schema=treadle --schema=dbos" in said
    assert names(tmp_path / "copy.tar")[:2] == ["adapters", f"adapters/{NAME}"]


def test_nothing_is_written_over(settings: Settings, store: Store, tmp_path: Path) -> None:
    (tmp_path / "copy.tar").write_text("mine")
    with pytest.raises(UserError, match="is there already"):
        copied(settings, tmp_path / "copy.tar")
    assert (tmp_path / "copy.tar").read_text() == "mine"


@pytest.mark.parametrize(
    ("target", "words"),
    [("data/copy.tar", "inside of the data folder"), ("none/copy.tar", "cannot be written: No")],
)
def test_a_place_that_will_not_do_is_named(
    settings: Settings, tmp_path: Path, target: str, words: str
) -> None:
    with pytest.raises(UserError, match=words):
        copied(settings, tmp_path / target)


def test_where_there_is_nothing_yet_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"queue\.db, .*treadle\.db is not there"):
        copied(load({}, data_dir=tmp_path / "data"), tmp_path / "copy.tar")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_database_is_said_and_nothing_left(settings: Settings, tmp_path: Path) -> None:
    path = settings.data_dir / "treadle.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(UserError, match=r"treadle\.db (is damaged|cannot be copied)"):
        copied(settings, tmp_path / "copy.tar")
    assert not (tmp_path / "copy.tar").exists()
