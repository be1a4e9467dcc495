"""When each reply is looked at next, and what the last look showed of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Join, and_, bindparam, func, or_, select, update

from app.domain import Reply, ReplyState
from app.store.noun import Noun
from app.store.replies import reply_of
from app.store.schema import installation, reply, repository


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A reply whose look is due.

    `shown` names what was taken in of it last, empty where that is not known; `taken_at` is when.
    """

    reply: Reply
    shown: str = ""
    taken_at: datetime | None = None


class Sweeps(Noun):
    """Looks at replies. Those of deleted replies are never due, nor where the App may not act."""

    def installations(self, now: datetime) -> Sequence[int]:
        """Returns the installations with looks that are due, in the order of their ids."""
        rows = self._rows(
            select(repository.c.installation_id)
            .select_from(_places())
            .where(_due(now))
            .distinct()
            .order_by(repository.c.installation_id)
        )
        return [row["installation_id"] for row in rows]

    def due(self, now: datetime, installation_id: int, limit: int) -> Sequence[Due]:
        """Returns the replies of an installation whose look is due, the youngest first."""
        rows = self._rows(
            select(reply)
            .select_from(_places())
            .where(_due(now), repository.c.installation_id == installation_id)
            .order_by(reply.c.posted_at.desc(), reply.c.id.desc())
            .limit(limit)
        )
        return [
            Due(reply=reply_of(row), shown=row["shown"], taken_at=row["seen_at"]) for row in rows
        ]

    def overdue(self, now: datetime) -> Mapping[int, float]:
        """Returns by installation how many seconds the look that waits longest is overdue."""
        rows = self._rows(
            select(repository.c.installation_id, func.min(reply.c.next_sweep_at).label("at"))
            .select_from(_places())
            .where(_due(now))
            .group_by(repository.c.installation_id)
        )
        return {row["installation_id"]: (now - row["at"]).total_seconds() for row in rows}

    def note(self, at: datetime, following: Mapping[int, datetime | None]) -> None:
        """Notes a look at replies.

        Args:
            at: when it was.
            following: by the reply's id when its next look is due; None for never again.
        """
        if not following:
            return
        statement = (
            update(reply)
            .where(reply.c.id == bindparam("of"))
            .values(swept_at=bindparam("at"), next_sweep_at=bindparam("next"))
        )
        with self._writing() as connection:
            connection.execute(
                statement, [{"of": one, "at": at, "next": then} for one, then in following.items()]
            )

    def set_due(self, ids: Collection[int], now: datetime) -> None:
        """Makes looks due now that were not due yet."""
        later = or_(reply.c.next_sweep_at > now, reply.c.next_sweep_at.is_(None))
        self._write(update(reply).where(reply.c.id.in_(ids), later).values(next_sweep_at=now))

    def set_taken(self, reply_id: int, shown: str, seen_at: datetime) -> None:
        """Notes that all that a look showed is taken in, and learned from.

        Nothing is noted where a newer look was recorded meanwhile: that one may have shown
        something else.
        """
        same = and_(reply.c.id == reply_id, reply.c.seen_at == seen_at)
        self._write(update(reply).where(same).values(shown=shown))


def _places() -> Join:
    return reply.join(repository, repository.c.id == reply.c.repository_id).outerjoin(
        installation, installation.c.id == repository.c.installation_id
    )


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(
        reply.c.next_sweep_at <= now,
        reply.c.state.not_in((ReplyState.DELETED.value, ReplyState.TAKEN_BACK.value)),
        repository.c.removed_at.is_(None),
        or_(installation.c.state.is_(None), installation.c.state == "active"),
    )
