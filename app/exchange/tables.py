"""Rows in Parquet, some at a time; pyarrow, which comes with the packages that train, does it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from app.errors import ConfigError, UserError

AT_ONCE = 1_000
"""Rows that are held until they are written."""
READ_AT_ONCE = 64
"""Rows that are held while they are read: nothing bounds what is in them."""
MISSING = "Parquet files need the package pyarrow: `pip install 'treadle[models]'` brings it."


@contextmanager
def table(file: IO[bytes], columns: Mapping[str, str]) -> Iterator[Any]:
    """Opens a table of some columns in a file; yields what writes one row.

    Args:
        file: open for writing.
        columns: their kinds: text, texts, number, whole, yes, spans or messages.

    Raises:
        ConfigError: pyarrow is missing.
    """
    pyarrow, parquet = _library()
    schema = pyarrow.schema([(name, _type(pyarrow, kind)) for name, kind in columns.items()])
    held: list[Mapping[str, Any]] = []
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:

        def write(value: Mapping[str, Any]) -> None:
            held.append(value)
            if len(held) == AT_ONCE:
                flush()

        def flush() -> None:
            if held:
                writer.write_table(pyarrow.Table.from_pylist(held, schema))
                held.clear()

        yield write
        flush()


def rows_of(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yields the rows of a Parquet file.

    Raises:
        ConfigError: pyarrow is missing.
        UserError: it is no such file, or a damaged one.
    """
    pyarrow, parquet = _library()
    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=READ_AT_ONCE):
                yield from batch.to_pylist()
    except (pyarrow.ArrowException, UnicodeDecodeError) as error:
        raise UserError(f"{path} is no Parquet file, or a damaged one.") from error


def _library() -> tuple[Any, Any]:
    try:
        import pyarrow  # noqa: PLC0415 - not everybody has it
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError as error:
        raise ConfigError([MISSING]) from error
    return pyarrow, pyarrow.parquet


def _type(pyarrow: Any, kind: str) -> Any:
    message = pyarrow.struct([("role", pyarrow.string()), ("content", pyarrow.string())])
    return {
        "text": pyarrow.string(),
        "texts": pyarrow.list_(pyarrow.string()),
        "number": pyarrow.float64(),
        "whole": pyarrow.int64(),
        "yes": pyarrow.bool_(),
        "spans": pyarrow.list_(pyarrow.list_(pyarrow.int64())),
        "messages": pyarrow.list_(message),
    }[kind]
