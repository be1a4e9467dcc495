"""The preference behind a correction, in one sentence, kept beside the memory.

It stays when what the reply teaches is computed anew, since the memory does; it goes with it.
"""

from collections.abc import Sequence

from sqlalchemy import select, update

from app.domain import Memory, MemoryKind
from app.store.digests import memory_digest
from app.store.evidence import is_vetoed
from app.store.evidence_rows import memory_of
from app.store.noun import Noun
from app.store.schema import memory


class Preferences(Noun):
    """Sentences by the id of their memory."""

    def put(self, repository_id: int, memory_id: int, said: str, *, by: str) -> bool:
        """Keeps a person's sentence, "" to do without one; False where there is no such memory.

        No model writes it anew.
        """
        here = (memory.c.id == memory_id, memory.c.repository_id == repository_id)
        statement = update(memory).where(*here).values(preference=said, preference_by=by)
        with self._writing() as connection:
            return connection.execute(statement).rowcount == 1

    def write(self, read: Memory, said: str) -> bool:
        """Keeps a model's sentence, where the memory that it read still stands as it was.

        False too where a person has put it otherwise meanwhile.
        """
        name = memory_digest(read)
        here = (memory.c.id == read.id, memory.c.digest == name, memory.c.preference_by == "")
        statement = update(memory).where(*here).values(preference=said)
        with self._writing() as connection:
            return connection.execute(statement).rowcount == 1

    def waiting(self, *, least: float, after: int, limit: int) -> Sequence[Memory]:
        """Returns corrections that count and that no sentence stands beside, oldest first.

        Args:
            least: the least weight of a correction that is worth it.
            after: the id that the last look came to.
            limit: how many at most.
        """
        rows = self._rows(
            select(memory)
            .where(
                memory.c.kind == MemoryKind.CORRECTION.value,
                memory.c.weight >= least,
                memory.c.preference == "",
                memory.c.preference_by == "",
                memory.c.id > after,
                ~is_vetoed(),
            )
            .order_by(memory.c.id)
            .limit(limit)
        )
        return [memory_of(row) for row in rows]
