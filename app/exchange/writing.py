"""Writes files of rows, one row after the other, and each whole or not at all.

What is written goes into a file beside the wanted one, which takes its name once all is on the
disk. Only this account may read it: it holds people's words.
"""

import gzip
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from app.errors import UserError
from app.exchange.formats import Format, Kind
from app.exchange.minihf import DICTIONARY, FOCUS
from app.exchange.tables import table

Write = Callable[[Mapping[str, Any]], None]


def kind_of(path: Path, form: Format) -> Kind:
    """Returns how a file holds values, by its name.

    Raises:
        UserError: a format has no such files.
    """
    for end, kind in form.ends.items():
        if path.name.lower().endswith(end):
            return kind
    known = " or ".join(form.ends)
    raise UserError(f"{path.name} has to end in {known} in this format: give it such a name.")


@contextmanager
def writing(path: Path, form: Format, *, force: bool) -> Iterator[Write]:
    """Opens a file for rows; yields what writes one that a format laid out.

    Args:
        path: the file; its name's end says how it holds values.
        form: the format.
        force: whether a file of that name may be replaced.

    Raises:
        UserError: the file is there already, or cannot be written.
    """
    kind = kind_of(path, form)
    if not force and os.path.lexists(path):
        raise UserError(f"{path} is there already: take another name, or --force to replace it.")
    if not path.parent.is_dir():
        raise UserError(f"{path} cannot be written: make its folder first, {path.parent}.")
    part: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(prefix=".treadle-", suffix=".part", dir=path.parent)
        part = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            with _OPEN[kind](file, form, path.name.lower().endswith(".gz")) as write:
                yield write
            file.flush()
            os.fsync(file.fileno())
        _take_name(part, path, force=force)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink()


def _take_name(part: Path, path: Path, *, force: bool) -> None:
    if force:
        part.replace(path)
        return
    try:
        # A link, unlike a new name, never takes the place of what came meanwhile.
        os.link(part, path)
    except FileExistsError as error:
        raise _taken(path) from error
    except OSError:
        # Some file systems have no links: there the name is taken first, with nothing in it.
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError as error:
            raise _taken(path) from error
        part.replace(path)


def _taken(path: Path) -> UserError:
    return UserError(f"{path} was made by somebody else meanwhile: take another name.")


@contextmanager
def _lines(file: IO[bytes], _: Format, packed: bool) -> Iterator[Write]:
    if not packed:
        yield lambda value: _put(file, _json(value) + "\n")
        return
    # Without name and time inside, the same rows are the same bytes.
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as inner:
        yield lambda value: _put(inner, _json(value) + "\n")


@contextmanager
def _list(file: IO[bytes], _form: Format, _packed: bool) -> Iterator[Write]:
    before = "[\n"

    def write(value: Mapping[str, Any]) -> None:
        nonlocal before
        _put(file, before + _json(value))
        before = ",\n"

    yield write
    _put(file, "[]\n" if before == "[\n" else "\n]\n")


@contextmanager
def _session(file: IO[bytes], _form: Format, _packed: bool) -> Iterator[Write]:
    before, focus = "\n", ""
    _put(file, f'{{"{DICTIONARY}": {{')

    def write(value: Mapping[str, Any]) -> None:
        nonlocal before, focus
        focus = str(value["id"])
        _put(file, before + _json(focus) + ": " + _json(value))
        before = ",\n"

    yield write
    _put(file, f'}},\n"{FOCUS}": {_json(focus)}}}\n')


@contextmanager
def _parquet(file: IO[bytes], form: Format, _packed: bool) -> Iterator[Write]:
    with table(file, form.columns) as write:
        yield write


_OPEN = {
    Kind.LINES: _lines,
    Kind.LIST: _list,
    Kind.SESSION: _session,
    Kind.PARQUET: _parquet,
}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _put(file: IO[bytes] | gzip.GzipFile, text: str) -> None:
    # Rows of ours have no lone surrogates; what slips through is replaced, as in the store.
    file.write(text.encode("utf-8", "replace"))
