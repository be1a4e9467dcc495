"""What is deleted of a repository, and the notes that are left of that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
)

from app.domain import Repository
from app.store.noun import Noun
from app.store.repositories import repository_of
from app.store.schema import ask, forgotten, installation, lease, repository, training_run

INSTALLATION = "installation_id"


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """That a repository was deleted here: its id, when, and the ids of its training runs.

    By it each worker finds what of that repository is still on its own disk.
    """

    repository_id: int
    runs: Sequence[str]
    at: datetime


class Forgotten(Noun):
    """Deletes repositories, and keeps a note of each for a time."""

    def due(self, before: datetime) -> Sequence[Repository]:
        """Returns the repositories that the App was taken off before a time, by their id."""
        rows = self._rows(
            select(repository)
            .outerjoin(installation, installation.c.id == repository.c.installation_id)
            .where(
                or_(
                    repository.c.removed_at <= before,
                    and_(installation.c.state == "removed", installation.c.removed_at <= before),
                )
            )
            .order_by(repository.c.id)
        )
        return [repository_of(row) for row in rows]

    def named(self, owner: str, name: str) -> Sequence[Repository]:
        """Returns all repositories of a name in any case, newest first.

        There are several where one was deleted, or renamed unheard, and its name given again.
        """
        rows = self._rows(
            select(repository)
            .where(
                func.lower(repository.c.owner) == owner.lower(),
                func.lower(repository.c.name) == name.lower(),
            )
            .order_by(repository.c.id.desc())
        )
        return [repository_of(row) for row in rows]

    def asks(self, repository_id: int) -> Sequence[str]:
        """Returns the keys of a repository's asks."""
        return [row["key"] for row in self._rows(_asks(repository_id))]

    def runs(self, repository_id: int) -> Sequence[str]:
        """Returns the ids of a repository's training runs."""
        return [row["id"] for row in self._rows(_runs(repository_id))]

    def add(self, repository_id: int, at: datetime) -> None:
        """Deletes every row of a repository, and leaves a note.

        What hangs on a repository names it by a foreign key, and goes with it. An installation
        without any other repository goes too, where it was removed.
        """
        with self._writing() as connection:
            runs = set(connection.execute(_runs(repository_id)).scalars())
            known = select(forgotten.c.runs).where(forgotten.c.repository_id == repository_id)
            runs |= set(connection.execute(known).scalar() or ())
            columns = {"runs": sorted(runs), "at": at}
            connection.execute(
                self._insert(forgotten)
                .values(repository_id=repository_id, **columns)
                .on_conflict_do_update(index_elements=["repository_id"], set_=columns)
            )
            connection.execute(delete(lease).where(lease.c.name.in_(_asks(repository_id))))
            here = repository.c.id == repository_id
            installed = select(repository.c.installation_id).where(here)
            installation_id = connection.execute(installed).scalar()
            connection.execute(delete(repository).where(here))
            _leave(connection, installation.c.id == installation_id)

    def notes(self) -> Sequence[Note]:
        """Returns all notes, oldest first."""
        return [Note(**row) for row in self._rows(select(forgotten).order_by(forgotten.c.at))]

    def prune(self, before: datetime) -> None:
        """Deletes the notes from before a time."""
        self._write(delete(forgotten).where(forgotten.c.at < before))

    def prune_installations(self, before: datetime) -> None:
        """Deletes the installations that were removed before a time and have no repository."""
        with self._writing() as connection:
            _leave(connection, installation.c.removed_at <= before)


def _asks(repository_id: int) -> Select[tuple[str]]:
    return select(ask.c.key).where(ask.c.repository_id == repository_id)


def _runs(repository_id: int) -> Select[tuple[str]]:
    return select(training_run.c.id).where(training_run.c.repository_id == repository_id)


def _leave(connection: Connection, which: ColumnElement[bool]) -> None:
    """Deletes removed installations that have no repository any more, and what is kept by them."""
    others = exists().where(repository.c.installation_id == installation.c.id)
    left = select(installation.c.id).where(which, installation.c.state == "removed", ~others)
    ids = connection.execute(left).scalars().all()
    for table in by_installation():
        connection.execute(delete(table).where(table.c[INSTALLATION].in_(ids)))
    connection.execute(delete(installation).where(installation.c.id.in_(ids)))


def by_installation() -> Sequence[Table]:
    """Returns the tables that keep something of an installation rather than a repository."""
    tables = repository.metadata.sorted_tables
    return [table for table in tables if INSTALLATION in table.c and table is not repository]
