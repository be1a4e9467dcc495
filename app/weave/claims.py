"""Claims: the names and quotations of a draft that have to exist, each of a kind."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is claimed to exist."""

    PATH = "path"
    FLAG = "flag"
    COMMAND = "command"
    SETTING = "setting"
    SYMBOL = "symbol"
    LINK = "link"
    QUOTATION = "quotation"


class Ungrounded(StrEnum):
    """What becomes of a sentence of a reply that claims what exists nowhere: it gets a remark,
    or is dropped."""

    MARK = "mark"
    DROP = "drop"


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """One name or quotation of a draft.

    `start` and `end` are where it stands in the draft, with its backticks, quotation marks,
    whole link or fence: behind `end` a remark can stand. `of` is the program that a flag is
    given to, "" where none is named; `fenced` tells that it stands in a fence.
    """

    kind: Kind
    text: str
    start: int = 0
    end: int = 0
    of: str = ""
    fenced: bool = False
