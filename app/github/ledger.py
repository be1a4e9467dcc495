"""The `Ledger` port for a process that shares its limits with no other."""

import threading
import time
from collections.abc import Callable

from app.domain import Allowance
from app.ports.github import Result


class ProcessLedger:
    """Keeps in memory where installations stand."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._allowances: dict[int, Allowance] = {}

    def change(
        self, installation_id: int, rule: Callable[[Allowance, float], tuple[Allowance, Result]]
    ) -> Result:
        """Applies a rule, one at a time."""
        with self._lock:
            allowance = self._allowances.get(installation_id, Allowance())
            self._allowances[installation_id], result = rule(allowance, self._clock())
            return result
