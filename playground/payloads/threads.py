"""Issues, pull requests, comments and reactions.

https://docs.github.com/en/rest/issues/issues, https://docs.github.com/en/rest/issues/comments,
https://docs.github.com/en/rest/reactions/reactions
"""

from typing import Any

from playground.clock import stamp
from playground.nodes import node_id
from playground.payloads.people import user, via
from playground.payloads.repositories import api, html
from playground.permissions import Permissions
from playground.values import CONTENTS, Comment, Issue, Reaction, Repository


def association(world: Permissions, repository: Repository, account_id: int) -> str:
    """An author's association; as unreliable as GitHub's, so nothing should rest on it."""
    owner = world.accounts[repository.owner_id]
    if account_id == owner.id:
        return "OWNER"
    if account_id in owner.owner_ids:
        return "MEMBER"
    return "COLLABORATOR" if account_id in repository.roles else "NONE"


def issue_node(issue: Issue) -> str:
    """The node id of an issue or pull request."""
    if issue.pull is not None:
        return node_id("PullRequest", issue.pull.id)
    return node_id("Issue", issue.id)


def comment_node(comment: Comment) -> str:
    """The node id of a comment."""
    kind = "IssueComment" if comment.anchor is None else "PullRequestReviewComment"
    return node_id(kind, comment.id)


def issue_page(world: Permissions, issue: Issue) -> str:
    """The page of a thread."""
    folder = "issues" if issue.pull is None else "pull"
    return f"{html(world, world.repositories[issue.repository_id])}/{folder}/{issue.number}"


def comment_page(world: Permissions, comment: Comment) -> str:
    """The page of a thread, at a comment."""
    page = issue_page(world, world.issues[comment.issue_id])
    if comment.anchor is not None:
        return f"{page}#discussion_r{comment.id}"
    return f"{page}#issuecomment-{comment.id}"


def rollup(world: Permissions, subject: str, url: str) -> dict[str, Any]:
    """How many reactions of each kind a subject has."""
    found = [reaction.content for reaction in world.reactions.of(subject)]
    counts: dict[str, int] = {content: found.count(content) for content in CONTENTS}
    return {"url": f"{url}/reactions", "total_count": len(found), **counts}


def reaction(world: Permissions, value: Reaction) -> dict[str, Any]:
    """One person's reaction."""
    return {
        "id": value.id,
        "node_id": node_id("Reaction", value.id),
        "user": user(world, world.accounts[value.account_id]),
        "content": value.content,
        "created_at": stamp(value.created_at),
    }


def comment(world: Permissions, value: Comment) -> dict[str, Any]:
    """A comment of a thread."""
    repository = world.repositories[value.repository_id]
    issue = world.issues[value.issue_id]
    base = api(world, repository)
    url = f"{base}/issues/comments/{value.id}"
    return {
        "url": url,
        "html_url": comment_page(world, value),
        "issue_url": f"{base}/issues/{issue.number}",
        "id": value.id,
        "node_id": comment_node(value),
        "user": user(world, world.accounts[value.author_id]),
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.updated_at),
        "author_association": association(world, repository, value.author_id),
        "body": value.body,
        "reactions": rollup(world, comment_node(value), url),
        "performed_via_github_app": via(world, value.app_id),
        "minimized": None if value.minimized is None else {"reason": value.minimized.reason},
    }


def issue(world: Permissions, value: Issue) -> dict[str, Any]:
    """An issue, or a pull request seen as an issue."""
    repository = world.repositories[value.repository_id]
    base = api(world, repository)
    url = f"{base}/issues/{value.number}"
    closer = world.accounts.get(value.closed_by_id)
    talk = [c for c in world.comments.of(value.id) if c.anchor is None]
    result: dict[str, Any] = {
        "url": url,
        "repository_url": base,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": issue_page(world, value),
        "id": value.id,
        "node_id": issue_node(value),
        "number": value.number,
        "title": value.title,
        "user": user(world, world.accounts[value.author_id]),
        "labels": [],
        "state": value.state,
        "locked": value.locked,
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": len(talk),
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.updated_at),
        "closed_at": None if value.closed_at is None else stamp(value.closed_at),
        "author_association": association(world, repository, value.author_id),
        "active_lock_reason": None,
        "body": value.body,
        "closed_by": None if closer is None else user(world, closer),
        "reactions": rollup(world, issue_node(value), url),
        "timeline_url": f"{url}/timeline",
        "performed_via_github_app": via(world, value.app_id),
        "state_reason": value.state_reason,
    }
    if value.pull is not None:
        page = issue_page(world, value)
        result["draft"] = False
        result["pull_request"] = {
            "url": f"{base}/pulls/{value.number}",
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "merged_at": None,
        }
    return result


def timeline(world: Permissions, value: Comment) -> dict[str, Any]:
    """A comment as an event of its thread's timeline."""
    shape = comment(world, value)
    return {**shape, "event": "commented", "actor": shape["user"]}
