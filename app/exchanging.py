"""What `treadle export` and `treadle import` do: preference rows out to files, and in from them."""

import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from app.domain import (
    OPERATOR,
    AuditEntry,
    PreferenceRow,
    Repository,
    RowKind,
    RowOrigin,
)
from app.errors import UserError
from app.exchange import reading
from app.exchange.formats import Format, format_of, laid_out
from app.exchange.joining import blocks, joined
from app.exchange.names import Name
from app.exchange.private import useless, without_people, without_secrets
from app.exchange.spool import spooled
from app.exchange.writing import kind_of, writing
from app.flows.usable_rows import KINDS, UsableRows, Wanted
from app.known import known
from app.settings import Settings
from app.store import Store, migrate, open_store

TRUST = 0.5
"""The most that an imported row weighs, unless something else is asked for: what a triager's
word counts. Whoever wrote the file said the rest of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """How rows are to go out.

    Attributes:
        name: of the format.
        chat: whether texts for TRL are messages.
        kinds: which rows; of those of Treadle's own format also Chain of Hindsight's.
        since: the time that they are made at or after; None for any.
        imported: whether rows that came from files go out too.
        people: whether logins and mentions stay as they are.
        duplicates: whether rows that say the same stay apart.
        force: whether a file of that name is replaced.
    """

    name: Name = Name.NATIVE
    chat: bool = False
    kinds: Collection[RowKind] = frozenset(RowKind)
    since: datetime | None = None
    imported: bool = True
    people: bool = False
    duplicates: bool = False
    force: bool = False


def export_rows(
    settings: Settings, full_name: str, output: Path, order: Order, *, console: Console
) -> None:
    """Writes a repository's preference rows into a file, whole or not at all.

    Raises:
        UserError: the repository is not known here, the file cannot be written, or the format has
            no rows of the kinds that are asked for.
    """
    form = format_of(order.name, chat=order.chat)
    kind_of(output, form)
    if order.chat and not order.name.startswith("trl-"):
        raise UserError(f"--chat is for the formats of TRL: {order.name} has texts only.")
    wanted = Wanted(since=order.since, kinds=_kinds(order, form), imported=order.imported)
    with closing(_opened(settings)) as store:
        repository = known(store, full_name)
        usable = UsableRows(store, repository.id, wanted)
        taken: Counter[str] = Counter()
        with (
            Progress(console=Console(stderr=True), transient=True) as progress,
            writing(output, form, force=order.force) as write,
        ):
            counted = progress.track(usable, usable.count(), description="Looking for secrets …")
            rows: Iterable[PreferenceRow] = _cleaned(counted, order, taken)
            if not order.duplicates:
                rows = _distinct(rows, output.absolute().parent)
            for values in laid_out(form, rows):
                if order.name is Name.NATIVE:
                    values = [value for value in values if value["kind"] in order.kinds]
                for value in values:
                    write(value)
                taken["rows"] += min(len(values), 1) if form.ids else len(values)
                taken["which this format has no place for"] += not values
        taken.update(usable.left_out)
        _record(store, repository, "exported", taken["rows"])
    _tell(console, f"Wrote {taken.pop('rows', 0):,} rows to {output}.", taken)


def import_rows(
    settings: Settings,
    full_name: str,
    file: Path,
    name: Name,
    *,
    trust: float = TRUST,
    console: Console,
) -> None:
    """Keeps the rows of a file with a repository's, all or none.

    Raises:
        UserError: the repository is not known here, the file cannot be read, or something in it
            is no row of that format.
    """
    form = format_of(name)
    at = datetime.now(UTC)
    batch = f"{at:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    with closing(_opened(settings)) as store:
        repository = known(store, full_name)
        coming = _read(file, form, at, trust)
        with (
            Progress(console=Console(stderr=True), transient=True) as progress,
            _room(settings.data_dir) as folder,
            spooled(progress.track(coming, None, description="Reading …"), folder) as rows,
        ):
            # Nothing is written while the file is read: that may take long, and may find faults.
            added, before = store.imported.add(repository.id, batch, at, rows)
        if added:
            _record(store, repository, "imported", added)
    said = f"; {before:,} were kept already" if before else ""
    if not added:
        console.print(f"{file} has no new rows{said}.", markup=False)
        return
    console.print(
        f"Imported {added:,} rows into {full_name}{said}.\n"
        f"To take them out again: treadle import {full_name} --undo {batch}",
        markup=False,
    )


def undo_import(settings: Settings, full_name: str, batch: str, *, console: Console) -> None:
    """Deletes the rows that one import brought.

    Raises:
        UserError: there is no such import.
    """
    with closing(_opened(settings)) as store:
        repository = known(store, full_name)
        gone = store.imported.undo(repository.id, batch)
        if not gone:
            batches = [one.name for one in store.imported.batches(repository.id)]
            there = f"These are kept: {', '.join(batches)}." if batches else "None is kept."
            raise UserError(f"{full_name} has no import {batch}. {there}")
        _record(store, repository, "deleted", gone)
    console.print(f"Took {gone:,} rows out of {full_name} again.", markup=False)


def _kinds(order: Order, form: Format) -> frozenset[RowKind]:
    """Returns the kinds of rows that are read for an order.

    Raises:
        UserError: the format has no place for any.
    """
    if order.name is Name.NATIVE and RowKind.COH in order.kinds:
        # Chain of Hindsight rows are made of both others.
        return KINDS
    kinds = KINDS & set(order.kinds)
    if not kinds:
        raise UserError(
            "Rows of the kind coh are told apart in the native format only: take --format coh for "
            "Chain of Hindsight's own lines."
        )
    if not kinds & form.kinds:
        raise UserError(f"{order.name} has rows of the kind {', '.join(form.kinds)} only.")
    return kinds


def _distinct(rows: Iterable[PreferenceRow], folder: Path) -> Iterator[PreferenceRow]:
    """Yields rows with those that say the same joined, once all were seen."""
    with spooled(rows, folder) as kept:
        yield from joined(kept, blocks(kept))


def _cleaned(
    rows: Iterable[PreferenceRow], order: Order, taken: Counter[str]
) -> Iterator[PreferenceRow]:
    for row in rows:
        clean, found = without_secrets(row)
        taken["secrets and addresses taken out"] += found
        if not order.people:
            clean = without_people(clean)
        if useless(clean):
            taken["the same on both sides without what was taken out"] += 1
        else:
            yield clean


def _read(file: Path, form: Format, at: datetime, trust: float) -> Iterator[PreferenceRow]:
    for row in reading.rows(file, form, at):
        yield replace(row, weight=min(row.weight, trust), origin=RowOrigin.IMPORTED)


@contextmanager
def _room(folder: Path) -> Iterator[Path]:
    """Yields a folder that is there; tells in words where it takes no file."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
    except OSError as error:
        raise UserError(f"{folder} takes no file: {error.strerror or error}.") from error


def _opened(settings: Settings) -> Store:
    migrate(settings)
    return open_store(settings)


def _record(store: Store, repository: Repository, act: str, rows: int) -> None:
    entry = AuditEntry(
        at=datetime.now(UTC), person=OPERATOR, act=act, subject=f"{rows:,} rows", url=""
    )
    store.audit.record(repository.id, entry)


def _tell(console: Console, said: str, counts: Counter[str]) -> None:
    console.print(said, markup=False)
    for reason, count in sorted(counts.items()):
        if count:
            console.print(f"  {count:,} {reason}", markup=False)
