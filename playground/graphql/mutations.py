"""The fields of Mutation."""

from typing import Any

from playground.errors import Invalid, NotFound
from playground.graphql.asking import Asking, Info, Resolvers, asking
from playground.graphql.connections import cursor
from playground.graphql.queries import find_node
from playground.graphql.threads import CONTENT_OF, groups
from playground.values import Comment, Issue
from playground.world import Subject

resolvers = Resolvers()
Input = dict[str, Any]


def _subject(context: Asking, identifier: str) -> Subject:
    found = find_node(context, identifier)
    if not isinstance(found, Issue | Comment):
        raise Invalid(f"{identifier} is not reactable")
    return found


def _comment(context: Asking, identifier: str) -> Comment:
    found = find_node(context, identifier)
    if not isinstance(found, Comment):
        raise NotFound(
            f"Could not resolve to IssueComment node with the global id of '{identifier}'."
        )
    return found


def _echo(input: Input) -> dict[str, Any]:
    return {"clientMutationId": input.get("clientMutationId")}


@resolvers.field("addComment", "Mutation")
def add_comment(root: Any, info: Info, input: Input) -> dict[str, Any]:
    """Writes a comment."""
    context = asking(info)
    issue = _subject(context, input["subjectId"])
    if not isinstance(issue, Issue):
        raise Invalid(f"{input['subjectId']} cannot be commented on")
    comment = context.world.create_comment(context.actor, issue, input["body"])
    edge = {"cursor": cursor(len(context.world.comments.of(issue.id)) - 1), "node": comment}
    return {**_echo(input), "commentEdge": edge, "subject": context.world.issues[issue.id]}


@resolvers.field("updateIssueComment", "Mutation")
def update_comment(root: Any, info: Info, input: Input) -> dict[str, Any]:
    """Replaces a comment's body."""
    context = asking(info)
    comment = _comment(context, input["id"])
    edited = context.world.edit_comment(context.actor, comment, input["body"])
    return {**_echo(input), "issueComment": edited}


@resolvers.field("deleteIssueComment", "Mutation")
def delete_comment(root: Any, info: Info, input: Input) -> dict[str, Any]:
    """Deletes a comment."""
    context = asking(info)
    context.world.delete_comment(context.actor, _comment(context, input["id"]))
    return _echo(input)


@resolvers.field("minimizeComment", "Mutation")
def minimize_comment(root: Any, info: Info, input: Input) -> dict[str, Any]:
    """Hides a comment."""
    context = asking(info)
    comment = _comment(context, input["subjectId"])
    reason = input["classifier"].lower().replace("_", "-")
    hidden = context.world.minimize(context.actor, comment, reason)
    return {**_echo(input), "minimizedComment": hidden}


@resolvers.field("unminimizeComment", "Mutation")
def unminimize_comment(root: Any, info: Info, input: Input) -> dict[str, Any]:
    """Shows a hidden comment again."""
    context = asking(info)
    comment = _comment(context, input["subjectId"])
    shown = context.world.unminimize(context.actor, comment)
    return {**_echo(input), "unminimizedComment": shown}


@resolvers.field("addReaction", "Mutation")
def add_reaction(root: Any, info: Info, input: Input) -> dict[str, Any]:
    """Reacts."""
    context = asking(info)
    subject = _subject(context, input["subjectId"])
    content = CONTENT_OF[input["content"]]
    reaction, _ = context.world.react(context.actor, subject, content)
    return {
        **_echo(input), "reaction": reaction, "subject": subject,
        "reactionGroups": groups(subject, info),
    }  # fmt: skip


@resolvers.field("removeReaction", "Mutation")
def remove_reaction(root: Any, info: Info, input: Input) -> dict[str, Any]:
    """Takes back one's own reaction."""
    context = asking(info)
    subject = _subject(context, input["subjectId"])
    content = CONTENT_OF[input["content"]]
    reaction = context.world.unreact(context.actor, subject, content)
    return {
        **_echo(input), "reaction": reaction, "subject": subject,
        "reactionGroups": groups(subject, info),
    }  # fmt: skip
