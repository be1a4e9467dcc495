import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from app.corpora import rows
from app.corpora.files import key
from app.corpora.files import rows as read
from app.errors import UserError
from tests.unit.corpora.made import row

VALUES = [{"b": 1, "a": "ü"}, {"b": 2, "a": "z"}]
LINES = "".join(json.dumps(value) + "\n" for value in VALUES)


def packed(path: Path) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write(LINES)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("c.jsonl", lambda path: path.write_text(LINES)),
        ("c.jsonl", lambda path: path.write_text(LINES.replace("\n", "\n\n"))),
        ("c.jsonl.gz", packed),
        (
            "c.parquet",
            lambda path: pyarrow.parquet.write_table(pyarrow.Table.from_pylist(VALUES), path),
        ),
    ],
)
def test_rows_are_the_same_in_every_kind_of_file(
    tmp_path: Path, name: str, write: Callable[[Path], None]
) -> None:
    write(tmp_path / name)

    found = list(read(tmp_path / name))

    assert found == VALUES
    assert [key(one) for one in found] == [key(one) for one in VALUES]
    assert key({"a": "ü", "b": 1}) == key(VALUES[0]) != key(VALUES[1])


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("c.jsonl", b'{"a": 1}\nnot\n', "line 2: this is no JSON"),
        ("c.jsonl", b"\xff\n", "no UTF-8"),
        ("c.jsonl", None, "cannot be read"),
        ("c.jsonl.gz", b"not packed", "damaged"),
        ("c.jsonl.gz", gzip.compress(b"{}\n" * 99)[:10] + b"\xff" * 99, "damaged"),
        ("c.parquet", b"nonsense", "no Parquet"),
        ("c.csv", b"a,b\n", "no corpus by its name"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    tmp_path: Path, name: str, data: bytes | None, message: str
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)

    with pytest.raises(UserError, match=message):
        list(read(tmp_path / name))


def test_a_line_that_is_no_object_is_shown_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text('"text"\n')

    assert list(read(tmp_path / "c.jsonl")) == [{"value": "text"}]


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    given = [row(), row(label=False, odds=-1.5, split="test", answer="\u2028\n")]

    rows.write(path, map(rows.values, given))

    assert rows.read(read(path), path) == given


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "other"},
        {"label": "yes"},
        {"answer": None},
        {"sources": []},
        {"sources": ["a"] * 10},
        {"split": "dev"},
        {"asked": 1},
    ],
)
def test_what_is_no_row_is_told_with_its_number(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "c.jsonl"
    rows.write(path, [rows.values(row()), rows.values(row()) | change])

    with pytest.raises(UserError, match="row 2"):
        rows.read(read(path), path)


def test_half_of_a_character_is_told(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text(json.dumps(rows.values(row(answer="\ud800"))))

    with pytest.raises(UserError, match="half of a character"):
        rows.read(read(path), path)


def test_no_rows_are_told(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text("")

    with pytest.raises(UserError, match="no rows"):
        rows.read(read(tmp_path / "c.jsonl"), tmp_path / "c.jsonl")
