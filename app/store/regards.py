"""What votes say of the passages that answers cited, by the reply that they are about."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import RowMapping

from app.domain import Regard
from app.store.noun import Noun, lock_reply
from app.store.regard_tables import regard
from app.store.schema import reply


class Regards(Noun):
    """Regards, replaced as a whole whenever those of a reply are computed anew."""

    def replace(self, reply_id: int, found: Sequence[Regard]) -> bool:
        """Makes what is said on one reply exactly this; False where it was so already.

        Raises:
            LookupError: there is no such reply.
        """
        rows = [_columns(one) for one in found]
        with self._writing() as connection:
            repository_id = lock_reply(connection, reply_id)
            here = select(regard).where(regard.c.reply_id == reply_id).order_by(regard.c.position)
            known = [
                {name: row[name] for name in _NAMES} for row in connection.execute(here).mappings()
            ]
            if known == rows:
                return False
            connection.execute(delete(regard).where(regard.c.reply_id == reply_id))
            home = {"reply_id": reply_id, "repository_id": repository_id}
            if rows:
                connection.execute(
                    insert(regard), [home | row | {"position": at} for at, row in enumerate(rows)]
                )
        return True

    def of(self, repository_id: int) -> Sequence[Regard]:
        """Returns what is said in a repository, oldest reply first, with what was asked."""
        rows = self._rows(
            select(regard, reply.c.question)
            .join(reply, reply.c.id == regard.c.reply_id)
            .where(regard.c.repository_id == repository_id)
            .order_by(regard.c.reply_id, regard.c.position)
        )
        return [_value(row) for row in rows]


_NAMES = ("path", "digest", "mass", "trust", "at", "person", "url")


def _columns(value: Regard) -> dict[str, object]:
    every = asdict(value)
    return {name: every[name] for name in _NAMES}


def _value(row: RowMapping) -> Regard:
    return Regard(
        repository_id=row["repository_id"],
        reply_id=row["reply_id"],
        question=row["question"],
        **{name: row[name] for name in _NAMES},
    )
