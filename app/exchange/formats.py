"""The formats that rows go out in and come in by, each with its kinds of files."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from app.domain import PreferenceRow, RowKind
from app.exchange import argilla, beside, coh, minihf, native, trl
from app.exchange.digests import digest
from app.exchange.names import Name

LayOut = Callable[..., Iterator[dict[str, Any]]]
Read = Callable[[object, datetime], Iterator[PreferenceRow]]


class Kind(StrEnum):
    """How a file holds values; its name's end says which."""

    LINES = "lines"
    PARQUET = "parquet"
    LIST = "list"
    SESSION = "session"


_LINES = {".jsonl": Kind.LINES, ".jsonl.gz": Kind.LINES}
_TABLE = {**_LINES, ".parquet": Kind.PARQUET}


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """A format: what a row becomes, how it is read, by which ends of names it is known.

    `columns` are the kinds of its columns, where it goes into Parquet. With `ids`, what a row
    becomes is one thing that has a name of its own, drawn from its texts: `lay_out` is also told
    how many rows with the same texts came before. `kinds` are those of rows that it has a place
    for.
    """

    lay_out: LayOut
    read: Read
    ends: Mapping[str, Kind]
    columns: Mapping[str, str] = field(default_factory=dict)
    ids: bool = False
    kinds: Set[RowKind] = frozenset({RowKind.PAIR, RowKind.UNPAIRED})


def laid_out(form: Format, rows: Iterable[PreferenceRow]) -> Iterator[list[dict[str, Any]]]:
    """Yields what each of a file's rows becomes; nothing, where the format has no place for it."""
    copies: Counter[str] = Counter()
    for row in rows:
        if not form.ids:
            yield list(form.lay_out(row))
            continue
        said = digest(row.prompt, row.chosen, row.rejected)
        yield list(form.lay_out(row, copies[said]))
        copies[said] += 1


def format_of(name: Name, *, chat: bool = False) -> Format:
    """Returns a format; with `chat` the conversational form of those of TRL."""
    if name in _TRL:
        lay_out, read, columns = _TRL[name]
        said = {
            column: ("messages" if chat else "text") if kind == "said" else kind
            for column, kind in columns.items()
        }
        made = partial(lay_out, chat=chat)
        form = Format(lay_out=made, read=read, ends=_TABLE, columns={**said, **beside.COLUMNS})
        pairs_only = name is Name.TRL_PREFERENCE
        return replace(form, kinds=frozenset({RowKind.PAIR})) if pairs_only else form
    return _OTHERS[name]


_TRL: Mapping[Name, tuple[Callable[..., Iterator[dict[str, Any]]], Read, Mapping[str, str]]] = {
    Name.TRL_PREFERENCE: (trl.preference, trl.read_preference, trl.PREFERENCE),
    Name.TRL_UNPAIRED: (trl.unpaired, trl.read_unpaired, trl.UNPAIRED),
    Name.TRL_COMPLETION: (trl.completion, trl.read_completion, trl.COMPLETION),
}
_OTHERS: Mapping[Name, Format] = {
    Name.NATIVE: Format(
        lay_out=native.lay_out,
        read=native.read,
        ends=_TABLE,
        columns={**native.COLUMNS, **beside.COLUMNS},
    ),
    Name.COH: Format(lay_out=coh.lay_out, read=coh.read, ends=_LINES),
    Name.COH_AUX: Format(lay_out=coh.lay_out_aux, read=coh.read, ends=_LINES),
    Name.ARGILLA: Format(
        lay_out=argilla.lay_out, read=argilla.read, ends={".json": Kind.LIST}, ids=True
    ),
    Name.MINIHF: Format(
        lay_out=minihf.lay_out, read=minihf.read, ends={".json": Kind.SESSION}, ids=True
    ),
}
