"""Picks: what people picked as the best among the drafts of each ask."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, Select, delete, func, select
from sqlalchemy.engine import RowMapping

from app.domain import AskTree, AuditEntry, Pick, Reply
from app.store import audit
from app.store.noun import Noun, lock_repository
from app.store.preference_rows import AT_ONCE, GONE
from app.store.replies import reply_of
from app.store.schema import ask, pick, reply, tree


class Picks(Noun):
    """Picks by their ask, one each.

    The question and the place of a pick are those of the ask's reply. What is `told` of a change
    is added to the audit log in the same transaction.
    """

    def get(self, ask_key: str) -> Pick | None:
        """Returns what was picked for an ask; None where nothing was."""
        row = self._row(select(pick).where(pick.c.ask_key == ask_key))
        return None if row is None else _value(row)

    def set(self, value: Pick, told: AuditEntry, *, read: AskTree | Pick | None = None) -> bool:
        """Keeps a pick in place of one before it of the same ask; the same again changes nothing.

        Args:
            value: the pick.
            told: for the audit log.
            read: what its texts were read from. Somebody may have had that deleted since.

        Returns:
            Whether the ask's reply is there, its question, and what was read; else nothing is kept.

        Raises:
            LookupError: there is no such repository.
        """
        columns = {
            "chosen": value.chosen,
            "others": list(value.others),
            "taught": list(value.taught),
            "by_login": value.by,
            "at": value.at,
        }
        here = value.repository_id
        with self._writing() as connection:
            lock_repository(connection, here)
            there = _asked(select(reply.c.id), here).where(ask.c.key == value.ask_key)
            if connection.execute(there).first() is None:
                return False
            before = select(pick.c.chosen).where(pick.c.ask_key == value.ask_key)
            if connection.execute(before).scalar() == value.chosen:
                return True
            if read is not None and connection.execute(_as_read(read)).first() is None:
                return False
            connection.execute(
                self._insert(pick)
                .values(ask_key=value.ask_key, repository_id=here, **columns)
                .on_conflict_do_update(index_elements=["ask_key"], set_=columns)
            )
            audit.add(connection, here, told)
            return True

    def lift(self, repository_id: int, ask_key: str, told: AuditEntry) -> bool:
        """Takes a pick back; False where there is none, and then nothing is told."""
        here = (pick.c.repository_id == repository_id, pick.c.ask_key == ask_key)
        with self._writing() as connection:
            gone = delete(pick).where(*here).returning(pick.c.ask_key)
            lifted = connection.execute(gone).first() is not None
            if lifted:
                audit.add(connection, repository_id, told)
            return lifted

    def count(self, repository_id: int) -> int:
        """Returns how many picks `stream` yields."""
        row = self._row(picked_of(select(func.count().label("picks")), repository_id))
        return 0 if row is None else int(row["picks"])

    def stream(self, repository_id: int) -> Iterator[tuple[Pick, Reply]]:
        """Yields the picks of a repository with the replies of their asks, by thread and reply.

        Only those of replies that are still there, as for preference rows.
        """
        statement = picked_of(select(pick, reply), repository_id)
        statement = statement.order_by(reply.c.number, reply.c.id)
        with self._reader.connect() as connection:
            found = connection.execution_options(yield_per=AT_ONCE).execute(statement)
            for row in found.mappings():
                yield _value(row), reply_of(row)


def forget_quoting(
    connection: Connection, repository_id: int, urls: Collection[str]
) -> frozenset[str]:
    """Deletes picks of which any text quotes a correction of one of some replies.

    Returns:
        The addresses of the replies to the asks that these were picks of.
    """
    picks = _answered(select(pick.c.ask_key, pick.c.taught, reply.c.url), repository_id).join(
        pick, pick.c.ask_key == ask.c.key
    )
    wanted = set(urls)
    gone = {
        key: url for key, taught, url in connection.execute(picks) if not wanted.isdisjoint(taught)
    }
    for key in gone:
        connection.execute(delete(pick).where(pick.c.ask_key == key))
    return frozenset(gone.values())


def _as_read(read: AskTree | Pick) -> Select[Any]:
    """Selects a tree or a pick where it is still the one that was read."""
    if isinstance(read, Pick):
        return select(pick.c.at).where(pick.c.ask_key == read.ask_key, pick.c.at == read.at)
    return select(tree.c.created_at).where(
        tree.c.ask_key == read.ask_key, tree.c.created_at == read.created_at
    )


def picked_of(statement: Select[Any], repository_id: int) -> Select[Any]:
    """Selects picks of a repository, with their asks and the replies that are still there."""
    return _asked(statement, repository_id).join(pick, pick.c.ask_key == ask.c.key)


def _answered(statement: Select[Any], repository_id: int) -> Select[Any]:
    """Selects asks of a repository with the replies to them."""
    answers = (
        (reply.c.repository_id == ask.c.repository_id)
        & (reply.c.trigger_node_id == ask.c.comment_node_id)
        & (reply.c.command_key == ask.c.command_key)
    )
    return (
        statement.select_from(ask).join(reply, answers).where(ask.c.repository_id == repository_id)
    )


def _asked(statement: Select[Any], repository_id: int) -> Select[Any]:
    """Selects those of them that are still there, with their questions."""
    there = (reply.c.state.not_in(GONE), reply.c.question != "")
    return _answered(statement, repository_id).where(*there)


def _value(row: RowMapping) -> Pick:
    return Pick(
        ask_key=row["ask_key"],
        repository_id=row["repository_id"],
        chosen=row["chosen"],
        others=row["others"],
        taught=row["taught"],
        by=row["by_login"],
        at=row["at"],
    )
