"""Evidence: what each reply taught, replaced as a whole whenever it is computed anew."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    delete,
    exists,
    insert,
    select,
    update,
)

from app.domain import (
    Evidence,
    Memory,
    PhraseMass,
    PreferenceRow,
    RulingKind,
    RulingWhat,
)
from app.store.digests import memory_digest
from app.store.evidence_rows import (
    mass_columns,
    mass_of,
    memory_columns,
    memory_of,
    preference_row_of,
    row_columns,
)
from app.store.noun import Noun, is_taken_back, lock_reply
from app.store.schema import memory, phrase_mass, preference_row, repository, ruling

_AT_ONCE = 500
"""Phrases or replies that one statement asks for; databases bound their parameters."""


class EvidenceStore(Noun):
    """Memories, phrase masses and preference rows by the reply that they come from."""

    def replace(self, reply_id: int, evidence: Evidence) -> int:
        """Makes what a reply teaches exactly this, in one transaction.

        Returns which change of its repository's evidence this is, counted from 1.

        A memory keeps its id while its kind, texts and author are the same, since posted
        answers cite it. The reply and repository ids inside `evidence` are not read. A reply that
        somebody took back since it was looked at teaches nothing.

        Raises:
            LookupError: there is no such reply.
        """
        with self._writing() as connection:
            repository_id = lock_reply(connection, reply_id)
            if is_taken_back(connection, reply_id):
                evidence = Evidence()
            home: dict[str, object] = {"reply_id": reply_id, "repository_id": repository_id}
            _replace_memories(connection, reply_id, home, evidence.memories)
            masses = [home | mass_columns(value) for value in evidence.masses]
            _replace_rows(connection, phrase_mass, reply_id, masses)
            rows = [home | row_columns(value) for value in evidence.rows]
            _replace_rows(connection, preference_row, reply_id, rows)
            return _changed(connection, repository_id)

    def changes(self, repository_id: int) -> int:
        """Counts how often what a repository's replies teach was changed."""
        count = repository.c.evidence_changes
        row = self._row(select(count).where(repository.c.id == repository_id))
        return 0 if row is None else int(row["evidence_changes"])

    def memories(self, repository_id: int) -> Sequence[Memory]:
        """Returns what a repository remembers, oldest first."""
        rows = self._rows(
            select(memory).where(memory.c.repository_id == repository_id).order_by(memory.c.id)
        )
        return [memory_of(row) for row in rows]

    def counting_memories(self, repository_id: int) -> Sequence[Memory]:
        """Returns what answers may use of what a repository remembers, oldest first.

        That is all but what somebody vetoed.
        """
        rows = self._rows(
            select(memory)
            .where(memory.c.repository_id == repository_id, ~is_vetoed())
            .order_by(memory.c.id)
        )
        return [memory_of(row) for row in rows]

    def masses(
        self, repository_id: int, replies: Collection[int] | None = None
    ) -> Sequence[PhraseMass]:
        """Returns the evidence for and against phrases, oldest reply first.

        Args:
            repository_id: GitHub's id of the repository.
            replies: ids of those replies whose evidence is wanted; None for all.
        """
        here = phrase_mass.c.repository_id == repository_id
        if replies is None:
            return self._masses(here)
        wanted = sorted(replies)
        return [
            mass
            for start in range(0, len(wanted), _AT_ONCE)
            for mass in self._masses(
                here & phrase_mass.c.reply_id.in_(wanted[start : start + _AT_ONCE])
            )
        ]

    def provenance(self, repository_id: int, phrase: str) -> Sequence[PhraseMass]:
        """Returns where the weight of one phrase comes from."""
        return self._masses(
            (phrase_mass.c.repository_id == repository_id) & (phrase_mass.c.phrase == phrase)
        )

    def newest_masses(
        self, repository_id: int, phrases: Collection[str]
    ) -> Mapping[str, PhraseMass]:
        """Returns the newest evidence for or against each of some phrases."""
        wanted = sorted(phrases)
        found: dict[str, PhraseMass] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            rows = self._rows(
                select(phrase_mass)
                .where(phrase_mass.c.repository_id == repository_id, phrase_mass.c.phrase.in_(part))
                .order_by(phrase_mass.c.at, phrase_mass.c.reply_id, phrase_mass.c.position)
            )
            found.update((row["phrase"], mass_of(row)) for row in rows)
        return found

    def rows(self, repository_id: int) -> Sequence[PreferenceRow]:
        """Returns a repository's preference rows, oldest reply first."""
        found = self._rows(
            select(preference_row)
            .where(preference_row.c.repository_id == repository_id)
            .order_by(preference_row.c.reply_id, preference_row.c.position)
        )
        return [preference_row_of(row) for row in found]

    def newest_memories(self, repository_id: int, limit: int) -> Sequence[Memory]:
        """Returns what a repository remembers, the newest first."""
        rows = self._rows(
            select(memory)
            .where(memory.c.repository_id == repository_id)
            .order_by(memory.c.created_at.desc(), memory.c.id.desc())
            .limit(limit)
        )
        return [memory_of(row) for row in rows]

    def newest_rows(self, repository_id: int, limit: int) -> Sequence[PreferenceRow]:
        """Returns a repository's preference rows, those of the newest reply first."""
        found = self._rows(
            select(preference_row)
            .where(preference_row.c.repository_id == repository_id)
            .order_by(preference_row.c.reply_id.desc(), preference_row.c.position)
            .limit(limit)
        )
        return [preference_row_of(row) for row in found]

    def of_reply(self, reply_id: int) -> Evidence:
        """Returns all that one reply teaches."""
        memories = self._rows(
            select(memory).where(memory.c.reply_id == reply_id).order_by(memory.c.id)
        )
        rows = self._rows(
            select(preference_row)
            .where(preference_row.c.reply_id == reply_id)
            .order_by(preference_row.c.position)
        )
        return Evidence(
            memories=tuple(memory_of(row) for row in memories),
            masses=tuple(self._masses(phrase_mass.c.reply_id == reply_id)),
            rows=tuple(preference_row_of(row) for row in rows),
        )

    def _masses(self, condition: ColumnElement[bool]) -> Sequence[PhraseMass]:
        rows = self._rows(
            select(phrase_mass)
            .where(condition)
            .order_by(phrase_mass.c.reply_id, phrase_mass.c.position)
        )
        return [mass_of(row) for row in rows]


