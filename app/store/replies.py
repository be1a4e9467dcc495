"""Replies that were posted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, select, update
from sqlalchemy.engine import RowMapping

from app.domain import Passage, Reply, ReplyState
from app.store.noun import Noun, passages_from_json, passages_to_json, person_columns, person_of
from app.store.schema import reply, signal


class Replies(Noun):
    """Replies by our id, by what they answer, and by where they stand on GitHub."""

    def add(self, value: Reply, *, next_sweep: datetime | None = None) -> Reply:
        """Stores a reply and returns it with its id; what was stored first stays.

        Args:
            value: a reply whose `id` is 0.
            next_sweep: when it is due for a first look; at once when not given.
        """
        columns = {**reply_columns(value), "next_sweep_at": next_sweep or value.posted_at}
        with self._writing() as connection:
            connection.execute(
                self._insert(reply)
                .values(columns)
                # Without an index named: of two at once on Postgres, one may meet another first.
                .on_conflict_do_nothing()
            )
            row = (
                connection.execute(_by_trigger(value.trigger_node_id, value.command_key))
                .mappings()
                .one()
            )
        return reply_of(row)

    def by_id(self, reply_id: int) -> Reply | None:
        """Looks a reply up by our id."""
        return self._one(select(reply).where(reply.c.id == reply_id))

    def by_trigger(self, trigger_node_id: str, command_key: str = "") -> Reply | None:
        """Looks up the reply to one command of one comment."""
        return self._one(_by_trigger(trigger_node_id, command_key))

    def by_comment(self, repository_id: int, comment_id: int) -> Reply | None:
        """Looks a reply up by the comment that it is on GitHub."""
        return self._one(
            select(reply).where(
                reply.c.repository_id == repository_id, reply.c.comment_id == comment_id
            )
        )

    def by_url(self, url: str) -> Reply | None:
        """Looks a reply up by its address on GitHub."""
        return self._one(select(reply).where(reply.c.url == url))

    def on_thread(self, repository_id: int, number: int) -> Sequence[Reply]:
        """Returns the replies on a thread, oldest first."""
        return self._many(
            select(reply)
            .where(reply.c.repository_id == repository_id, reply.c.number == number)
            .order_by(reply.c.posted_at, reply.c.id)
        )

    def recent(self, repository_id: int, limit: int) -> Sequence[Reply]:
        """Returns the newest replies of a repository, newest first."""
        return self._many(
            select(reply)
            .where(reply.c.repository_id == repository_id)
            .order_by(reply.c.posted_at.desc(), reply.c.id.desc())
            .limit(limit)
        )

    def addresses(self, repository_id: int) -> frozenset[str]:
        """Returns the addresses of all replies of a repository, those that are gone too."""
        rows = self._rows(select(reply.c.url).where(reply.c.repository_id == repository_id))
        return frozenset(row["url"] for row in rows)

    def ids(self, repository_id: int) -> Sequence[int]:
        """Returns our ids of all replies of a repository, the newest first."""
        rows = self._rows(
            select(reply.c.id)
            .where(reply.c.repository_id == repository_id)
            .order_by(reply.c.posted_at.desc(), reply.c.id.desc())
        )
        return [row["id"] for row in rows]

    def judged(self, repository_id: int, field: str, limit: int) -> Sequence[Reply]:
        """Returns the newest replies that people said something of, newest first.

        Args:
            repository_id: GitHub's id of the repository.
            field: what the block of such a reply must have.
            limit: how many at most.
        """
        told = exists().where(signal.c.reply_id == reply.c.id)
        return self._many(
            select(reply)
            .where(
                reply.c.repository_id == repository_id,
                reply.c.block[field].as_string().is_not(None),
                told,
            )
            .order_by(reply.c.posted_at.desc(), reply.c.id.desc())
            .limit(limit)
        )

    def newest(self) -> Reply | None:
        """Returns the newest reply of all repositories; None where there is none."""
        return self._one(select(reply).order_by(reply.c.id.desc()).limit(1))

    def set_state(self, reply_id: int, state: ReplyState) -> None:
        """Notes what has become of a reply on GitHub; one that was taken back stays so."""
        kept = reply.c.state != ReplyState.TAKEN_BACK.value
        self._write(update(reply).where(reply.c.id == reply_id, kept).values(state=state.value))

    def set_sources(self, reply_id: int, sources: Sequence[Passage]) -> None:
        """Gives a reply its sources, where it was kept without their texts."""
        columns = {"sources": passages_to_json(sources)}
        self._write(update(reply).where(reply.c.id == reply_id).values(columns))

    def _one(self, statement: Select[Any]) -> Reply | None:
        row = self._row(statement)
        return None if row is None else reply_of(row)

    def _many(self, statement: Select[Any]) -> Sequence[Reply]:
        return [reply_of(row) for row in self._rows(statement)]


def _by_trigger(trigger_node_id: str, command_key: str) -> Select[Any]:
    return select(reply).where(
        reply.c.trigger_node_id == trigger_node_id, reply.c.command_key == command_key
    )


def reply_columns(value: Reply) -> dict[str, object]:
    """Returns the columns of a reply, without its id and when it is looked at next."""
    return {
        "repository_id": value.repository_id,
        "number": value.number,
        "comment_id": value.comment_id,
        "comment_node_id": value.comment_node_id,
        "url": value.url,
        "trigger_comment_id": value.trigger_comment_id,
        "trigger_node_id": value.trigger_node_id,
        "command_key": value.command_key,
        **person_columns(value.asker, "asker"),
        "question": value.question,
        "answer": value.answer,
        "body": value.body,
        "block": dict(value.block),
        "sources": passages_to_json(value.sources),
        "dictionary_version": value.dictionary_version,
        "posted_at": value.posted_at,
        "state": value.state.value,
    }


def reply_of(row: RowMapping) -> Reply:
    """Reads a reply."""
    return Reply(
        id=row["id"],
        repository_id=row["repository_id"],
        number=row["number"],
        comment_id=row["comment_id"],
        comment_node_id=row["comment_node_id"],
        url=row["url"],
        trigger_comment_id=row["trigger_comment_id"],
        trigger_node_id=row["trigger_node_id"],
        command_key=row["command_key"],
        asker=person_of(row, "asker"),
        question=row["question"],
        answer=row["answer"],
        body=row["body"],
        block=row["block"],
        sources=passages_from_json(row["sources"]),
        dictionary_version=row["dictionary_version"],
        posted_at=row["posted_at"],
        state=ReplyState(row["state"]),
    )
