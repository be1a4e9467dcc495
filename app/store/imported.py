"""Imported: preference rows that came from files, by repository and by import."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, Select, delete, func, select, union
from sqlalchemy.engine import RowMapping

from app.domain import Consent, PreferenceRow, RowKind, RowOrigin
from app.store.digests import row_digest
from app.store.imported_tables import imported_row
from app.store.noun import Noun, lock_repository
from app.store.schema import reply, revision, signal

AT_ONCE = 500
"""Rows that one statement writes, and that are held while others are read."""
_ADDRESS = "treadle:imported/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """One import: its name, how many of its rows are kept, and when it was."""

    name: str
    rows: int
    at: datetime


class Imported(Noun):
    """Rows of files. They stay whatever is computed anew, until their import is undone."""

    def add(
        self, repository_id: int, batch: str, at: datetime, rows: Iterable[PreferenceRow]
    ) -> tuple[int, int]:
        """Keeps the pairs and unpaired rows of one file, all or none.

        What is kept already stays as it is. Neither ids nor origins inside `rows` are read.
        Whatever `rows` raises undoes what was written of them.

        Returns:
            How many rows are new, and how many were kept before.

        Raises:
            LookupError: there is no such repository.
        """
        added = known = 0
        coming = iter(rows)
        put = (
            self._insert(imported_row)
            .on_conflict_do_nothing(index_elements=["repository_id", "digest"])
            .execution_options(preserve_rowcount=True)
        )
        with self._writing() as connection:
            lock_repository(connection, repository_id)
            while some := list(islice(coming, AT_ONCE)):
                wanted = {row_digest(one): one for one in some}
                home = {"repository_id": repository_id, "batch": batch, "imported_at": at}
                new = [
                    {**home, "digest": digest, **_columns(one)} for digest, one in wanted.items()
                ]
                # Looking first, on Postgres, reads the whole table for each of these times.
                inserted = connection.execute(put, new).rowcount
                added += inserted
                known += len(some) - inserted
        return added, known

    def stream(self, repository_id: int) -> Iterator[PreferenceRow]:
        """Yields the rows of a repository in the order in which they came, some at a time.

        Their `reply_id` is 0: they have no reply here.
        """
        statement = _of(repository_id).order_by(imported_row.c.id)
        with self._reader.connect() as connection:
            found = connection.execution_options(yield_per=AT_ONCE).execute(statement).mappings()
            for row in found:
                yield _value(row)

    def batches(self, repository_id: int) -> Sequence[Batch]:
        """Returns the imports of which rows are kept, oldest first."""
        at = func.min(imported_row.c.imported_at, type_=imported_row.c.imported_at.type)
        rows = self._rows(
            select(imported_row.c.batch, func.count().label("rows"), at.label("at"))
            .where(imported_row.c.repository_id == repository_id)
            .group_by(imported_row.c.batch)
            .order_by("at", imported_row.c.batch)
        )
        return [Batch(name=row["batch"], rows=row["rows"], at=row["at"]) for row in rows]

    def undo(self, repository_id: int, batch: str) -> int:
        """Deletes what one import brought; returns how many rows that were."""
        with self._writing() as connection:
            gone = delete(imported_row).where(
                imported_row.c.repository_id == repository_id, imported_row.c.batch == batch
            )
            return connection.execute(gone).rowcount


def logins_of(connection: Connection, repository_id: int, person_id: int) -> frozenset[str]:
    """Returns the logins, in lower case, that a person is known by in a repository."""
    here = reply.c.repository_id == repository_id
    known = union(
        select(reply.c.asker_login).where(here, reply.c.asker_id == person_id),
        select(signal.c.person_login).join(reply).where(here, signal.c.person_id == person_id),
        select(revision.c.editor_login).join(reply).where(here, revision.c.editor_id == person_id),
    )
    return frozenset(login.lower() for login in connection.execute(known).scalars() if login)


def address_of(row: PreferenceRow) -> str:
    """Names a row as something that an adapter was trained on, as addresses name replies."""
    return f"{_ADDRESS}{row_digest(row)}"


def forget_logins(connection: Connection, repository_id: int, logins: Set[str]) -> frozenset[str]:
    """Deletes the rows that name somebody as one of those behind them.

    Args:
        connection: that of the transaction that all of it is deleted in.
        repository_id: GitHub's id of the repository.
        logins: in lower case.

    Returns:
        What adapters that were trained on them know them by, as `address_of` says.
    """
    if not logins:
        return frozenset()
    rows = connection.execute(
        select(imported_row.c.id, imported_row.c.digest, imported_row.c.people).where(
            imported_row.c.repository_id == repository_id
        )
    )
    named = {
        number: f"{_ADDRESS}{digest}"
        for number, digest, people in rows
        if logins & {person.lower() for person in people}
    }
    gone = list(named)
    for start in range(0, len(gone), AT_ONCE):
        some = gone[start : start + AT_ONCE]
        connection.execute(delete(imported_row).where(imported_row.c.id.in_(some)))
    return frozenset(named.values())


def _of(repository_id: int) -> Select[tuple[object, ...]]:
    return select(imported_row).where(imported_row.c.repository_id == repository_id)


def _columns(value: PreferenceRow) -> dict[str, object]:
    return {
        "kind": value.kind.value,
        "number": value.number,
        "prompt": value.prompt,
        "chosen": value.chosen,
        "rejected": value.rejected,
        "weight": value.weight,
        "consent": value.consent.value,
        "people": list(value.people),
        "urls": list(value.urls),
        "created_at": value.created_at,
    }


def _value(row: RowMapping) -> PreferenceRow:
    return PreferenceRow(
        kind=RowKind(row["kind"]),
        repository_id=row["repository_id"],
        reply_id=0,
        number=row["number"],
        prompt=row["prompt"],
        chosen=row["chosen"],
        rejected=row["rejected"],
        weight=row["weight"],
        people=tuple(row["people"]),
        urls=tuple(row["urls"]),
        created_at=row["created_at"],
        origin=RowOrigin.IMPORTED,
        consent=Consent(row["consent"]),
    )