def is_vetoed() -> ColumnElement[bool]:
    """Tells of a memory whether somebody vetoed it."""
    return exists().where(
        ruling.c.repository_id == memory.c.repository_id,
        ruling.c.kind == RulingKind.MEMORY.value,
        ruling.c.what == RulingWhat.VETOED.value,
        ruling.c.key == memory.c.digest,
    )


def _replace_memories(
    connection: Connection, reply_id: int, home: dict[str, object], memories: Sequence[Memory]
) -> None:
    wanted: dict[str, Memory] = {}
    for value in memories:
        name = memory_digest(value)
        if name not in wanted or value.weight > wanted[name].weight:
            wanted[name] = value
    known = set(
        connection.execute(select(memory.c.digest).where(memory.c.reply_id == reply_id)).scalars()
    )
    for name in known - wanted.keys():
        connection.execute(
            delete(memory).where(memory.c.reply_id == reply_id, memory.c.digest == name)
        )
    for name, value in wanted.items():
        if name in known:
            statement = update(memory).where(memory.c.reply_id == reply_id, memory.c.digest == name)
            connection.execute(statement.values(memory_columns(value)))
        else:
            connection.execute(insert(memory).values(**home, digest=name, **memory_columns(value)))


def _replace_rows(
    connection: Connection, table: Table, reply_id: int, rows: Sequence[dict[str, object]]
) -> None:
    connection.execute(delete(table).where(table.c.reply_id == reply_id))
    if rows:
        numbered = [row | {"position": position} for position, row in enumerate(rows)]
        connection.execute(insert(table), numbered)


def _changed(connection: Connection, repository_id: int) -> int:
    """Counts a change; the last thing to do, since from here on others wait for it."""
    count = repository.c.evidence_changes
    statement = update(repository).where(repository.c.id == repository_id)
    counted = connection.execute(statement.values(evidence_changes=count + 1).returning(count))
    return int(counted.scalar_one())
