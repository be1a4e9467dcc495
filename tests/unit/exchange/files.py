"""Files of rows, and what is read of them or told."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.domain import PreferenceRow
from app.exchange import reading
from app.exchange.formats import format_of
from app.exchange.names import Name
from tests.stored import NOW

GOOD = {"kind": "pair", "prompt": "Where?", "chosen": "Here.", "rejected": "There."}


def written(tmp_path: Path, *lines: object, name: str = "rows.jsonl") -> Path:
    path = tmp_path / name
    said = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    path.write_bytes(b"\n".join(said) + b"\n")
    return path


def read(path: Path, name: Name = Name.NATIVE) -> list[PreferenceRow]:
    return list(reading.rows(path, format_of(name), NOW))


def numbered(count: int) -> list[dict[str, str]]:
    return [{**GOOD, "prompt": f"Where is {number}?"} for number in range(count)]


def faults(path: Path, name: Name = Name.NATIVE) -> list[str]:
    with pytest.raises(reading.Faulty) as caught:
        list(reading.rows(path, format_of(name), NOW))
    first, *told = str(caught.value).splitlines()
    assert first.startswith("Nothing was imported.")
    return [line.strip().removeprefix(str(path)) for line in told]


def table(path: Path, columns: dict[str, Any]) -> Path:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.table(columns), path)
    return path
