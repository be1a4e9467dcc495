"""Asking GitHub for long: what fails for a while, or is over a limit, is asked for again."""

import time
from collections.abc import Callable
from typing import TypeVar

import structlog

from app.errors import RateLimited, TransientError

log = structlog.get_logger()

TRIES = 5
"""Times that something is asked for in a row while it fails; waiting for a limit is no failure."""

T = TypeVar("T")


class Asking:
    """Asks, and sleeps in between."""

    def __init__(self, wait: Callable[[float], None] = time.sleep) -> None:
        """Prepares it; `wait` sleeps for so many seconds."""
        self._wait = wait

    def __call__(self, ask: Callable[[], T]) -> T:
        """Returns what an answer is, however long GitHub's limits let it take.

        Raises:
            TransientError: it failed `TRIES` times, with some seconds in between.
        """
        failures = 0
        while True:
            try:
                return ask()
            except RateLimited as error:
                log.info("backfill.waits", seconds=error.retry_after)
                self._wait(max(1.0, error.retry_after))
            except TransientError:
                failures += 1
                if failures == TRIES:
                    raise
                self._wait(2.0**failures)
