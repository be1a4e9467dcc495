"""The issues "What Treadle learned": one a repository, none where nobody wants it."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.engine import RowMapping

from app.domain import LearnedIssue, LearnedState
from app.store.learned_tables import learned_issue
from app.store.noun import Noun


class LearnedIssues(Noun):
    """Issues by their repository. No text of theirs is kept, only which lines were ticked."""

    def get(self, repository_id: int) -> LearnedIssue | None:
        """Returns the issue of a repository, whatever its state."""
        row = self._row(select(learned_issue).where(learned_issue.c.repository_id == repository_id))
        return None if row is None else _value(row)

    def all(self) -> Sequence[LearnedIssue]:
        """Returns all issues, what is due first."""
        rows = self._rows(
            select(learned_issue).order_by(learned_issue.c.due_at, learned_issue.c.repository_id)
        )
        return [_value(row) for row in rows]

    def save(self, value: LearnedIssue) -> None:
        """Keeps an issue in place of what was kept of it."""
        columns = {one.name: getattr(value, one.name) for one in fields(LearnedIssue)}
        del columns["repository_id"]
        columns["state"] = value.state.value
        self._write(
            self._insert(learned_issue)
            .values(repository_id=value.repository_id, **columns)
            .on_conflict_do_update(index_elements=["repository_id"], set_=columns)
        )

    def hasten(self, repository_id: int, at: datetime) -> None:
        """Has the issue of a repository, if there is one, written at the next look from a time on.

        It does not wait for the end of the pause after its last write.
        """
        self._write(
            learned_issue.update()
            .where(learned_issue.c.repository_id == repository_id)
            .values(due_at=at, written_at=None)
        )

    def read_again(self, repository_id: int, at: datetime) -> None:
        """Has the issue of a repository, if there is one, read from its first edit on from a time
        on."""
        self._write(
            learned_issue.update()
            .where(learned_issue.c.repository_id == repository_id)
            .values(edit="", edit_at=None, due_at=at)
        )

    def put_off(self, repository_id: int, at: datetime) -> None:
        """Has the issue of a repository not looked at before a time, if there is one."""
        self._write(
            learned_issue.update()
            .where(learned_issue.c.repository_id == repository_id, learned_issue.c.due_at < at)
            .values(due_at=at)
        )

    def drop(self, repository_id: int) -> None:
        """Forgets the issue of a repository; on GitHub it stays."""
        self._write(delete(learned_issue).where(learned_issue.c.repository_id == repository_id))


def _value(row: RowMapping) -> LearnedIssue:
    return LearnedIssue(**{**row, "state": LearnedState(row["state"])})
