"""`treadle forget`: asks, and deletes all of a repository without a GitHub App."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.errors import UserError
from app.settings import load
from app.store import Store, migrate, open_store
from tests.stored import NOW, a_reply, a_repository

RUNNER = CliRunner()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("TREADLE_DATA_DIR", str(folder))
    settings = load({}, data_dir=folder)
    migrate(settings)
    store = open_store(settings)
    store.repositories.save(a_repository())
    store.repositories.save(a_repository(id=2, name="warp"))
    store.replies.add(a_reply())
    store.close()
    (folder / "knowledge" / "1" / "1" / "a1").mkdir(parents=True)
    return folder


def opened(data: Path) -> Store:
    return open_store(load({}, data_dir=data))


@pytest.mark.parametrize(
    ("options", "typed", "code"), [([], "n\n", 1), ([], "", 1), ([], "y\n", 0), (["--yes"], "", 0)]
)
def test_it_deletes_where_the_answer_is_yes(
    data: Path, options: list[str], typed: str, code: int
) -> None:
    result = RUNNER.invoke(app, ["forget", "Ann/Loom", *options], input=typed)
    assert result.exit_code == code, result.output
    assert "Of ann/loom is kept: 0 questions, 0 training runs" in result.output
    assert "The App is still on it" in result.output
    store = opened(data)
    assert [one.id for one in store.repositories.all()] == ([2] if code == 0 else [1, 2])
    assert (store.replies.by_comment(1, 30) is None) is (code == 0)
    store.close()
    assert (data / "knowledge" / "1" / "1").exists() is (code != 0)


def test_one_that_was_removed_is_found(data: Path) -> None:
    store = opened(data)
    store.repositories.remove(1, NOW)
    store.close()
    result = RUNNER.invoke(app, ["forget", "ann/loom", "--yes"])
    assert result.exit_code == 0
    assert "still on it" not in result.output


def test_all_that_had_the_name_are_deleted(data: Path) -> None:
    store = opened(data)
    store.repositories.remove(1, NOW)
    store.repositories.save(a_repository(id=3, name="Loom"))
    store.close()
    result = RUNNER.invoke(app, ["forget", "ann/loom", "--yes"])
    assert result.exit_code == 0
    assert "2 repositories had this name" in result.output
    assert result.output.count("is kept: 0 questions") == 2
    assert result.output.count("still on it") == 1
    store = opened(data)
    assert [store.repositories.get(number) is None for number in (1, 2, 3)] == [True, False, True]
    store.close()


@pytest.mark.parametrize("name", ["ann/weft", "ann", "", "[red]/x"])
def test_an_unknown_one_is_said(data: Path, name: str) -> None:
    result = RUNNER.invoke(app, ["forget", name, "--yes"])
    assert isinstance(result.exception, UserError)
    assert str(result.exception) == f"Nothing is kept of {name}."
