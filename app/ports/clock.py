"""The time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The current time, aware, in UTC."""

    def __call__(self) -> datetime: ...
