"""Revisions: the versions of our replies that GitHub shows."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, delete, func, insert, select
from sqlalchemy.engine import RowMapping

from app.domain import Revision
from app.store.noun import Noun, is_taken_back, lock_reply, person_of
from app.store.schema import reply, revision
from app.store.types import storable


class Revisions(Noun):
    """Revisions by reply, oldest first."""

    def record(self, reply_id: int, revisions: Sequence[Revision]) -> bool:
        """Makes a reply's revisions those that GitHub shows; what it hides goes here too.

        Of one that somebody took back since it was looked at, none are kept.

        Returns:
            Whether anything is different from before.

        Raises:
            LookupError: there is no such reply.
        """
        rows = [
            {
                "reply_id": reply_id,
                "position": position,
                "body": None if value.body is None else storable(value.body),
                "editor_id": None if value.editor is None else value.editor.id,
                "editor_login": "" if value.editor is None else value.editor.login,
                "editor_is_bot": value.editor is not None and value.editor.is_bot,
                "edited_at": value.edited_at,
                "deleted": value.deleted,
            }
            for position, value in enumerate(revisions)
        ]
        with self._writing() as connection:
            lock_reply(connection, reply_id)
            if is_taken_back(connection, reply_id):
                return False
            known = connection.execute(_of(reply_id)).mappings().all()
            if [dict(row) for row in known] == rows:
                return False
            connection.execute(delete(revision).where(revision.c.reply_id == reply_id))
            if rows:
                connection.execute(insert(revision), rows)
        return True

    def newest(self, repository_id: int, limit: int) -> Mapping[int, str]:
        """Returns the newest text of the replies of a repository that were edited.

        Args:
            repository_id: GitHub's id of the repository.
            limit: how many replies at most, the newest.

        Returns:
            By our id of the reply; those of which GitHub does not show that text are left out.
        """
        last = (
            select(revision.c.reply_id, func.max(revision.c.position).label("position"))
            .join(reply, reply.c.id == revision.c.reply_id)
            .where(reply.c.repository_id == repository_id)
            .group_by(revision.c.reply_id)
            .order_by(revision.c.reply_id.desc())
            .limit(limit)
            .subquery()
        )
        rows = self._rows(
            select(revision.c.reply_id, revision.c.body)
            .join(
                last,
                and_(
                    last.c.reply_id == revision.c.reply_id,
                    last.c.position == revision.c.position,
                ),
            )
            .where(revision.c.body.is_not(None))
            .order_by(revision.c.reply_id.desc())
        )
        return {row["reply_id"]: row["body"] for row in rows}

    def of_reply(self, reply_id: int) -> Sequence[Revision]:
        """Returns a reply's revisions, oldest first."""
        return [_value(row) for row in self._rows(_of(reply_id))]


def _of(reply_id: int) -> Select[Any]:
    return select(revision).where(revision.c.reply_id == reply_id).order_by(revision.c.position)


def _value(row: RowMapping) -> Revision:
    return Revision(
        body=row["body"],
        editor=None if row["editor_id"] is None else person_of(row, "editor"),
        edited_at=row["edited_at"],
        deleted=row["deleted"],
    )
