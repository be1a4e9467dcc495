"""Where the thread that reads puts work, and the thread that runs the model takes it."""

import threading
from collections.abc import Sequence

from app.models.turns import Turns
from app.models.wire import Ask, Forget, Message

PATIENCE = 0.1
"""Share of the last run's time that asks of that run are waited for, to run together again."""
PATIENCE_SECONDS = 0.05


class Desk:
    """Orders, done as they come, and jobs, run together.

    Asks that have just been answered will soon have their next jobs: those of one run are waited
    for a little, as they would otherwise take turns, each alone in its batch. An ask that is
    alone never waits.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._orders: list[Message] = []
        self._turns = Turns()
        self._expected: set[int] = set()
        self._patience = 0.0

    def put(self, message: Message) -> None:
        """Adds a job or an order."""
        with self._changed:
            if isinstance(message, Ask):
                self._turns.put(message)
            else:
                self._orders.append(message)
            if isinstance(message, Forget):
                self._expected.discard(message.number)
            self._changed.notify_all()

    def drop(self, number: int) -> bool:
        """Removes a job; False where it is not here any more."""
        with self._changed:
            return self._turns.drop(number)

    def take(self, rows: int) -> tuple[Sequence[Message], Sequence[Ask]]:
        """Waits for work; returns the orders, to be done first, and jobs of about `rows` texts.

        Both are of the same moment: a job's context was ordered before it.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._orders or len(self._turns))
            if len(self._turns):
                self._changed.wait_for(lambda: self._full(rows), timeout=self._patience)
            orders, self._orders = self._orders, []
            return orders, self._turns.take(rows)

    def _full(self, rows: int) -> bool:
        return self._expected <= set(self._turns.contexts) or self._turns.rows >= rows

    def ran(self, asks: Sequence[Ask], seconds: float) -> None:
        """Tells what has been run and answered, and how long that took."""
        with self._changed:
            self._expected = {ask.context for ask in asks}
            self._patience = min(PATIENCE_SECONDS, PATIENCE * seconds)
