"""Deleted rows are in no byte of an SQLite database's files once it is compacted."""

from pathlib import Path

import pytest
from sqlalchemy import text

from app.errors import TransientError
from app.settings import load
from app.store import Store, migrate, open_store
from app.store.compacting import compact
from tests.scanning import files_with
from tests.stored import a_reply, a_repository


@pytest.fixture
def kept(tmp_path: Path) -> Store:
    settings = load({}, data_dir=tmp_path)
    migrate(settings)
    store = open_store(settings)
    store.repositories.save(a_repository())
    for number in range(30, 90):
        store.replies.add(a_reply(number, question=f"quagga {number} " * 50))
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM reply"))
    return store


def test_deleted_bytes_are_gone(kept: Store, tmp_path: Path) -> None:
    assert files_with(tmp_path, "quagga")
    compact(kept.engine)
    assert files_with(tmp_path, "quagga") == []
    kept.close()


def test_who_reads_meanwhile_is_told(
    kept: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.store.engine.BUSY_SECONDS", 0.05)
    other = open_store(load({}, data_dir=tmp_path))
    with kept.engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM reply")).all()
        with pytest.raises(TransientError, match="database"):
            compact(other.engine)
    compact(other.engine)
    assert files_with(tmp_path, "quagga") == []
    other.close()
    kept.close()


def test_other_databases_are_left_alone(store: Store) -> None:
    compact(store.engine)
    store.repositories.save(a_repository())
    assert store.repositories.get(1) is not None
