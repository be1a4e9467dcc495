"""GitHub's REST answers as domain values; only the fields in use, everything else let pass."""

from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from app.domain import Comment, HookDelivery, Permission, Person, Repository
from app.errors import TransientError

GHOST = Person(id=0, login="ghost", is_bot=True)
"""Stands for a deleted account, as on GitHub's pages. Like a bot it is nobody to trust, while a
real account of that name exists and has permissions."""

_ROLES = {permission.name.lower(): permission for permission in Permission}


class Part(BaseModel):
    """What an answer is read as: the fields in use, all others let pass."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class AccountPart(Part):
    """An account."""

    id: int
    login: str
    type: str = "User"


class AppPart(Part):
    """An App."""

    id: int
    slug: str = ""


class CommentPart(Part):
    """https://docs.github.com/en/rest/issues/comments#get-an-issue-comment"""

    id: int
    node_id: str
    html_url: str
    body: str | None = None
    user: AccountPart | None = None
    created_at: datetime
    performed_via_github_app: AppPart | None = None


class IssuePart(Part):
    """https://docs.github.com/en/rest/issues/issues#get-an-issue"""

    number: int
    title: str
    body: str | None = None
    user: AccountPart | None = None
    html_url: str


class RepositoryPart(Part):
    """https://docs.github.com/en/rest/repos/repos#get-a-repository"""

    id: int
    name: str
    owner: AccountPart
    default_branch: str = "main"
    private: bool = False


class _Commit(Part):
    sha: str


class BranchPart(Part):
    """https://docs.github.com/en/rest/branches/branches#get-a-branch"""

    commit: _Commit


class InstallationPart(Part):
    """https://docs.github.com/en/rest/apps/apps#get-a-repository-installation-for-the-authenticated-app"""

    id: int
    suspended_at: datetime | None = None


class PermissionPart(Part):
    """https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user"""

    permission: str = "none"
    role_name: str = ""


class FilePart(Part):
    """https://docs.github.com/en/rest/repos/contents#get-repository-content"""

    type: str = ""
    encoding: str = ""
    content: str = ""


class HookDeliveryPart(Part):
    """https://docs.github.com/en/rest/apps/webhooks#list-deliveries-for-an-app-webhook"""

    id: int
    guid: str
    delivered_at: datetime
    redelivery: bool = False
    status: str = ""
    status_code: int = 0
    event: str
    action: str | None = None
    installation_id: int | None = None
    repository_id: int | None = None


Model = TypeVar("Model", bound=BaseModel)


def read(model: type[Model], content: Any) -> Model:
    """Reads one answer.

    Raises:
        TransientError: a field in use is missing or of another type than documented.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise TransientError(f"{model.__name__}.{place}: {fault['type']}") from None


def person(account: AccountPart | None) -> Person:
    """Returns whose account it is."""
    if account is None:
        return GHOST
    return Person(id=account.id, login=account.login, is_bot=account.type == "Bot")


def comment(content: Any) -> Comment:
    """Returns an issue comment."""
    part = read(CommentPart, content)
    app = part.performed_via_github_app
    return Comment(
        id=part.id,
        node_id=part.node_id,
        url=part.html_url,
        body=part.body or "",
        author=person(part.user),
        created_at=part.created_at,
        app_id=app.id if app is not None else None,
    )


def repository(content: Any, installation_id: int) -> Repository:
    """Returns a repository."""
    part = read(RepositoryPart, content)
    return Repository(
        id=part.id,
        owner=part.owner.login,
        name=part.name,
        installation_id=installation_id,
        default_branch=part.default_branch,
        private=part.private,
    )


def permission(content: Any) -> Permission:
    """Returns what a person may do.

    `role_name` is the truth; a role that an organisation made up is known by the standard
    one that it is built on, which `permission` names with maintain and triage folded.
    """
    part = read(PermissionPart, content)
    role = _ROLES.get(part.role_name.casefold())
    return role if role is not None else _ROLES.get(part.permission.casefold(), Permission.NONE)


def hook_delivery(content: Any) -> HookDelivery:
    """Returns one attempt to deliver a webhook."""
    part = read(HookDeliveryPart, content)
    return HookDelivery(**{**part.model_dump(), "action": part.action or ""})
