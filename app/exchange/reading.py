"""Reads files of rows that anybody may have written, and tells all that is wrong with them.

A file is read line by line, or record by record, with a bound on each, so that no file takes
more memory than its longest line; only lists and sessions, which are one JSON value, are read as
a whole, and so have a bound of their own.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from app.domain import PreferenceRow
from app.errors import UserError
from app.exchange.formats import Format, Kind
from app.exchange.tables import rows_of
from app.exchange.values import Fault
from app.exchange.writing import kind_of

LONGEST_LINE = 4 * 1024 * 1024
"""Bytes of one line."""
LARGEST_DOCUMENT = 256 * 1024 * 1024
"""Bytes of a list or session."""
MOST_ROWS = 200_000
"""Rows of one file."""
MOST_FAULTS = 20
"""Faults that are told at once."""


class Faulty(UserError):
    """A file that cannot be used as it is; has a line for each fault, `FILE:LINE: what`."""


def rows(path: Path, form: Format, at: datetime) -> Iterator[PreferenceRow]:
    """Yields the rows of a file, as far as it has no fault.

    After the first fault nothing more is yielded, and the rest is only looked through for more.
    So whoever keeps rows has to keep them all at the end, or none.

    Args:
        path: the file; its name's end says how it holds values.
        form: its format.
        at: the time of rows that have none.

    Raises:
        Faulty: something in it is no row of that format; tells up to `MOST_FAULTS` such things.
        UserError: it cannot be read, or is too large.
    """
    kind = kind_of(path, form)
    faults: list[str] = []
    count = 0
    try:
        for place, value in _VALUES[kind](path):
            try:
                for row in form.read(value if not isinstance(value, Fault) else _throw(value), at):
                    count += 1
                    if not faults:
                        yield row
            except Fault as fault:
                faults.append(f"{path}{place}: {fault}")
            if len(faults) == MOST_FAULTS:
                break
            if count > MOST_ROWS:
                raise UserError(f"{path} has more than {MOST_ROWS:,} rows: import it in parts.")
    except (OSError, EOFError, zlib.error) as error:
        said = getattr(error, "strerror", None) or "it is damaged"
        raise UserError(f"{path} cannot be read: {said}.") from error
    if faults:
        more = " (and maybe more)" if len(faults) == MOST_FAULTS else ""
        told = "\n".join(f"  {fault}" for fault in faults)
        raise Faulty(f"Nothing was imported. Put these right first{more}:\n{told}")


def _throw(fault: Fault) -> object:
    raise fault


def _lines(path: Path) -> Iterator[tuple[str, Any]]:
    with _opened(path) as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            place = f":{number}"
            if len(line) > LONGEST_LINE:
                while line and not line.endswith(b"\n"):
                    line = file.readline(LONGEST_LINE)
                yield place, Fault(f"the line is longer than {LONGEST_LINE:,} bytes")
            elif line.strip():
                yield place, _value(line)


def _list(path: Path) -> Iterator[tuple[str, Any]]:
    value = _document(path)
    if isinstance(value, Fault):
        yield "", value
    elif not isinstance(value, list):
        yield "", Fault("the file has to be one JSON list of records")
    else:
        for number, record in enumerate(value, 1):
            yield f", record {number}", record


def _session(path: Path) -> Iterator[tuple[str, Any]]:
    yield "", _document(path)


def _parquet(path: Path) -> Iterator[tuple[str, Any]]:
    for number, row in enumerate(rows_of(path), 1):
        yield f", row {number}", row


_VALUES = {
    Kind.LINES: _lines,
    Kind.LIST: _list,
    Kind.SESSION: _session,
    Kind.PARQUET: _parquet,
}


def _opened(path: Path) -> IO[bytes]:
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, "rb")  # type: ignore[return-value]
    return path.open("rb")


def _document(path: Path) -> Any:
    with path.open("rb") as file:
        data = file.read(LARGEST_DOCUMENT + 1)
    if len(data) > LARGEST_DOCUMENT:
        raise UserError(
            f"{path} has more than {LARGEST_DOCUMENT:,} bytes: import it in parts, or as JSON "
            "lines, which have no such bound."
        )
    return _value(data)


def _value(data: bytes) -> Any:
    """Reads one JSON value; a fault where it is none."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Fault(f"byte {error.start + 1} is no UTF-8")
    try:
        return json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        return Fault(f"this is no JSON: {error.msg.lower()} at character {error.colno}")
    except RecursionError:
        return Fault("values are nested too deeply")
    except ValueError:
        return Fault("this is no JSON: a number is none, or has too many digits")


def _no_number(_: str) -> float:
    raise ValueError
