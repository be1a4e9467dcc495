"""What one try of an ask costs its model, counted in one place for every back end, and its limits.

A limit stops drafting alone. Judging what has been drafted goes on, so that what was paid for
is used; the search asks for no more than 1.25 judgements a piece. A limit is looked at before a
call, so that it is passed by what one call costs at most.
"""

import threading
from dataclasses import dataclass, replace

from app.domain import Usage

MILLION = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Prices:
    """Money for a million tokens, read and written by the model."""

    read: float = 0.0
    written: float = 0.0

    def of(self, usage: Usage) -> float:
        """Returns what tokens cost; cached ones in full, so that it is never stated too low."""
        return (usage.read * self.read + usage.written * self.written) / MILLION


class Meter:
    """Adds up what one try of an ask costs; safe to use from several threads."""

    def __init__(
        self, prices: Prices | None = None, *, max_tokens: int = 0, max_cost: float = 0.0
    ) -> None:
        """Starts at nothing.

        Args:
            prices: what tokens cost; nothing where None.
            max_tokens: tokens that were computed (read and not cached, or written) from which
                on drafting stops; 0 is no limit.
            max_cost: money from which on drafting stops; 0 is no limit.
        """
        self._prices = prices or Prices()
        self._max_tokens = max_tokens
        self._max_cost = max_cost
        self._usage = Usage()
        self._lock = threading.Lock()

    def add(self, usage: Usage) -> None:
        """Counts the tokens of one call, priced, and the cost that they carry already."""
        priced = replace(usage, cost=usage.cost + self._prices.of(usage))
        with self._lock:
            self._usage += priced

    @property
    def usage(self) -> Usage:
        """All tokens so far and their cost."""
        return self._usage

    @property
    def spent(self) -> bool:
        """Whether a limit is reached: no more is drafted."""
        usage = self._usage
        tokens = usage.read - usage.cached + usage.written
        return (0 < self._max_tokens <= tokens) or (0 < self._max_cost <= usage.cost)
