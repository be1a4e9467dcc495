"""Places that are shared fairly, among threads of one process."""

import threading
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from itertools import count


class Shared:
    """A number of places, of which a free one goes to those who have fewest.

    Of as many, the first to come is the first to go. Who comes alone may have all.
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._changed = threading.Condition()
        self._numbers = count()
        self._held: Counter[Hashable] = Counter()
        self._waiting: dict[int, Hashable] = {}

    @contextmanager
    def one(self, who: Hashable) -> Iterator[None]:
        """Holds a place while the block runs, after waiting for one."""
        with self._changed:
            number = next(self._numbers)
            self._waiting[number] = who
            self._changed.wait_for(lambda: self._next() == number)
            del self._waiting[number]
            self._held[who] += 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._held[who] -= 1
                self._held += Counter()  # keeps none that hold nothing
                self._changed.notify_all()

    def _next(self) -> int | None:
        if self._held.total() >= self._places:
            return None
        return min(self._waiting, key=lambda number: (self._held[self._waiting[number]], number))
