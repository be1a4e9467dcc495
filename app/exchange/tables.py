"""Rows in Parquet, some at a time; pyarrow, which comes with the packages that train, does it."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from app.errors import ConfigError, UserError
from app.exchange.values import Fault

AT_ONCE = 1_000
"""Rows that are held until they are written."""
READ_AT_ONCE = 64
"""Rows that are held while they are read: nothing bounds what is in them."""
MISSING = "Parquet files need the package pyarrow: `pip install 'treadle[models]'` brings it."


class TooLarge(Exception):
    """A file unpacks to more than is read."""


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


def rows_of(
    path: Path, names: Collection[str], *, most_bytes: int, longest: int
) -> Iterator[Mapping[str, Any] | Fault]:
    """Yields the rows of a Parquet file, or what is wrong with one.

    Args:
        path: the file.
        names: of the columns that are read; those that are not there are left out.
        most_bytes: how much the file may take, unpacked.
        longest: how many bytes a row may take.

    Raises:
        ConfigError: pyarrow is missing.
        UserError: it is no such file, or a damaged one, or has none of the columns.
        TooLarge: it takes more than that, or says that it does.
    """
    pyarrow, parquet = _library()
    try:
        with parquet.ParquetFile(path) as file:
            there = [name for name in file.schema_arrow.names if name in names]
            if not there:
                raise UserError(f"{path} has none of these columns: {', '.join(names)}.")
            _weigh(file.metadata, most_bytes)
            left = most_bytes
            for batch in file.iter_batches(batch_size=READ_AT_ONCE, columns=there):
                left -= batch.nbytes
                if left < 0:
                    raise TooLarge
                for at in range(batch.num_rows):
                    # A few bytes can stand for a list of millions.
                    if batch.slice(at, 1).nbytes > longest:
                        yield Fault(f"the row is longer than {longest:,} bytes")
                    else:
                        yield _row(batch, at)
    except (pyarrow.ArrowException, UnicodeDecodeError) as error:
        raise UserError(f"{path} is no Parquet file, or a damaged one.") from error


def _weigh(metadata: Any, most_bytes: int) -> None:
    """Refuses a file by what it says of itself, before anything is unpacked."""
    # Asking groups for their columns ends the process where one is damaged.
    groups = map(metadata.row_group, range(metadata.num_row_groups))
    if sum(max(0, group.total_byte_size) for group in groups) > most_bytes:
        raise TooLarge


def _row(batch: Any, at: int) -> Mapping[str, Any] | Fault:
    row = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            row[name] = column[at].as_py()
        # Words that are no UTF-8, times that no calendar has or in zones that nobody knows.
        except (ValueError, OverflowError):
            return Fault(f"“{name}” cannot be read")
    return row


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
