"""Issues, pull requests, comments, edit histories and reactions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playground.clock import stamp
from playground.graphql.asking import Info, Resolvers, asking
from playground.graphql.connections import connection
from playground.nodes import node_id
from playground.payloads import threads as shapes
from playground.permissions import scope_of
from playground.values import CONTENTS, Account, Comment, Issue, Reaction, Repository, Revision
from playground.world import Subject, subject_node

resolvers = Resolvers()
THREADS = ("Issue", "PullRequest")
SUBJECTS = (*THREADS, "IssueComment")

WORDS = {"+1": "THUMBS_UP", "-1": "THUMBS_DOWN"}
CONTENT_WORDS = {content: WORDS.get(content, content.upper()) for content in CONTENTS}
CONTENT_OF = {word: content for content, word in CONTENT_WORDS.items()}


@dataclass(frozen=True, kw_only=True)
class Group:
    """The reactions of one kind to one subject."""

    subject: Subject
    content: str
    reactions: Sequence[Reaction]


def _account(info: Info, account_id: int | None) -> Account | None:
    return asking(info).world.accounts.get(account_id)


def _time(at: datetime | None) -> str | None:
    return None if at is None else stamp(at)


def _page(value: Subject, info: Info) -> str:
    world = asking(info).world
    if isinstance(value, Issue):
        return shapes.issue_page(world, value)
    return shapes.comment_page(world, value)


def _can_edit(value: Subject, info: Info) -> bool:
    world, actor = asking(info).world, asking(info).actor
    if isinstance(value, Comment):
        return world.may_edit(actor, value)
    least = "read" if value.author_id == actor.account_id else "write"
    return world.may_write(actor, world.repository_of(value), scope_of(value), least)  # type: ignore[arg-type]


def _number(value: Subject, info: Info) -> int:
    return value.pull.id if isinstance(value, Issue) and value.pull else value.id


def _repository(value: Subject, info: Info) -> Repository:
    return asking(info).world.repositories[value.repository_id]


def _editor(value: Subject, info: Info) -> Account | None:
    return _account(info, value.revisions[-1].editor_id) if value.revisions else None


def _edits(value: Subject, info: Info, **args: Any) -> dict[str, Any]:
    """The history, newest first; its last entry is the creation, once there was an edit."""
    return connection(info, list(reversed(value.revisions)), args)


def _reactions(value: Subject, info: Info, **args: Any) -> dict[str, Any]:
    found = asking(info).world.reactions.of(subject_node(value))
    viewer = asking(info).actor.account_id
    mine = any(reaction.account_id == viewer for reaction in found)
    if args.get("content"):
        found = [r for r in found if r.content == CONTENT_OF[args["content"]]]
    if (args.get("orderBy") or {}).get("direction") == "DESC":
        found = found[::-1]
    return connection(info, found, args, viewerHasReacted=mine)


def groups(value: Subject, info: Info) -> list[Group]:
    """All kinds of reactions, those without any too."""
    found = asking(info).world.reactions.of(subject_node(value))
    return [
        Group(subject=value, content=c, reactions=[r for r in found if r.content == c])
        for c in CONTENTS
    ]


SUBJECT_FIELDS: dict[str, Any] = {
    "id": lambda v, i: subject_node(v),
    "databaseId": _number,
    "fullDatabaseId": lambda v, i: str(_number(v, i)),
    "author": lambda v, i: _account(i, v.author_id),
    "authorAssociation": lambda v, i: shapes.association(
        asking(i).world, _repository(v, i), v.author_id
    ),
    "body": lambda v, i: v.body or "",
    "bodyText": lambda v, i: v.body or "",
    "createdAt": lambda v, i: stamp(v.created_at),
    "publishedAt": lambda v, i: stamp(v.created_at),
    "updatedAt": lambda v, i: stamp(v.updated_at),
    "createdViaEmail": lambda v, i: False,
    "editor": _editor,
    "includesCreatedEdit": lambda v, i: bool(v.revisions),
    "lastEditedAt": lambda v, i: _time(v.revisions[-1].edited_at if v.revisions else None),
    "userContentEdits": _edits,
    "reactions": _reactions,
    "reactionGroups": groups,
    "repository": _repository,
    "url": _page,
    "resourcePath": lambda v, i: _page(v, i).removeprefix(asking(i).world.web_url),
    "viewerCanDelete": _can_edit,
    "viewerCanMinimize": _can_edit,
    "viewerCanReact": lambda v, i: asking(i).actor.account_id is not None,
    "viewerCanUpdate": _can_edit,
    "viewerDidAuthor": lambda v, i: v.author_id == asking(i).actor.account_id,
}
for _name, _resolver in SUBJECT_FIELDS.items():
    resolvers.field(_name, *SUBJECTS)(_resolver)


@resolvers.field("comments", *THREADS)
def comments(value: Issue, info: Info, **args: Any) -> dict[str, Any]:
    """The comments of a thread, oldest first unless ordered otherwise."""
    found = [c for c in asking(info).world.comments.of(value.id) if c.anchor is None]
    order = args.get("orderBy")
    if order is not None:
        found.sort(key=lambda c: (c.updated_at, c.id), reverse=order["direction"] == "DESC")
    return connection(info, found, args)


THREAD_FIELDS: dict[str, Any] = {
    "closed": lambda v, i: v.state == "closed",
    "closedAt": lambda v, i: _time(v.closed_at),
    "state": lambda v, i: v.state.upper(),
    "baseRefName": lambda v, i: v.pull.base,
    "baseRefOid": lambda v, i: v.pull.base_sha,
    "headRefName": lambda v, i: v.pull.head,
    "headRefOid": lambda v, i: v.pull.head_sha,
}
for _name, _resolver in THREAD_FIELDS.items():
    resolvers.field(_name, *THREADS)(_resolver)


@resolvers.field("issue", "IssueComment")
def comment_issue(value: Comment, info: Info) -> Issue:
    """The thread, which is of type Issue here even where it is a pull request."""
    return asking(info).world.issues[value.issue_id]


@resolvers.field("pullRequest", "IssueComment")
def comment_pull(value: Comment, info: Info) -> Issue | None:
    """The thread where it is a pull request."""
    issue = asking(info).world.issues[value.issue_id]
    return None if issue.pull is None else issue


@resolvers.field("isMinimized", "IssueComment")
def is_minimized(value: Comment, info: Info) -> bool:
    """Whether it was hidden."""
    return value.minimized is not None


@resolvers.field("minimizedReason", "IssueComment")
def minimized_reason(value: Comment, info: Info) -> str | None:
    """Why it was hidden, in small letters."""
    return None if value.minimized is None else value.minimized.reason


EDIT_FIELDS: dict[str, Any] = {
    "id": lambda v, i: node_id("UserContentEdit", v.id),
    "createdAt": lambda v, i: stamp(v.edited_at),
    "editedAt": lambda v, i: stamp(v.edited_at),
    "updatedAt": lambda v, i: stamp(v.deleted_at or v.edited_at),
    "deletedAt": lambda v, i: _time(v.deleted_at),
    "deletedBy": lambda v, i: _account(i, v.deleted_by_id),
    "editor": lambda v, i: _account(i, v.editor_id),
}
for _name, _resolver in EDIT_FIELDS.items():
    resolvers.field(_name, "UserContentEdit")(_resolver)


@resolvers.field("diff", "UserContentEdit")
def edit_diff(value: Revision, info: Info) -> str | None:
    """The full body after the edit, as clients of GitHub find it; none once deleted."""
    return value.body


@resolvers.field("user", "Reaction")
def reaction_user(value: Reaction, info: Info) -> Account | None:
    """Who reacted; the schema's type is User, so a bot shows as nobody."""
    account = asking(info).world.accounts[value.account_id]
    return account if account.kind == "User" else None


REACTION_FIELDS: dict[str, Any] = {
    "id": lambda v, i: node_id("Reaction", v.id),
    "databaseId": lambda v, i: v.id,
    "content": lambda v, i: CONTENT_WORDS[v.content],
    "createdAt": lambda v, i: stamp(v.created_at),
    "reactable": lambda v, i: asking(i).world.subject(v.subject),
}
for _name, _resolver in REACTION_FIELDS.items():
    resolvers.field(_name, "Reaction")(_resolver)


@resolvers.field("reactors", "ReactionGroup")
def reactors(value: Group, info: Info, **args: Any) -> dict[str, Any]:
    """Everybody who reacted so, bots too."""
    return connection(info, [_account(info, r.account_id) for r in value.reactions], args)


GROUP_FIELDS: dict[str, Any] = {
    "content": lambda v, i: CONTENT_WORDS[v.content],
    "createdAt": lambda v, i: _time(v.reactions[0].created_at if v.reactions else None),
    "viewerHasReacted": lambda v, i: any(
        r.account_id == asking(i).actor.account_id for r in v.reactions
    ),
}
for _name, _resolver in GROUP_FIELDS.items():
    resolvers.field(_name, "ReactionGroup")(_resolver)
