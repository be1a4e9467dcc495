"""Files are written whole or not at all, and nothing is replaced unasked."""

import json
import stat
from pathlib import Path

import pytest

from app.errors import UserError
from app.exchange.formats import format_of
from app.exchange.names import Name
from app.exchange.reading import rows
from app.exchange.writing import writing
from tests.stored import NOW

from .given import a_row

NATIVE = format_of(Name.NATIVE)


def test_what_breaks_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    with (
        pytest.raises(RuntimeError, match="broken"),
        writing(path, NATIVE, force=False) as write,
    ):
        write({"a": 1})
        raise RuntimeError("broken")
    assert list(tmp_path.iterdir()) == []


def test_what_breaks_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("before", "utf-8")
    with (
        pytest.raises(RuntimeError, match="broken"),
        writing(path, NATIVE, force=True) as write,
    ):
        write({"a": 1})
        raise RuntimeError("broken")
    assert path.read_text("utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_only_force_replaces_a_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("before", "utf-8")
    with pytest.raises(UserError, match="--force"), writing(path, NATIVE, force=False):
        pass
    assert path.read_text("utf-8") == "before"
    with writing(path, NATIVE, force=True) as write:
        write({"a": 1})
    assert path.read_text("utf-8") == '{"a": 1}\n'


def no_links(*_: object) -> None:
    raise PermissionError


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_came_meanwhile_stays(
    tmp_path: Path, links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not links:
        monkeypatch.setattr("os.link", no_links)
    path = tmp_path / "rows.jsonl"
    with pytest.raises(UserError, match="meanwhile"), writing(path, NATIVE, force=False):
        path.write_text("theirs", "utf-8")
    assert path.read_text("utf-8") == "theirs"
    assert list(tmp_path.iterdir()) == [path]


def test_files_are_written_where_there_are_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.link", no_links)
    path = tmp_path / "rows.jsonl"
    with writing(path, NATIVE, force=False) as write:
        write({"a": 1})
    assert path.read_text("utf-8") == '{"a": 1}\n'
    assert list(tmp_path.iterdir()) == [path]


def test_two_that_write_one_file_at_a_time_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    with (
        pytest.raises(UserError, match="meanwhile"),
        writing(path, NATIVE, force=False) as write,
    ):
        write({"a": 1})
        with writing(path, NATIVE, force=False) as other:
            other({"b": 2})
    assert path.read_text("utf-8") == '{"b": 2}\n'
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_as_long_as_names_are_is_no_hindrance(tmp_path: Path) -> None:
    path = tmp_path / f"{'a' * 249}.jsonl"
    with writing(path, NATIVE, force=False):
        pass
    assert path.exists()


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    with writing(path, NATIVE, force=False):
        assert [stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()] == [0o600]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "file"),
    [(Name.NATIVE, "rows.json"), (Name.MINIHF, "rows.jsonl"), (Name.COH, "rows.parquet")],
)
def test_a_name_that_does_not_fit_is_refused(tmp_path: Path, name: Name, file: str) -> None:
    with (
        pytest.raises(UserError, match="has to end in"),
        writing(tmp_path / file, format_of(name), force=False),
    ):
        pass


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(UserError, match="make its folder first"),
        writing(tmp_path / "none" / "rows.jsonl", NATIVE, force=False),
    ):
        pass


@pytest.mark.parametrize("file", ["rows.jsonl", "rows.jsonl.gz", "rows.parquet"])
def test_the_same_rows_are_the_same_bytes(tmp_path: Path, file: str) -> None:
    if file.endswith("parquet"):
        pytest.importorskip("pyarrow")
    made = []
    for _ in range(2):
        with writing(tmp_path / file, NATIVE, force=True) as write:
            for value in NATIVE.lay_out(a_row()):
                write(value)
        made.append((tmp_path / file).read_bytes())
    assert made[0] == made[1]


@pytest.mark.parametrize("name", [Name.ARGILLA, Name.MINIHF])
def test_documents_without_rows_are_documents(tmp_path: Path, name: Name) -> None:
    path = tmp_path / "rows.json"
    with writing(path, format_of(name), force=False):
        pass
    assert json.loads(path.read_text("utf-8")) in ([], {"responseDict": {}, "focusId": ""})
    assert list(rows(path, format_of(name), NOW)) == []
