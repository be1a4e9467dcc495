"""Waiting for what the bot does by itself, and naming what did not come."""

import time
from collections.abc import Callable
from typing import TypeVar

from app.demo.people import LinkBroken
from app.local import Processes

T = TypeVar("T")


class Waiting:
    """How long the links of the chain may take, and who has to be alive meanwhile.

    Args:
        processes: the bot's own, looked after while waiting.
        seconds: until a link counts as broken.
    """

    def __init__(self, processes: Processes, *, seconds: float) -> None:
        self.seconds = seconds
        self._processes = processes

    def check(self) -> None:
        """Raises NotStarted where one of the bot's processes has ended."""
        self._processes.check()

    def until(self, link: str, look: Callable[[], T | None]) -> T:
        """Waits until a look finds something.

        Raises:
            LinkBroken: it did not in time.
        """
        deadline = time.monotonic() + self.seconds
        while time.monotonic() < deadline:
            found = look()
            if found:
                return found
            self.check()
            time.sleep(0.05)
        raise LinkBroken(f"{link}: not seen within {self.seconds:.0f} s")
