"""Which lines of the issue "What Treadle learned" people ticked and unticked.

The issue's edit history is read, not only its text of now: a tick that was written over before
anybody read it is still found, with who gave it. Each text carries the number of the write that
it was made from, so an edit is compared with what its editor had before them.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain import IssueEdit, Person

_MARK = re.compile(r"<!-- treadle learned \d{1,19} write (\d{1,9}) -->")
_LINE = re.compile(
    r"^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[([ xX])\][ \t].*<!-- learned ([0-9a-f]{20}) -->",
    re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticks:
    """What a text says: the number of its write, 0 where that is gone, and ticks by token."""

    write: int = 0
    ticked: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Flip:
    """That a person ticked or unticked a line."""

    token: str
    ticked: bool
    by: Person
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """How far a history was read: the newest edit of that time, "" and None where none was."""

    edit: str = ""
    at: datetime | None = None


def read(body: str) -> Ticks:
    """Reads a text, whatever people made of its words, their order and its line ends.

    A line that stands there twice, ticked and not, says nothing.
    """
    found: dict[str, set[bool]] = defaultdict(set)
    for tick, token in _LINE.findall(body.replace("\r\n", "\n").replace("\r", "\n")):
        found[token].add(tick != " ")
    mark = _MARK.search(body)
    return Ticks(
        write=int(mark[1]) if mark else 0,
        ticked={token: ticks.pop() for token, ticks in found.items() if len(ticks) == 1},
    )


def flips(edits: Sequence[IssueEdit], *, since: Mark, before: Ticks) -> list[Flip]:
    """Returns what people ticked and unticked, in order.

    Args:
        edits: the issue's history, oldest first; a text that GitHub no longer has is None.
        since: how far it was read earlier.
        before: what the bot wrote last, for where the history does not show it.
    """
    found: list[Flip] = []
    seen = [before]
    for edit, fresh in zip(edits, _fresh(edits, since), strict=True):
        if edit.body is None:
            continue
        now = read(edit.body)
        if fresh and not edit.by.is_bot:
            was = _base(seen, now).ticked
            found += [
                Flip(token=token, ticked=ticked, by=edit.by, at=edit.at)
                for token, ticked in now.ticked.items()
                if was.get(token, ticked) != ticked
            ]
        seen.append(now)
    return found


def mark_of(edits: Sequence[IssueEdit], since: Mark) -> Mark:
    """Returns how far a history is read once all these edits are, oldest first."""
    return Mark(edit=edits[-1].id, at=edits[-1].at) if edits else since


def _base(seen: Sequence[Ticks], now: Ticks) -> Ticks:
    """Returns the text that an edit was made from: the newest of the same write, else the last."""
    same = (one for one in reversed(seen) if now.write and one.write == now.write)
    return next(same, seen[-1])


def _fresh(edits: Sequence[IssueEdit], since: Mark) -> list[bool]:
    """Tells of each edit whether it came after a mark; times are whole seconds on GitHub."""
    if since.at is None:
        return [True] * len(edits)
    ids = [edit.id for edit in edits]
    last = ids.index(since.edit) if since.edit in ids else -1
    return [number > last if last >= 0 else edit.at > since.at for number, edit in enumerate(edits)]
