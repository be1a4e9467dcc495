"""Opt-outs: the people of a repository whose words are to be used for nothing."""

from datetime import datetime

from sqlalchemy import delete, select

from app.store.noun import Noun, lock_repository
from app.store.removal_tables import opt_out


class OptOuts(Noun):
    """Opt-outs by repository and account id. Logins are not kept: people rename themselves."""

    def of(self, repository_id: int) -> frozenset[int]:
        """Returns the account ids of those who opted out."""
        rows = self._rows(
            select(opt_out.c.person_id).where(opt_out.c.repository_id == repository_id)
        )
        return frozenset(row["person_id"] for row in rows)

    def add(self, repository_id: int, person_id: int, at: datetime) -> None:
        """Notes that somebody opted out; of who is out already the first time stays.

        Raises:
            LookupError: there is no such repository.
        """
        with self._writing() as connection:
            lock_repository(connection, repository_id)
            connection.execute(
                self._insert(opt_out)
                .values(repository_id=repository_id, person_id=person_id, at=at)
                .on_conflict_do_nothing()
            )

    def lift(self, repository_id: int, person_id: int) -> bool:
        """Notes that somebody opted in again; False where they were not out."""
        statement = delete(opt_out).where(
            opt_out.c.repository_id == repository_id, opt_out.c.person_id == person_id
        )
        with self._writing() as connection:
            return connection.execute(statement.returning(opt_out.c.at)).first() is not None
