"""Audit: who taught, vetoed, pinned, removed what, and when."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from app.domain import ACTS, TAKEN_BACK, AuditEntry, Person
from app.store.noun import Noun, lock_repository, person_columns, person_of
from app.store.ruling_tables import audit


class Audit(Noun):
    """Entries by repository. They are added, never changed, and go with their repository."""

    def record(self, repository_id: int, entry: AuditEntry) -> None:
        """Adds an entry.

        Raises:
            LookupError: there is no such repository.
            ValueError: the act is none of `ACTS`.
        """
        with self._writing() as connection:
            lock_repository(connection, repository_id)
            add(connection, repository_id, entry)

    def newest(
        self, repository_id: int, limit: int, *, skip: int = 0, decisions: bool = False
    ) -> Sequence[AuditEntry]:
        """Returns at most `limit` entries, the newest first, after leaving out `skip` newer.

        With `decisions` they are what people decided, without what they taught.
        """
        wanted = [audit.c.repository_id == repository_id]
        if decisions:
            wanted.append(audit.c.act != "taught")
        rows = self._rows(
            select(audit).where(*wanted).order_by(audit.c.id.desc()).limit(limit).offset(skip)
        )
        return [_entry(row) for row in rows]

    def of_acts(self, repository_id: int, acts: Collection[str]) -> Sequence[AuditEntry]:
        """Returns all entries of some acts, the newest first: few, where people decide them."""
        rows = self._rows(
            select(audit)
            .where(audit.c.repository_id == repository_id, audit.c.act.in_(acts))
            .order_by(audit.c.id.desc())
        )
        return [_entry(row) for row in rows]

    def unname(self, repository_id: int, person: Person) -> None:
        """Names a person no more; that somebody did it, and when, stays."""
        self._write(
            update(audit)
            .where(
                audit.c.repository_id == repository_id,
                audit.c.person_id == person.id,
                audit.c.person_id != TAKEN_BACK.id,
            )
            .values(url="", **person_columns(TAKEN_BACK, "person"))
        )


def add(connection: Connection, repository_id: int, entry: AuditEntry) -> None:
    """Adds an entry within a transaction, so that it is told if and only if it is done.

    Raises:
        ValueError: the act is none of `ACTS`.
    """
    if entry.act not in ACTS:
        raise ValueError(f"{entry.act!r} is no act of the audit log")
    connection.execute(
        insert(audit).values(
            repository_id=repository_id,
            act=entry.act,
            subject=entry.subject,
            **person_columns(entry.person, "person"),
            at=entry.at,
            url=entry.url,
        )
    )


def _entry(row: RowMapping) -> AuditEntry:
    return AuditEntry(
        at=row["at"],
        person=person_of(row, "person"),
        act=row["act"],
        subject=row["subject"],
        url=row["url"],
    )
