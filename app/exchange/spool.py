"""Rows put down on the disk, to be gone through again without being made again or held."""

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import IO

from app.domain import Consent, PreferenceRow, RowKind, RowOrigin


@contextmanager
def spooled(rows: Iterable[PreferenceRow], folder: Path) -> Iterator[Iterable[PreferenceRow]]:
    """Puts rows down in a file without a name; yields what goes through them, as often
    as wanted and once at a time.

    Nothing is yielded before all are there. Only this account may read the file, and it is gone
    afterwards, also where the process is.

    Args:
        rows: gone through once.
        folder: where there is room for the file.

    Raises:
        OSError: the file cannot be written.
    """
    with tempfile.TemporaryFile(dir=folder) as file:
        for row in rows:
            file.write(json.dumps(asdict(row), default=datetime.isoformat).encode() + b"\n")
        file.flush()
        yield _Spool(file)


class _Spool:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __iter__(self) -> Iterator[PreferenceRow]:
        self._file.seek(0)
        return map(_row, self._file)


def _row(line: bytes) -> PreferenceRow:
    values = json.loads(line)
    made = {
        "kind": RowKind(values["kind"]),
        "segments": tuple(map(tuple, values["segments"])),
        "people": tuple(values["people"]),
        "urls": tuple(values["urls"]),
        "created_at": datetime.fromisoformat(values["created_at"]),
        "origin": RowOrigin(values["origin"]),
        "consent": Consent(values["consent"]),
    }
    return PreferenceRow(**{**values, **made})
