"""Preference rows read one after the other, for whoever wants all of a repository's."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Select, func, select

from app.domain import PreferenceRow, ReplyState, RowKind
from app.store.evidence_rows import preference_row_of
from app.store.noun import Noun
from app.store.schema import memory, preference_row, reply, revision, signal

AT_ONCE = 500
"""Rows that are held while others are read."""
GONE = (
    ReplyState.DELETED.value,
    ReplyState.UNREACHABLE.value,
    ReplyState.TAKEN_BACK.value,
)
TOLD = (RowKind.PAIR.value, RowKind.UNPAIRED.value)


class PreferenceRows(Noun):
    """Pairs and unpaired rows of replies that are still there; Chain of Hindsight rows only say
    these once more."""

    def count(self, repository_id: int) -> int:
        """Returns how many rows `stream` yields."""
        row = self._row(_of(repository_id, func.count().label("rows")))
        return 0 if row is None else int(row["rows"])

    def stream(self, repository_id: int) -> Iterator[PreferenceRow]:
        """Yields the rows of a repository by thread and reply, some at a time."""
        statement = _of(repository_id, preference_row).order_by(
            preference_row.c.number, preference_row.c.reply_id, preference_row.c.position
        )
        with self._reader.connect() as connection:
            found = connection.execution_options(yield_per=AT_ONCE).execute(statement).mappings()
            for row in found:
                yield preference_row_of(row)

    def remembered_as(self, repository_id: int, memories: Collection[str]) -> frozenset[int]:
        """Returns the replies that some memories, by their digests, are of."""
        names = sorted(memories)
        found: set[int] = set()
        for start in range(0, len(names), AT_ONCE):
            statement = select(memory.c.reply_id).where(
                memory.c.repository_id == repository_id,
                memory.c.digest.in_(names[start : start + AT_ONCE]),
            )
            found |= {row["reply_id"] for row in self._rows(statement)}
        return frozenset(found)

    def words_of(
        self, repository_id: int, people: Collection[int]
    ) -> tuple[frozenset[int], frozenset[str]]:
        """Returns the replies that some people asked for or edited, and these people's logins.

        Args:
            repository_id: GitHub's id of the repository.
            people: account ids.
        """
        if not people:
            return frozenset(), frozenset()
        here = reply.c.repository_id == repository_id
        asked = select(reply.c.id, reply.c.asker_login.label("login"))
        edited = select(reply.c.id, revision.c.editor_login.label("login"))
        edited = edited.join(revision, revision.c.reply_id == reply.c.id)
        voted = select(reply.c.id, signal.c.person_login.label("login"))
        voted = voted.join(signal, signal.c.reply_id == reply.c.id)
        own = [
            *self._rows(asked.where(here, reply.c.asker_id.in_(people))),
            *self._rows(edited.where(here, revision.c.editor_id.in_(people))),
        ]
        votes = self._rows(voted.where(here, signal.c.person_id.in_(people)))
        logins = {row["login"].lower() for row in (*own, *votes) if row["login"]}
        return frozenset(row["id"] for row in own), frozenset(logins)


def _of(repository_id: int, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(preference_row)
        .join(reply, reply.c.id == preference_row.c.reply_id)
        .where(
            preference_row.c.repository_id == repository_id,
            preference_row.c.kind.in_(TOLD),
            reply.c.state.not_in(GONE),
        )
    )
