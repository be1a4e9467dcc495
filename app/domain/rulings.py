"""What maintainers decided about what is learned, and the log of who did what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.github import Person

OPERATOR = Person(id=0, login="operator")
"""Who acted by command or in the dashboard: whoever runs Treadle, by no account of GitHub's."""

TAKEN_BACK = Person(id=0, login="a person who took it back")
"""Stands for a person who wants to be named no more."""


class RulingKind(StrEnum):
    """What a ruling is about, and what its key is.

    PHRASE: the phrase, as `app.feedback.phrases` cuts it. MEMORY: `app.store.digests.memory_digest`
    of it. ROW: `app.store.digests.row_digest` of it. ADAPTER: the name of its version.
    """

    PHRASE = "phrase"
    MEMORY = "memory"
    ROW = "row"
    ADAPTER = "adapter"


class RulingWhat(StrEnum):
    """What was decided.

    PINNED: a phrase is liked, whatever people say. FORBIDDEN: a phrase is not to be written.
    DELETED: a phrase counts nothing. VETOED: a memory, row or adapter must not count.
    """

    PINNED = "pinned"
    FORBIDDEN = "forbidden"
    DELETED = "deleted"
    VETOED = "vetoed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruling:
    """One decision; it outlives whatever is computed anew. `url` is where it was made, or ""."""

    kind: RulingKind
    key: str
    what: RulingWhat
    by: Person
    at: datetime
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RollBack:
    """What a repository's dictionary leaves aside from a moment on.

    `version` is the one that was gone back to; 0 where all counts again. `aside` are the times
    whose words do not count, each after its first and up to its second moment.
    """

    version: int
    aside: Sequence[tuple[datetime, datetime]]
    by: Person
    at: datetime
    url: str


ACTS = frozenset(
    {
        "taught",
        "vetoed",
        "restored",
        "pinned",
        "forbade",
        "deleted",
        "freed",
        "rolled back",
        "resumed",
        "picked",
        "took back a pick",
        "forgot",
        "opted out",
        "opted in",
        "exported",
        "imported",
        "erased",
    }
)
"""The verbs of the audit log."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEntry:
    """That a person did something which changes what is learned, or took a copy of it.

    `act` is one of `ACTS`; `subject` a phrase, the digest of a memory, the name of an adapter, a
    number of rows: no other words of people. `url` is where it was done, or "".
    """

    at: datetime
    person: Person
    act: str
    subject: str
    url: str
