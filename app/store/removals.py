"""Removals: what people took back, kept without a word of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.engine import RowMapping

from app.domain import Barred, Removal
from app.store.noun import Noun, lock_repository
from app.store.removal_tables import opt_out, removal
from app.store.ruling_tables import audit, roll_back, ruling
from app.store.schema import ask, draft, reply, revision, signal


class Removals(Noun):
    """Removals by repository, and by whether all of them is carried out."""

    def add(self, value: Removal, key: str) -> bool:
        """Keeps a removal, which holds from then on; False where its key is known.

        Args:
            value: a removal whose `id` is 0.
            key: names the order; the same one again is no second removal.

        Raises:
            LookupError: there is no such repository.
        """
        with self._writing() as connection:
            lock_repository(connection, value.repository_id)
            statement = (
                self._insert(removal)
                .values(
                    repository_id=value.repository_id,
                    key=key,
                    reply_id=value.reply_id,
                    person_id=value.person_id,
                    at=value.at,
                )
                .on_conflict_do_nothing(index_elements=["key"])
                .returning(removal.c.id)
            )
            return connection.execute(statement).first() is not None

    def knows(self, key: str) -> bool:
        """Tells whether an order is kept, by its key."""
        return self._row(select(removal.c.id).where(removal.c.key == key)) is not None

    def has_words(self, repository_id: int, person_id: int, reply_id: int | None = None) -> bool:
        """Tells whether anything is kept that a person said, of one reply or in a repository.

        In a repository what they decided counts too, for it names them.
        """
        here = [reply.c.repository_id == repository_id]
        if reply_id is not None:
            here.append(reply.c.id == reply_id)
        voted = select(signal.c.id).join(reply).where(*here, signal.c.person_id == person_id)
        edited = (
            select(revision.c.reply_id).join(reply).where(*here, revision.c.editor_id == person_id)
        )
        asked = select(reply.c.id).where(
            *here, reply.c.asker_id == person_id, reply.c.question != ""
        )
        drafted = select(ask.c.key).where(
            ask.c.repository_id == repository_id,
            ask.c.asker_id == person_id,
            ask.c.asker_login != "",
        )
        opened = (
            select(draft.c.ask_key)
            .join(ask, ask.c.key == draft.c.ask_key)
            .where(
                ask.c.repository_id == repository_id,
                draft.c.details["opener"].as_integer() == person_id,
            )
        )
        decided = [
            select(table.c.id).where(
                table.c.repository_id == repository_id, table.c.person_id == person_id
            )
            for table in (ruling, roll_back, audit)
        ]
        anywhere = () if reply_id is not None else (drafted, opened, *decided)
        wanted = (voted, edited, asked, *anywhere)
        return any(self._row(one.limit(1)) is not None for one in wanted)

    def unfinished(self) -> Sequence[Removal]:
        """Returns the removals that are not wholly carried out, the oldest first."""
        rows = self._rows(select(removal).where(removal.c.done_at.is_(None)).order_by(removal.c.id))
        return [_value(row) for row in rows]

    def finish(self, removal_id: int, at: datetime) -> None:
        """Notes that nothing is left of what was taken back."""
        self._write(update(removal).where(removal.c.id == removal_id).values(done_at=at))

    def newest(self, repository_id: int) -> datetime | None:
        """Returns when something was last taken back in a repository."""
        row = self._row(
            select(func.max(removal.c.at).label("at")).where(
                removal.c.repository_id == repository_id
            )
        )
        return None if row is None else row["at"]

    def barred(self, repository_id: int) -> Barred:
        """Returns whose words of a repository must not be learned from, and until when said."""
        out = self._rows(
            select(opt_out.c.person_id).where(opt_out.c.repository_id == repository_id)
        )
        rows = self._rows(
            select(removal)
            .where(removal.c.repository_id == repository_id, removal.c.person_id.is_not(None))
            .order_by(removal.c.id)
        )
        return Barred(
            out=frozenset(row["person_id"] for row in out),
            removals=tuple(_value(row) for row in rows),
        )


def _value(row: RowMapping) -> Removal:
    return Removal(
        id=row["id"],
        repository_id=row["repository_id"],
        reply_id=row["reply_id"],
        person_id=row["person_id"],
        at=row["at"],
        done_at=row["done_at"],
    )
