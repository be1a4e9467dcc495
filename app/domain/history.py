"""What GitHub still shows of what was said in a repository before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.github import Comment, Person


@dataclass(frozen=True, kw_only=True, slots=True)
class PastComment:
    """A comment with the number of its thread and the time of its last change."""

    comment: Comment
    number: int
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PastPage:
    """A page of a repository's comments; `more` follow it, on `pages` pages with this one."""

    comments: Sequence[PastComment]
    more: bool
    pages: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PastQuestion:
    """A comment that asked: `texts` are its versions as far as they are shown, newest first.

    `number` is that of its thread, None where GitHub did not say.
    """

    author: Person
    number: int | None
    texts: Sequence[str]


@dataclass(frozen=True, order=True, slots=True)
class FileAt:
    """A file as it was at a commit; `path` is relative to the repository's root."""

    commit: str
    path: str
