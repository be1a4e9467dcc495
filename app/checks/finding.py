"""What a check finds of one part."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "open", "fault", "skipped"]
"""`open` is not done yet, and no fault; `skipped` was not looked at, or cannot be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What was found of one part, and what is to be done, if `told` does not say so."""

    part: str
    state: State
    told: str
    remedy: str = ""
