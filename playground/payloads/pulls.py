"""Pull requests and their review comments.

https://docs.github.com/en/rest/pulls/pulls, https://docs.github.com/en/rest/pulls/comments
"""

from typing import Any

from playground.clock import stamp
from playground.payloads import code, threads
from playground.payloads.people import user
from playground.payloads.repositories import api, repository
from playground.permissions import Permissions
from playground.values import Comment, Issue, Pull, Repository


def _pull_of(issue: Issue) -> Pull:
    if issue.pull is None:
        raise TypeError(f"issue {issue.id} is not a pull request")
    return issue.pull


def _end(world: Permissions, repo: Repository, branch: str, sha: str) -> dict[str, Any]:
    owner = world.accounts[repo.owner_id]
    return {
        "label": f"{owner.login}:{branch}",
        "ref": branch,
        "sha": sha,
        "user": user(world, owner),
        "repo": repository(world, repo),
    }


def files(world: Permissions, issue: Issue) -> list[dict[str, Any]]:
    """The files that a pull request changes."""
    pull = _pull_of(issue)
    before, after = (dict(world.commits[sha].files) for sha in (pull.base_sha, pull.head_sha))
    repo = world.repositories[issue.repository_id]
    return code.diff(world, repo, before, after, pull.head_sha)


def pull_request(world: Permissions, issue: Issue) -> dict[str, Any]:
    """A pull request as `GET /repos/{owner}/{repo}/pulls/{number}` gives it."""
    pull = _pull_of(issue)
    repo = world.repositories[issue.repository_id]
    base, page = api(world, repo), threads.issue_page(world, issue)
    url, issue_url = f"{base}/pulls/{issue.number}", f"{base}/issues/{issue.number}"
    statuses = f"{base}/statuses/{pull.head_sha}"
    as_issue = threads.issue(world, issue)
    changed = files(world, issue)
    reviews = [c for c in world.comments.of(issue.id) if c.anchor is not None]
    same = ("number", "state", "locked", "title", "user", "body", "created_at", "updated_at",
            "closed_at", "assignee", "assignees", "labels", "milestone", "author_association",
            "active_lock_reason", "html_url", "comments")  # fmt: skip
    links = {
        "self": url,
        "html": page,
        "issue": issue_url,
        "comments": f"{issue_url}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{base}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": statuses,
    }
    return {
        **{key: as_issue[key] for key in same},
        "url": url,
        "id": pull.id,
        "node_id": threads.issue_node(issue),
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": issue_url,
        "merged_at": None,
        "merge_commit_sha": None,
        "requested_reviewers": [],
        "requested_teams": [],
        "draft": False,
        "commits_url": f"{url}/commits",
        "review_comments_url": f"{url}/comments",
        "review_comment_url": f"{base}/pulls/comments{{/number}}",
        "comments_url": f"{issue_url}/comments",
        "statuses_url": statuses,
        "head": _end(world, repo, pull.head, pull.head_sha),
        "base": _end(world, repo, pull.base, pull.base_sha),
        "_links": {name: {"href": href} for name, href in links.items()},
        "auto_merge": None,
        "merged": False,
        "mergeable": None,
        "rebaseable": None,
        "mergeable_state": "unknown",
        "merged_by": None,
        "review_comments": len(reviews),
        "maintainer_can_modify": False,
        "commits": 1,
        "additions": sum(f["additions"] for f in changed),
        "deletions": sum(f["deletions"] for f in changed),
        "changed_files": len(changed),
    }


def review_comment(world: Permissions, value: Comment) -> dict[str, Any]:
    """A comment on a line of a pull request."""
    anchor = value.anchor
    if anchor is None:
        raise TypeError(f"comment {value.id} is not a review comment")
    repo = world.repositories[value.repository_id]
    issue = world.issues[value.issue_id]
    base = api(world, repo)
    url, pull_url = f"{base}/pulls/comments/{value.id}", f"{base}/pulls/{issue.number}"
    page = threads.comment_page(world, value)
    patches = {f["filename"]: f.get("patch", "") for f in files(world, issue)}
    links = {"self": url, "html": page, "pull_request": pull_url}
    result: dict[str, Any] = {
        "url": url,
        "pull_request_review_id": None,
        "id": value.id,
        "node_id": threads.comment_node(value),
        "diff_hunk": patches.get(anchor.path, ""),
        "path": anchor.path,
        "commit_id": anchor.commit_sha,
        "original_commit_id": anchor.commit_sha,
        "user": user(world, world.accounts[value.author_id]),
        "body": value.body,
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.updated_at),
        "html_url": page,
        "pull_request_url": pull_url,
        "author_association": threads.association(world, repo, value.author_id),
        "_links": {name: {"href": href} for name, href in links.items()},
        # An outdated measure, counted in lines of the diff; nothing here rests on it.
        "position": anchor.line or 1,
        "original_position": anchor.line or 1,
        "start_line": None,
        "original_start_line": None,
        "start_side": None,
        "side": "RIGHT",
        "subject_type": "file" if anchor.line is None else "line",
        "reactions": threads.rollup(world, threads.comment_node(value), url),
    }
    if anchor.line is not None:
        result |= {"line": anchor.line, "original_line": anchor.line}
    if anchor.in_reply_to is not None:
        result["in_reply_to_id"] = anchor.in_reply_to
    return result
