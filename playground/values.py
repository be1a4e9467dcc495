"""The frozen values that the playground's state is made of.

Times are aware datetimes in UTC; ids are positive integers that are never used twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import ConfigDict

Role = Literal["none", "read", "triage", "write", "maintain", "admin"]
ROLES: tuple[Role, ...] = ("none", "read", "triage", "write", "maintain", "admin")

Content = Literal["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"]
CONTENTS: tuple[Content, ...] = (
    "+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes",
)  # fmt: skip

BODY_LIMIT = 65_536
"""Characters in the body of an issue or a comment; GitHub refuses more with 422."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user, an organisation, or the bot user of an App."""

    id: int
    login: str
    kind: Literal["User", "Organization", "Bot"]
    name: str | None = None
    owner_ids: tuple[int, ...] = ()
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class App:
    """A GitHub App: its key, its bot user, its one webhook.

    `public_key_pem` is empty until the keys of an App made from a manifest were handed out;
    `webhook_secret` is empty when nothing is signed, as no webhook was asked for.
    """

    id: int
    slug: str
    name: str
    client_id: str
    owner_id: int
    bot_id: int
    public_key_pem: str
    permissions: Mapping[str, str]
    events: tuple[str, ...]
    hook_url: str | None = None
    hook_active: bool = True
    webhook_secret: str
    created_at: datetime
    description: str | None = None
    homepage: str | None = None
    setup_url: str | None = None
    setup_on_update: bool = False
    public: bool = True


@dataclass(frozen=True, kw_only=True)
class Installation:
    """An App on an account; `repository_ids` is None when all repositories are chosen."""

    id: int
    app_id: int
    account_id: int
    permissions: Mapping[str, str]
    events: tuple[str, ...]
    repository_ids: tuple[int, ...] | None
    suspended_at: datetime | None = None
    suspended_by_id: int | None = None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class Token:
    """A bearer token of a person (no end) or of an installation (one hour)."""

    value: str
    account_id: int
    installation_id: int | None = None
    permissions: Mapping[str, str] | None = None
    repository_ids: tuple[int, ...] | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A repository; `branches` maps names to commit SHAs and is empty before the first commit."""

    id: int
    owner_id: int
    name: str
    former_names: tuple[str, ...] = ()
    private: bool = False
    description: str | None = None
    default_branch: str = "main"
    branches: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[int, Role] = field(default_factory=dict)
    role_names: Mapping[int, str] = field(default_factory=dict)
    raw_tarball_sha: str | None = None
    created_at: datetime
    updated_at: datetime
    pushed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Blob:
    """The bytes of a file under their Git SHA-1."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        ser_json_bytes="base64", val_json_bytes="base64"
    )

    sha: str
    data: bytes


@dataclass(frozen=True, kw_only=True)
class Commit:
    """A commit with its whole tree, flat: path to blob SHA."""

    sha: str
    tree_sha: str
    parents: tuple[str, ...]
    message: str
    author_id: int
    at: datetime
    files: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One entry of an edit history: the full body after it; None once deleted."""

    id: int
    body: str | None
    editor_id: int
    edited_at: datetime
    deleted_at: datetime | None = None
    deleted_by_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Pull:
    """What makes an issue a pull request."""

    id: int
    base: str
    head: str
    base_sha: str
    head_sha: str


@dataclass(frozen=True, kw_only=True)
class Issue:
    """An issue or, with `pull`, a pull request."""

    id: int
    repository_id: int
    number: int
    title: str
    body: str | None
    author_id: int
    app_id: int | None = None
    state: Literal["open", "closed"] = "open"
    state_reason: str | None = None
    locked: bool = False
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None
    closed_by_id: int | None = None
    revisions: tuple[Revision, ...] = ()
    pull: Pull | None = None


@dataclass(frozen=True, kw_only=True)
class Minimized:
    """Why and by whom a comment was hidden."""

    reason: str
    by_id: int


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """Where in a pull request's diff a review comment stands."""

    path: str
    commit_sha: str
    line: int | None
    in_reply_to: int | None = None


@dataclass(frozen=True, kw_only=True)
class Comment:
    """A comment of a thread or, with `anchor`, a review comment on a pull request."""

    id: int
    repository_id: int
    issue_id: int
    author_id: int
    app_id: int | None = None
    body: str
    created_at: datetime
    updated_at: datetime
    revisions: tuple[Revision, ...] = ()
    minimized: Minimized | None = None
    anchor: Anchor | None = None


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """One person's reaction; `subject` is the node id of the issue or comment."""

    id: int
    subject: str
    account_id: int
    content: Content
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One attempt to hand an event to an App's hook.

    `status_code` is 0 until an answer came; `duration` is in seconds; `app_id` is 0 in files
    written when there was only one App.
    """

    id: int
    app_id: int = 0
    guid: str
    event: str
    action: str | None
    installation_id: int | None
    repository_id: int | None
    payload: str
    delivered_at: datetime
    redelivery: bool = False
    status: str = "pending"
    status_code: int = 0
    duration: float = 0.0
    request_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str = ""
