"""Reads files of rows that anybody may have written, and tells all that is wrong with them.

A file is read line by line, or record by record, with a bound on each and on all of them, so that
no file takes more memory than its longest line; only lists and sessions, which are one JSON value,
are read as a whole, and so have a bound of their own.
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
from app.exchange.tables import TooLarge, rows_of
from app.exchange.values import Fault
from app.exchange.writing import kind_of

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of one line, or of a row of a table: one with the longest texts and most addresses fits."""
LARGEST_FILE = 2 * 1024 * 1024 * 1024
"""Bytes of lines or of a table, unpacked."""
LARGEST_DOCUMENT = 256 * 1024 * 1024
"""Bytes of a list or session."""
MOST_LINES = 1_000_000
"""Lines of one file, empty ones too, or rows of its table."""
MOST_ROWS = 200_000
"""Rows of one file; one that is told several times in a row counts once."""
MOST_FAULTS = 20
"""Faults that are told at once."""


class Faulty(UserError):
    """A file that cannot be used as it is; has a line for each fault, `FILE:LINE: what`."""


def rows(path: Path, form: Format, at: datetime) -> Iterator[PreferenceRow]:
    """Yields the rows of a file, as far as it has no fault.

    After the first fault nothing more is yielded, and the rest is only looked through for more.
    So whoever keeps rows has to keep them all at the end, or none. A row that says the same as the
    one before, such as the Chain of Hindsight forms of one pair, is left out.

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
    before: PreferenceRow | None = None
    count = 0
    try:
        for place, value in _VALUES[kind](path, form):
            try:
                for row in form.read(value if not isinstance(value, Fault) else _throw(value), at):
                    if row == before:
                        continue
                    before = row
                    count = _within(count + 1, MOST_ROWS, path, "rows")
                    if not faults:
                        yield row
            except Fault as fault:
                faults += [f"{path}{place}: {said}" for said in fault.args]
            if len(faults) >= MOST_FAULTS:
                break
    except TooLarge as error:
        raise _too_much(path, LARGEST_FILE, "bytes unpacked") from error
    except (OSError, EOFError, zlib.error) as error:
        said = getattr(error, "strerror", None) or "it is damaged"
        raise UserError(f"{path} cannot be read: {said}.") from error
    if faults:
        more = " (and maybe more)" if len(faults) >= MOST_FAULTS else ""
        told = "\n".join(f"  {fault}" for fault in faults[:MOST_FAULTS])
        raise Faulty(f"Nothing was imported. Put these right first{more}:\n{told}")


def _throw(fault: Fault) -> object:
    raise fault


def _within(count: int, most: int, path: Path, what: str) -> int:
    if count > most:
        raise _too_much(path, most, what)
    return count


def _too_much(path: Path, most: int, what: str) -> UserError:
    return UserError(f"{path} has more than {most:,} {what}: import it in parts.")


def _lines(path: Path, _: Format) -> Iterator[tuple[str, Any]]:
    number, ended = 0, True
    for piece in _pieces(path):
        starts, ended = ended, piece.endswith(b"\n")
        if not starts:
            # The rest of a line that was too long.
            continue
        number = _within(number + 1, MOST_LINES, path, "lines")
        if len(piece) > LONGEST_LINE:
            yield f":{number}", Fault(f"the line is longer than {LONGEST_LINE:,} bytes")
        elif piece.strip():
            yield f":{number}", _value(piece)


def _pieces(path: Path) -> Iterator[bytes]:
    """Yields lines; of those that are too long, one part after the other."""
    read = 0
    with _opened(path) as file:
        while piece := file.readline(LONGEST_LINE + 1):
            read = _within(read + len(piece), LARGEST_FILE, path, "bytes unpacked")
            yield piece


def _list(path: Path, _: Format) -> Iterator[tuple[str, Any]]:
    value = _document(path)
    if isinstance(value, Fault):
        yield "", value
    elif not isinstance(value, list):
        yield "", Fault("the file has to be one JSON list of records")
    else:
        for number, record in enumerate(value, 1):
            yield f", record {number}", record


def _session(path: Path, _: Format) -> Iterator[tuple[str, Any]]:
    yield "", _document(path)


def _parquet(path: Path, form: Format) -> Iterator[tuple[str, Any]]:
    found = rows_of(path, tuple(form.columns), most_bytes=LARGEST_FILE, longest=LONGEST_LINE)
    for number, row in enumerate(found, 1):
        yield f", row {_within(number, MOST_LINES, path, 'rows')}", row


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
        raise _too_much(path, LARGEST_DOCUMENT, "bytes")
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
        line = f" of line {error.lineno}" if "\n" in text.rstrip("\n") else ""
        return Fault(f"this is no JSON: {error.msg.lower()} at character {error.colno}{line}")
    except RecursionError:
        return Fault("values are nested too deeply")
    except ValueError:
        return Fault("this is no JSON: a number is none, or has too many digits")


def _no_number(_: str) -> float:
    raise ValueError
