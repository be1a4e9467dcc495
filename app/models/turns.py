"""In which order jobs are run, so that batches are full and nobody waits for long.

Start-time fair queueing (Goyal, Vin, Cheng 1996, https://doi.org/10.1145/248156.248171): a
job's turn is where the turns of its ask's earlier jobs end, but not before the present one. A
small job that comes late so goes before what a busy ask has piled up. The present moves on with
every row that is run, shared by the asks that wait: so new asks, however many, cannot keep
passing a job for ever.
"""

import heapq
from collections.abc import Collection

from app.models.wire import Ask


class Turns:
    """Jobs that wait; not safe to use from several threads."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Ask]] = []
        self._ends: dict[int, int] = {}
        self._now = 0
        self._count = 0

    def __len__(self) -> int:
        return len(self._heap)

    @property
    def contexts(self) -> Collection[int]:
        """The contexts that have a job here."""
        return {ask.context for _, _, ask in self._heap}

    @property
    def rows(self) -> int:
        """How many texts are waited for."""
        return sum(ask.rows for _, _, ask in self._heap)

    def put(self, ask: Ask) -> None:
        """Adds a job."""
        start = max(self._now, self._ends.get(ask.context, 0))
        self._ends[ask.context] = start + ask.rows
        self._count += 1
        heapq.heappush(self._heap, (start, self._count, ask))

    def drop(self, number: int) -> bool:
        """Removes a job; False where it is not here."""
        left = [entry for entry in self._heap if entry[2].number != number]
        found = len(left) < len(self._heap)
        self._heap = left
        heapq.heapify(self._heap)
        return found

    def take(self, rows: int) -> list[Ask]:
        """Removes and returns jobs whose turn it is, until together they have that many rows."""
        taken: list[Ask] = []
        while self._heap and sum(ask.rows for ask in taken) < rows:
            waiting = len(self.contexts)
            start, _, ask = heapq.heappop(self._heap)
            self._now = max(self._now, start) + -(-ask.rows // waiting)
            taken.append(ask)
        self._ends = {key: end for key, end in self._ends.items() if end > self._now}
        return taken
