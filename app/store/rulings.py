"""Rulings: what maintainers decided about single phrases, memories, rows and adapters."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.engine import RowMapping

from app.domain import (
    TAKEN_BACK,
    AuditEntry,
    Person,
    RollBack,
    Ruling,
    RulingKind,
    RulingWhat,
)
from app.store import audit
from app.store.noun import Noun, lock_repository, person_columns, person_of
from app.store.ruling_tables import roll_back, ruling
from app.store.types import storable


class Rulings(Noun):
    """Rulings by repository, kind and key, one each; and what dictionaries leave aside.

    They are no evidence: nothing that is computed anew changes them. What is `told` of a change is
    added to the audit log in the same transaction: neither is ever there without the other.
    """

    def of(self, repository_id: int) -> Sequence[Ruling]:
        """Returns all rulings of a repository, in the order in which they were first made."""
        rows = self._rows(
            select(ruling).where(ruling.c.repository_id == repository_id).order_by(ruling.c.id)
        )
        return [_ruling(row) for row in rows]

    def set(self, repository_id: int, value: Ruling, told: AuditEntry | None = None) -> None:
        """Keeps a ruling, in place of what was decided about the same before.

        Raises:
            LookupError: there is no such repository.
        """
        columns = {
            "key": value.key,
            "what": value.what.value,
            **person_columns(value.by, "person"),
            "at": value.at,
            "url": value.url,
        }
        names = {
            "repository_id": repository_id,
            "kind": value.kind.value,
            "digest": _digest(value.key),
        }
        with self._writing() as connection:
            lock_repository(connection, repository_id)
            connection.execute(
                self._insert(ruling)
                .values(**names, **columns)
                .on_conflict_do_update(index_elements=list(names), set_=columns)
            )
            _tell(connection, repository_id, told)

    def lift(
        self, repository_id: int, kind: RulingKind, key: str, told: AuditEntry | None = None
    ) -> bool:
        """Takes a ruling back; False where there is none, and then nothing is told."""
        statement = delete(ruling).where(
            ruling.c.repository_id == repository_id,
            ruling.c.kind == kind.value,
            ruling.c.digest == _digest(key),
        )
        with self._writing() as connection:
            lifted = connection.execute(statement.returning(ruling.c.id)).first() is not None
            if lifted:
                _tell(connection, repository_id, told)
            return lifted

    def roll_backs(self, repository_id: int) -> Sequence[RollBack]:
        """Returns what a repository's dictionary left aside, oldest first; the last is in force."""
        rows = self._rows(
            select(roll_back)
            .where(roll_back.c.repository_id == repository_id)
            .order_by(roll_back.c.id)
        )
        return [_roll_back(row) for row in rows]

    def roll_back(
        self, repository_id: int, value: RollBack, told: AuditEntry | None = None
    ) -> None:
        """Keeps what a repository's dictionary leaves aside from now on.

        Raises:
            LookupError: there is no such repository.
        """
        with self._writing() as connection:
            lock_repository(connection, repository_id)
            connection.execute(
                insert(roll_back).values(
                    repository_id=repository_id,
                    version=value.version,
                    aside=[[moment.isoformat() for moment in times] for times in value.aside],
                    **person_columns(value.by, "person"),
                    at=value.at,
                    url=value.url,
                )
            )
            _tell(connection, repository_id, told)

    def unname(self, repository_id: int, person: Person) -> None:
        """Names a person no more as who decided; the decisions stay."""
        with self._writing() as connection:
            for table in (ruling, roll_back):
                connection.execute(
                    update(table)
                    .where(
                        table.c.repository_id == repository_id,
                        table.c.person_id == person.id,
                        table.c.person_id != TAKEN_BACK.id,
                    )
                    .values(url="", **person_columns(TAKEN_BACK, "person"))
                )


def _tell(connection: Connection, repository_id: int, told: AuditEntry | None) -> None:
    if told is not None:
        audit.add(connection, repository_id, told)


def _digest(key: str) -> str:
    return hashlib.sha256(storable(key).encode()).hexdigest()


def _ruling(row: RowMapping) -> Ruling:
    return Ruling(
        kind=RulingKind(row["kind"]),
        key=row["key"],
        what=RulingWhat(row["what"]),
        by=person_of(row, "person"),
        at=row["at"],
        url=row["url"],
    )


def _roll_back(row: RowMapping) -> RollBack:
    return RollBack(
        version=row["version"],
        aside=tuple(
            (datetime.fromisoformat(since), datetime.fromisoformat(until))
            for since, until in row["aside"]
        ),
        by=person_of(row, "person"),
        at=row["at"],
        url=row["url"],
    )
