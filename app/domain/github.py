"""People and places on GitHub."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


class Permission(IntEnum):
    """What a person may do in a repository, in rising order (GitHub's `role_name`)."""

    NONE = 0
    READ = 1
    TRIAGE = 2
    WRITE = 3
    MAINTAIN = 4
    ADMIN = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A GitHub account. `id` is stable, `login` may be renamed."""

    id: int
    login: str
    is_bot: bool = False


SOMEONE = Person(id=0, login="")
"""Stands for a person whom GitHub does not name: who hid a comment, who deleted one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Repository:
    """A repository that the App is installed on. `id` is GitHub's and survives renames."""

    id: int
    owner: str
    name: str
    installation_id: int
    default_branch: str = "main"
    private: bool = False

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Comment:
    """An issue comment; `app_id` is set where an App wrote it."""

    id: int
    node_id: str
    url: str
    body: str
    author: Person
    created_at: datetime
    app_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread:
    """An issue or a pull request with its comments, oldest first."""

    repository_id: int
    number: int
    title: str
    body: str
    author: Person
    url: str
    comments: Sequence[Comment] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class IssueEdit:
    """One version of an issue's text; `body` is None where GitHub no longer shows it."""

    id: str
    body: str | None
    by: Person
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """An issue with its text of now and the edits that led to it, oldest first.

    The first edit is how it was opened; there are none where it was never edited, or not told.
    """

    repository_id: int
    number: int
    node_id: str
    url: str
    body: str
    closed: bool = False
    edits: Sequence[IssueEdit] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class HookDelivery:
    """One attempt of GitHub's to deliver a webhook, as GitHub recorded it.

    Attempts of one delivery share its `guid`, which is sent as `X-GitHub-Delivery`; `id` is the
    attempt's own. `status` is GitHub's word for the outcome, `status_code` the HTTP status of
    the answer, which is what GitHub made of it where there was none.
    """

    id: int
    guid: str
    delivered_at: datetime
    redelivery: bool
    status: str
    status_code: int
    event: str
    action: str = ""
    installation_id: int | None = None
    repository_id: int | None = None

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status_code < 300
