"""Threads on which people asked the bot to be quiet."""

from sqlalchemy import delete, select

from app.domain import Person
from app.store.noun import Noun
from app.store.schema import muted_thread


class Threads(Noun):
    """Issues and pull requests by repository and number."""

    def mute(self, repository_id: int, number: int, person: Person) -> None:
        """Makes the bot quiet on a thread; who did so first is kept."""
        self._write(
            self._insert(muted_thread)
            .values(
                repository_id=repository_id,
                number=number,
                person_id=person.id,
                person_login=person.login,
            )
            .on_conflict_do_nothing()
        )

    def unmute(self, repository_id: int, number: int) -> None:
        """Lets the bot speak again."""
        self._write(
            delete(muted_thread).where(
                muted_thread.c.repository_id == repository_id, muted_thread.c.number == number
            )
        )

    def muted(self, repository_id: int, number: int) -> bool:
        """Tells whether the bot is to be quiet."""
        row = self._row(
            select(muted_thread.c.number).where(
                muted_thread.c.repository_id == repository_id, muted_thread.c.number == number
            )
        )
        return row is not None
