"""Tables that anybody may have written: each fault with its row, and bounds."""

import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.errors import UserError
from app.exchange import reading

from .files import GOOD, faults, numbered, read, table


def no_words() -> Any:
    """Returns two texts, the second of which is no UTF-8."""
    pyarrow = pytest.importorskip("pyarrow")
    raw = pyarrow.array([b"Here.", b"\xff"])
    return pyarrow.Array.from_buffers(pyarrow.string(), 2, raw.buffers())


def times(*micros: int, zone: str = "UTC") -> Any:
    pyarrow = pytest.importorskip("pyarrow")
    return pyarrow.array(micros, pyarrow.timestamp("us", tz=zone))


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("chosen", no_words, ["2: “chosen” cannot be read"]),
        ("created_at", lambda: times(0, 2**62), ["1: “created_at” has", "2: “created_at” c"]),
        (
            "created_at",
            lambda: times(1, 2, zone="No/Where"),
            ["1: “created_at” c", "2: “created_at” c"],
        ),
        ("chosen", lambda: [b"a", b"b"], ["1: “chosen” has to be a text", "2: “chosen” has to"]),
        ("people", lambda: [["ann"], [None]], ["2: “people” is missing"]),
        ("urls", lambda: [[{"a": 1}], []], ["1: “urls” has to be a text, and is an object"]),
        ("weight", lambda: [0.5, float("nan")], ["2: “weight” has to be a number"]),
    ],
)
def test_what_a_table_holds_is_told_with_its_row(
    tmp_path: Path, column: str, values: Callable[[], Any], told: list[str]
) -> None:
    path = table(
        tmp_path / "rows.parquet",
        {**{name: [value] * 2 for name, value in GOOD.items()}, column: values()},
    )
    found = faults(path)
    assert len(found) == len(told)
    assert all(one.startswith(f", row {said}") for one, said in zip(found, told, strict=True))


def test_columns_of_a_table_that_are_not_wanted_are_not_read(tmp_path: Path) -> None:
    path = table(
        tmp_path / "rows.parquet", {**{k: [v] * 2 for k, v in GOOD.items()}, "x": no_words()}
    )
    assert len(read(path)) == 1
    other = table(tmp_path / "other.parquet", {"x": [1], "y": [2]})
    with pytest.raises(UserError, match="none of these columns: kind, prompt"):
        read(other)


def test_a_row_of_a_table_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = numbered(2)
    columns = {name: [first[name], second[name]] for name in GOOD}
    path = table(tmp_path / "rows.parquet", {**columns, "urls": [[], [""] * 10_000]})
    monkeypatch.setattr(reading, "LONGEST_LINE", 10_000)
    assert faults(path) == [", row 2: the row is longer than 10,000 bytes"]


def test_damaged_tables_are_read_or_told(tmp_path: Path) -> None:
    columns = {name: [row[name] for row in numbered(9)] for name in GOOD}
    path = table(tmp_path / "rows.parquet", columns)
    whole, drawn, refused = path.read_bytes(), random.Random(7), 0
    for _ in range(500):
        data = bytearray(whole)
        data[drawn.randrange(len(data))] = drawn.randrange(256)
        path.write_bytes(data)
        try:
            read(path)
        except UserError:
            refused += 1
    assert refused > 100


def test_times_of_tables_are_read(tmp_path: Path) -> None:
    columns = {name: [value] * 2 for name, value in GOOD.items()}
    rows = read(table(tmp_path / "rows.parquet", {**columns, "created_at": times(10**15, 10**15)}))
    assert [(row.created_at.year, type(row.created_at)) for row in rows] == [(2001, datetime)]
