"""Asks: commands that want a reply, and the drafts on their way to GitHub."""

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.engine import RowMapping

from app.domain import Ask, AskState, DraftRecord, Person
from app.errors import TransientError
from app.store.holder import gone, this_process
from app.store.noun import Noun, passages_from_json, passages_to_json, person_of
from app.store.schema import ask, draft, lease, repository

POSTING_LASTS = timedelta(minutes=2)
"""Time after which one that posts from another machine, and is not heard of, counts as gone."""
POSTING_PATIENCE = 10.0
POSTING_POLL = 0.1


class Asks(Noun):
    """Asks by their key."""

    def open(self, value: Ask) -> bool:
        """Adds an ask; False where its key is known, and then nothing changes."""
        columns: dict[str, object] = {
            "key": value.key,
            "repository_id": value.repository_id,
            "number": value.number,
            "comment_id": value.comment_id,
            "comment_node_id": value.comment_node_id,
            "command": value.command,
            "command_key": value.command_key,
            "delivery_guid": value.delivery_guid,
            "state": value.state.value,
            "created_at": value.created_at,
            **_asker(value.asker),
        }
        return self._wrote(
            self._insert(ask)
            .values(columns)
            .on_conflict_do_nothing(index_elements=["key"])
            .returning(ask.c.key)
        )

    def get(self, key: str) -> Ask | None:
        """Looks an ask up."""
        row = self._row(select(ask).where(ask.c.key == key))
        return None if row is None else _value(row)

    def of_comment(self, repository_id: int, comment_id: int, command_key: str) -> Ask | None:
        """Looks an ask up by the comment that holds it, and its command's key."""
        row = self._row(
            select(ask).where(
                ask.c.repository_id == repository_id,
                ask.c.comment_id == comment_id,
                ask.c.command_key == command_key,
            )
        )
        return None if row is None else _value(row)

    def installation(self, key: str) -> int:
        """Returns the installation that an ask came from; 0 where it is not known."""
        row = self._row(
            select(repository.c.installation_id)
            .join(ask, ask.c.repository_id == repository.c.id)
            .where(ask.c.key == key)
        )
        return 0 if row is None else int(row["installation_id"])

    def waiting(self, installation_id: int) -> int:
        """Counts the asks of an installation that have not come to their end."""
        row = self._row(
            select(func.count().label("number"))
            .select_from(ask.join(repository, ask.c.repository_id == repository.c.id))
            .where(
                repository.c.installation_id == installation_id,
                ask.c.state.in_((AskState.QUEUED.value, AskState.DRAFTED.value)),
            )
        )
        return 0 if row is None else int(row["number"])

    def set_state(self, key: str, state: AskState, reason: str = "") -> None:
        """Notes how far an ask has come, and why."""
        self._write(update(ask).where(ask.c.key == key).values(state=state.value, reason=reason))

    def reason(self, key: str) -> str:
        """Returns why an ask is in its state; "" where nothing was said."""
        row = self._row(select(ask.c.reason).where(ask.c.key == key))
        return "" if row is None else str(row["reason"])

    def save_draft(self, key: str, record: DraftRecord) -> None:
        """Keeps what is to be posted for an ask that waits, in place of an earlier draft."""
        columns = {
            "body": record.body,
            "question": record.question,
            "answer": record.answer,
            "block": dict(record.block),
            "sources": passages_to_json(record.sources),
            "dictionary_version": record.dictionary_version,
            "abstained": record.abstained,
            "details": dict(record.details),
            "created_at": record.created_at,
        }
        with self._writing() as connection:
            connection.execute(
                self._insert(draft)
                .values(ask_key=key, **columns)
                .on_conflict_do_update(index_elements=["ask_key"], set_=columns)
            )
            connection.execute(
                update(ask)
                .where(ask.c.key == key, ask.c.state == AskState.QUEUED.value)
                .values(state=AskState.DRAFTED.value)
            )

    @contextmanager
    def posting(self, key: str) -> Iterator[None]:
        """Keeps every other thread, process and machine from posting for an ask meanwhile.

        No transaction is open while the block runs. What a process held that has ended is
        taken over: at once on the same machine, else after `POSTING_LASTS`.

        Raises:
            TransientError: another has held it for `POSTING_PATIENCE` seconds.
        """
        holder = f"{this_process()}/{secrets.token_hex(4)}"
        deadline = time.monotonic() + POSTING_PATIENCE
        while not self._take(key, holder):
            if time.monotonic() >= deadline:
                raise TransientError("another worker is posting the same reply")
            time.sleep(POSTING_POLL)
        try:
            yield
        finally:
            self._write(delete(lease).where(lease.c.name == key, lease.c.holder == holder))

    def _take(self, key: str, holder: str) -> bool:
        now = datetime.now(UTC)
        row = self._row(select(lease.c.holder).where(lease.c.name == key))
        free = lease.c.until <= now
        if row is not None and gone(row["holder"]):
            free = or_(free, lease.c.holder == row["holder"])
        columns = {"holder": holder, "until": now + POSTING_LASTS}
        return self._wrote(
            self._insert(lease)
            .values(name=key, **columns)
            .on_conflict_do_update(index_elements=["name"], set_=columns, where=free)
            .returning(lease.c.name)
        )

    def draft(self, key: str) -> DraftRecord | None:
        """Returns what is to be posted for an ask."""
        row = self._row(select(draft).where(draft.c.ask_key == key))
        if row is None:
            return None
        return DraftRecord(
            body=row["body"],
            question=row["question"],
            answer=row["answer"],
            block=row["block"],
            sources=passages_from_json(row["sources"]),
            dictionary_version=row["dictionary_version"],
            abstained=row["abstained"],
            details=row["details"],
            created_at=row["created_at"],
        )

    def earlier(self, value: Ask, *, since: datetime, helping: bool) -> int:
        """Counts what the asker asked in the same repository before this ask.

        What was ignored, since nothing was wanted any more, does not count, nor what failed
        through no fault of the asker's.

        Args:
            value: the ask, stored.
            since: the time to count from.
            helping: whether to count calls for help, or else questions.
        """
        if value.asker is None:
            return 0
        before = or_(
            ask.c.created_at < value.created_at,
            and_(ask.c.created_at == value.created_at, ask.c.key < value.key),
        )
        row = self._row(
            select(func.count().label("asks"))
            .select_from(ask)
            .where(
                ask.c.repository_id == value.repository_id,
                ask.c.asker_id == value.asker.id,
                ask.c.created_at >= since,
                ask.c.state.not_in((AskState.IGNORED.value, AskState.FAILED.value)),
                (ask.c.command == "help") == helping,
                before,
            )
        )
        return 0 if row is None else int(row["asks"])

    def of_command(self, repository_id: int, command: str) -> Sequence[Ask]:
        """Returns the asks of one command in a repository."""
        rows = self._rows(
            select(ask).where(ask.c.repository_id == repository_id, ask.c.command == command)
        )
        return [_value(row) for row in rows]

    def newest(self, repository_id: int, limit: int) -> Sequence[Ask]:
        """Returns a repository's asks, the newest first."""
        rows = self._rows(
            select(ask)
            .where(ask.c.repository_id == repository_id)
            .order_by(ask.c.created_at.desc(), ask.c.key)
            .limit(limit)
        )
        return [_value(row) for row in rows]


def _asker(person: Person | None) -> dict[str, object]:
    if person is None:
        return {"asker_id": None, "asker_login": "", "asker_is_bot": False}
    return {"asker_id": person.id, "asker_login": person.login, "asker_is_bot": person.is_bot}


def _value(row: RowMapping) -> Ask:
    return Ask(
        key=row["key"],
        repository_id=row["repository_id"],
        number=row["number"],
        comment_id=row["comment_id"],
        comment_node_id=row["comment_node_id"],
        command=row["command"],
        command_key=row["command_key"],
        delivery_guid=row["delivery_guid"],
        asker=None if row["asker_id"] is None else person_of(row, "asker"),
        state=AskState(row["state"]),
        created_at=row["created_at"],
    )
