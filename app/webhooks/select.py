"""Which deliveries are for us, told from the payload alone: no database is asked.

| event | kept |
| --- | --- |
| `issue_comment` by a person | created, deleted: with a command; edited by them: with a new one |
| `issue_comment` by the App | edited or deleted by somebody else |
| `issues` | deleted, transferred |
| `issues` opened by the App | text edited by somebody else, reopened |
| `push` | to the default branch |
| `repository` | renamed, transferred, deleted, publicized, privatized |
| `repository` | edited, when the default branch is another |
| `installation`, `installation_repositories` | all |

Everything else that happens on a thread is found by the sweep, which reads replies anyway.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from app.domain import Command, Delivery
from app.webhooks.commands import commands, new_commands
from app.webhooks.events import (
    Account,
    Event,
    Installation,
    InstallationRepositories,
    IssueComment,
    Issues,
    Push,
    RepositoryChange,
)

MAX_COMMANDS = 50
"""Candidates of one comment that are kept; a person writes one or two."""


def select(
    event: Event, *, guid: str, kind: str, app_id: int, names: Collection[str] | None = None
) -> Delivery | str:
    """Returns the delivery to keep, or in a few words why it is not for us.

    Args:
        event: the parsed payload.
        guid: the `X-GitHub-Delivery` header.
        kind: the `X-GitHub-Event` header.
        app_id: the App's own id.
        names: command names; None takes every slash-word as a candidate, since the names that
            repositories choose are not known here.
    """
    if event.installation is None:
        return "no installation"
    match event:
        case IssueComment():
            return _comment(event, guid=guid, app_id=app_id, names=names)
        case Issues(action="deleted" | "transferred"):
            return _delivery(event, guid, kind, number=event.issue.number)
        case Issues():
            return _own_issue(event, guid=guid, app_id=app_id)
        case Push():
            if event.ref != f"refs/heads/{event.repository.default_branch}":
                return "not the default branch"
            if event.deleted or not event.after.strip("0"):
                return "branch deleted"
            return _delivery(event, guid, kind)
        case RepositoryChange(
            action="renamed" | "transferred" | "deleted" | "publicized" | "privatized"
        ):
            return _delivery(event, guid, kind)
        case RepositoryChange(action="edited", changes=changes) if (
            changes is not None and changes.default_branch is not None
        ):
            return _delivery(event, guid, kind)
        case InstallationRepositories():
            return replace(
                _delivery(event, guid, kind),
                added=tuple(repository.id for repository in event.repositories_added),
                removed=tuple(repository.id for repository in event.repositories_removed),
            )
        case Installation(action="created"):
            # One that comes back has another id: what is known of its repositories moves there.
            added = tuple(repository.id for repository in event.repositories)
            return replace(_delivery(event, guid, kind), added=added)
        case Installation():
            return _delivery(event, guid, kind)
        case _:
            return "nothing to do"


def _comment(
    event: IssueComment, *, guid: str, app_id: int, names: Collection[str] | None
) -> Delivery | str:
    comment = event.comment
    app = comment.performed_via_github_app
    if app is not None and app.id == app_id:
        if event.action not in {"edited", "deleted"}:
            return "own comment"
        if _same(event.sender, comment.user):
            return "own change"
        return _comment_delivery(event, guid, own=True, found=[])
    found: list[Command] = []
    if event.action in {"created", "deleted"}:
        found = commands(comment.body or "", names=names)
    elif event.action == "edited" and event.changes is not None and event.changes.body is not None:
        # A writer may edit others' comments, and is to command nothing in their name.
        if not _same(event.sender, comment.user):
            return "edited by another"
        found = new_commands(event.changes.body.before or "", comment.body or "", names=names)
    if not found:
        return "no command"
    return _comment_delivery(event, guid, own=False, found=found[:MAX_COMMANDS])


def _own_issue(event: Issues, *, guid: str, app_id: int) -> Delivery | str:
    """Keeps what others do to the issue that shows what was learned, the one that the App opens."""
    app, changes = event.issue.performed_via_github_app, event.changes
    if app is None or app.id != app_id:
        return "nothing to do"
    edited = event.action == "edited" and changes is not None and changes.body is not None
    if not edited and event.action != "reopened":
        return "nothing to do"
    if _same(event.sender, event.issue.user):
        return "own change"
    return _delivery(event, guid, "issues", number=event.issue.number)


def _same(one: Account | None, other: Account | None) -> bool:
    return one is not None and other is not None and one.id == other.id


def _comment_delivery(
    event: IssueComment, guid: str, *, own: bool, found: Sequence[Command]
) -> Delivery:
    return replace(
        _delivery(event, guid, "issue_comment", number=event.issue.number),
        comment_id=event.comment.id,
        comment_node_id=event.comment.node_id,
        own_comment=own,
        commands=tuple(command.key for command in found),
    )


def _delivery(event: Event, guid: str, kind: str, *, number: int | None = None) -> Delivery:
    installation = event.installation
    if installation is None:
        raise ValueError("a delivery without an installation is never kept")
    repository = event.repository
    account = installation.account
    owner = account.login if account is not None else ""
    return Delivery(
        guid=guid,
        event=kind,
        action=event.action,
        installation_id=installation.id,
        repository_id=repository.id if repository is not None else None,
        owner=repository.owner if repository is not None else owner,
        name=repository.name if repository is not None else "",
        number=number,
    )
