"""Webhook payloads: only the fields in use, each checked, everything else let pass.

GitHub's payloads miss fields that its own newest schema requires, so nothing is required
here that is not used; what is used is checked hard, since it becomes ids and addresses.

The signature is of the body alone: whoever has seen one can send it again under another
event's name. So what other events have and an event never has must not be in its body; such
a field is declared as None.

https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import from_json

SUBSCRIBED = ("issue_comment", "issues", "push", "repository")
"""Events that the App's manifest asks for."""

AUTOMATIC = ("installation", "installation_repositories")
"""Events that GitHub sends to every App, asked for or not."""


class MalformedPayload(ValueError):
    """A signed delivery that is not what GitHub documents; answered with 400."""


Id = Annotated[int, Field(ge=0, lt=2**63)]
Line = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{0,1000}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class Account(_Part):
    """A person, bot or organisation."""

    id: Id
    login: Line = ""
    type: Line = ""


class AppPart(_Part):
    """An App that acted for somebody."""

    id: Id


class InstallationPart(_Part):
    """The installation that a delivery belongs to."""

    id: Id
    account: Account | None = None


class RepositoryPart(_Part):
    """A repository."""

    id: Id
    full_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}$")]
    default_branch: Line = ""

    @field_validator("full_name")
    @classmethod
    def _no_parent(cls, value: str) -> str:
        if {".", ".."} & set(value.split("/")):
            raise ValueError("not a repository's name")
        return value

    @property
    def owner(self) -> str:
        return self.full_name.partition("/")[0]

    @property
    def name(self) -> str:
        return self.full_name.partition("/")[2]


class IssuePart(_Part):
    """An issue or pull request."""

    number: Annotated[int, Field(ge=1, lt=2**31)]
    user: Account | None = None
    performed_via_github_app: AppPart | None = None


class CommentPart(_Part):
    """A comment in a thread."""

    id: Id
    node_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_=+/-]{1,200}$")]
    body: str | None = None
    user: Account | None = None
    performed_via_github_app: AppPart | None = None


class Was(_Part):
    """The value of a field before a change; None where it was empty."""

    before: str | None = Field(None, alias="from")


class Changes(_Part):
    """What an edit changed."""

    body: Was | None = None
    default_branch: Was | None = None


class Event(_Part):
    """What all payloads have in common."""

    action: Line = ""
    installation: InstallationPart | None = None
    repository: RepositoryPart | None = None
    sender: Account | None = None


class IssueComment(Event):
    """A comment was created, edited or deleted, on an issue or a pull request."""

    action: Line
    repository: RepositoryPart
    issue: IssuePart
    comment: CommentPart
    changes: Changes | None = None
    ref: None = None


class Issues(Event):
    """Something happened to an issue."""

    action: Line
    repository: RepositoryPart
    issue: IssuePart
    changes: Changes | None = None
    comment: None = None
    ref: None = None


class Push(Event):
    """Commits were pushed, or a branch or tag was created or deleted."""

    repository: RepositoryPart
    ref: Line
    after: Annotated[str, Field(pattern=r"^[0-9a-f]{40,64}$")]
    deleted: bool = False
    issue: None = None
    comment: None = None


class RepositoryChange(Event):
    """A repository was renamed, moved, deleted or changed."""

    action: Line
    repository: RepositoryPart
    changes: Changes | None = None
    issue: None = None
    comment: None = None
    ref: None = None


class Installation(Event):
    """The App was installed, removed, suspended or brought back."""

    action: Line
    installation: InstallationPart
    repositories: tuple[RepositoryPart, ...] = ()
    repository: None = None
    issue: None = None
    comment: None = None
    ref: None = None
    repositories_added: None = None
    repositories_removed: None = None


class InstallationRepositories(Event):
    """Repositories came into or out of the App's reach."""

    action: Literal["added", "removed"]
    installation: InstallationPart
    repositories_added: tuple[RepositoryPart, ...] = ()
    repositories_removed: tuple[RepositoryPart, ...] = ()
    repositories: None = None
    repository: None = None
    issue: None = None
    comment: None = None
    ref: None = None


KINDS: dict[str, type[Event]] = {
    "issue_comment": IssueComment,
    "issues": Issues,
    "push": Push,
    "repository": RepositoryChange,
    "installation": Installation,
    "installation_repositories": InstallationRepositories,
}


def parse(event: str, payload: bytes) -> Event | None:
    """Reads a payload.

    Args:
        event: the `X-GitHub-Event` header.
        payload: the raw body, its signature verified.

    Returns:
        The event, or None for a kind that Treadle has no use for.

    Raises:
        MalformedPayload: not JSON, not an object, or a field in use is missing or wrong; the
            message names the field and never quotes the payload.
    """
    kind = KINDS.get(event)
    try:
        if kind is not None:
            return kind.model_validate_json(payload)
        if not isinstance(from_json(payload), dict):
            raise MalformedPayload("the payload is not an object")
        return None
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in fault["loc"]) or "payload"
        raise MalformedPayload(f"{place}: {fault['type']}") from None
    except ValueError as error:
        if isinstance(error, MalformedPayload):
            raise
        raise MalformedPayload("the payload is not JSON") from None
