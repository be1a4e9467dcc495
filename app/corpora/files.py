"""Reads the rows of any corpus: JSON lines, packed or not, and Parquet."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from app.errors import UserError

LONGEST = 64 * 1024 * 1024
"""Characters of one line: a file without line ends is no corpus."""
_KINDS = ".jsonl, .jsonl.gz or .parquet"


def rows(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yields a file's rows in order; a line that is no object is `{"value": ...}`.

    Raises:
        UserError: the file cannot be read as what its name says it is; says where.
    """
    try:
        if path.name.endswith(".jsonl"):
            with path.open(encoding="utf-8") as file:
                yield from _lines(file, path)
        elif path.name.endswith(".jsonl.gz"):
            with gzip.open(path, "rt", encoding="utf-8") as file:
                yield from _lines(file, path)
        elif path.name.endswith(".parquet"):
            yield from _parquet(path)
        else:
            raise UserError(f"{path} is no corpus by its name, which ends in {_KINDS}.")
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is no UTF-8 text.") from error
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(
            f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is damaged'}."
        ) from error


def key(row: Mapping[str, Any]) -> str:
    """Returns the hash that a row is known by: 16 hexadecimal digits.

    It depends on the values alone, not on their order or the kind of file.
    """
    said = json.dumps(row, sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _lines(file: TextIO, path: Path) -> Iterator[Mapping[str, Any]]:
    number = 0
    while said := file.readline(LONGEST):
        number += 1
        if not said.strip():
            continue
        try:
            value = json.loads(said)
        except (ValueError, RecursionError) as error:
            raise UserError(f"{path}, line {number}: this is no JSON.") from error
        yield value if isinstance(value, dict) else {"value": value}


def _parquet(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        # It comes with the packages that train, which not everybody has.
        import pyarrow.parquet  # noqa: PLC0415
        from pyarrow import ArrowException  # noqa: PLC0415
    except ImportError as error:
        raise UserError(
            f"{path} is a Parquet file, which the package pyarrow reads: `pip install "
            "'treadle[models]'` brings it."
        ) from error
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=256):
                yield from batch.to_pylist()
    except ArrowException as error:
        raise UserError(f"{path} is no Parquet file, or a damaged one.") from error
