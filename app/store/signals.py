"""Signals: what people said of replies, each counted once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from app.domain import Permission, Signal, SignalKind
from app.store.noun import Noun, is_taken_back, lock_reply, person_columns, person_of
from app.store.schema import reply, signal

_Key = tuple[SignalKind, str, int]


class Signals(Noun):
    """Signals by reply, kind, content and person; those three tell a reply's signals apart."""

    def record(self, reply_id: int, signals: Sequence[Signal], seen_at: datetime) -> bool:
        """Makes a reply's signals what was seen, unless a newer look was recorded already.

        The earliest `first_seen` of a signal stays, and its first `read_at`. One that is not in
        the list any more is kept with `removed_at`; one that comes back loses it, and is read
        anew. Nothing changes of a reply that somebody took back since it was looked at.

        Args:
            reply_id: a stored reply.
            signals: all signals of that reply at `seen_at`; their own `reply_id` and `read_at` are
                not looked at.
            seen_at: when GitHub was asked.

        Returns:
            Whether anything is different from before.

        Raises:
            LookupError: there is no such reply.
        """
        changed = False
        with self._writing() as connection:
            lock_reply(connection, reply_id)
            if is_taken_back(connection, reply_id) or not _newest(connection, reply_id, seen_at):
                return False
            rows = connection.execute(
                select(signal).where(signal.c.reply_id == reply_id)
            ).mappings()
            known = {_key(value): (row["id"], value) for row in rows for value in (_value(row),)}
            seen = {
                _key(value): replace(value, reply_id=reply_id, read_at=seen_at) for value in signals
            }
            for key, value in seen.items():
                if key not in known:
                    connection.execute(insert(signal).values(_columns(value)))
                    changed = True
                    continue
                row_id, before = known[key]
                after = replace(
                    value,
                    first_seen=min(before.first_seen, value.first_seen),
                    read_at=before.read_at if before.removed_at is None else seen_at,
                )
                if after != before:
                    connection.execute(
                        update(signal).where(signal.c.id == row_id).values(_columns(after))
                    )
                    changed = True
            for key, (row_id, before) in known.items():
                if key not in seen and before.removed_at is None:
                    connection.execute(
                        update(signal).where(signal.c.id == row_id).values(removed_at=seen_at)
                    )
                    changed = True
        return changed

    def of_reply(self, reply_id: int) -> Sequence[Signal]:
        """Returns a reply's signals, the removed ones too, oldest first."""
        rows = self._rows(
            select(signal)
            .where(signal.c.reply_id == reply_id)
            .order_by(signal.c.first_seen, signal.c.id)
        )
        return [_value(row) for row in rows]

    def of_repository(self, repository_id: int, limit: int) -> Sequence[Signal]:
        """Returns the newest signals of a repository, newest first."""
        rows = self._rows(
            select(signal)
            .join(reply, reply.c.id == signal.c.reply_id)
            .where(reply.c.repository_id == repository_id)
            .order_by(signal.c.first_seen.desc(), signal.c.id.desc())
            .limit(limit)
        )
        return [_value(row) for row in rows]

    def live(self, repository_id: int, limit: int) -> Sequence[Signal]:
        """Returns the newest signals of a repository that were not taken back, oldest first."""
        rows = self._rows(
            select(signal)
            .join(reply, reply.c.id == signal.c.reply_id)
            .where(reply.c.repository_id == repository_id, signal.c.removed_at.is_(None))
            .order_by(signal.c.first_seen.desc(), signal.c.id.desc())
            .limit(limit)
        )
        return [_value(row) for row in reversed(rows)]


def _newest(connection: Connection, reply_id: int, seen_at: datetime) -> bool:
    """Notes a look at a locked reply; False where a newer one is known."""
    noted = connection.execute(
        update(reply)
        .where(reply.c.id == reply_id, or_(reply.c.seen_at.is_(None), reply.c.seen_at <= seen_at))
        # What was taken in last does not stand for this one until it is learned from.
        .values(seen_at=seen_at, shown="")
    )
    return noted.rowcount == 1


def _key(value: Signal) -> _Key:
    return value.kind, value.content, value.person.id


def _columns(value: Signal) -> dict[str, object]:
    return {
        "reply_id": value.reply_id,
        "kind": value.kind.value,
        "content": value.content,
        **person_columns(value.person, "person"),
        "permission": int(value.permission),
        "trust": value.trust,
        "value": value.value,
        "first_seen": value.first_seen,
        "removed_at": value.removed_at,
        "url": value.url,
        "read_at": value.read_at,
    }


def _value(row: RowMapping) -> Signal:
    return Signal(
        reply_id=row["reply_id"],
        kind=SignalKind(row["kind"]),
        content=row["content"],
        person=person_of(row, "person"),
        permission=Permission(row["permission"]),
        trust=row["trust"],
        value=row["value"],
        first_seen=row["first_seen"],
        removed_at=row["removed_at"],
        url=row["url"],
        read_at=row["read_at"],
    )
