"""The issue "What Treadle learned" of a repository, as far as the bot knows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class LearnedState(StrEnum):
    """How the issue stands.

    WANTED: to be opened. OPEN: kept up to date. CLOSED: left as it is until it is reopened. GONE:
    deleted or transferred; no new one until somebody asks for it. REFUSED: GitHub lets the bot
    open or write none, since issues are off or the repository is archived.
    """

    WANTED = "wanted"
    OPEN = "open"
    CLOSED = "closed"
    GONE = "gone"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class LearnedIssue:
    """A repository's issue.

    `asked` tells whether a person's command asked for it, rather than the configuration file.
    `number`, `node_id` and `url` are GitHub's, 0 and "" where it was not opened yet. `write` counts
    the texts that the bot wrote, `ticked` are the lines of the newest by token. `edit` is the
    newest edit that was read, and `edit_at` its time. `due_at` is when to look again.
    """

    repository_id: int
    state: LearnedState
    asked: bool = False
    number: int = 0
    node_id: str = ""
    url: str = ""
    write: int = 0
    ticked: Mapping[str, bool] = field(default_factory=dict)
    edit: str = ""
    edit_at: datetime | None = None
    written_at: datetime | None = None
    due_at: datetime
