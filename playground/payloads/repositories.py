"""Repositories.

https://docs.github.com/en/rest/repos/repos
"""

from typing import Any

from playground.actors import Actor
from playground.clock import stamp
from playground.nodes import node_id
from playground.payloads.people import user
from playground.permissions import Permissions
from playground.values import ROLES, Repository

LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def api(world: Permissions, value: Repository) -> str:
    """The REST address of a repository."""
    return f"{world.api_url}/repos/{world.full_name(value)}"


def html(world: Permissions, value: Repository) -> str:
    """The page of a repository."""
    return f"{world.web_url}/{world.full_name(value)}"


def rights(world: Permissions, value: Repository, actor: Actor) -> dict[str, bool]:
    """What an actor may do with a repository, in the five words of REST."""
    if actor.is_installation:
        level = "write" if world.allows(actor, value, "contents", "write") else "read"
    else:
        level = world.role(value, actor.account_id)
    rank = ROLES.index(level)
    words = {"admin": "admin", "maintain": "maintain", "push": "write", "triage": "triage"}
    words["pull"] = "read"
    return {word: rank >= ROLES.index(role) for word, role in words.items()}


def repository(world: Permissions, value: Repository, actor: Actor | None = None) -> dict[str, Any]:
    """A repository; with an actor, also what that actor may do."""
    url, page = api(world, value), html(world, value)
    issues = sum(1 for issue in world.issues.of(value.id) if issue.state == "open")
    commit = world.commits.get(value.branches.get(value.default_branch))
    size = 0
    if commit is not None:
        size = sum(len(world.blobs[sha].data) for sha in commit.files.values()) // 1024
    result: dict[str, Any] = {
        "id": value.id,
        "node_id": node_id("Repository", value.id),
        "name": value.name,
        "full_name": world.full_name(value),
        "private": value.private,
        "owner": user(world, world.accounts[value.owner_id]),
        "html_url": page,
        "description": value.description,
        "fork": False,
        "url": url,
        **{key: url + rest for key, rest in LINKS.items()},
        "git_url": f"git://{page.split('://')[1]}.git",
        "ssh_url": f"git@127.0.0.1:{world.full_name(value)}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "license": None,
        "forks": 0,
        "forks_count": 0,
        "stargazers_count": 0,
        "watchers": 0,
        "watchers_count": 0,
        "size": size,
        "default_branch": value.default_branch,
        "open_issues": issues,
        "open_issues_count": issues,
        "is_template": False,
        "topics": [],
        "has_issues": True,
        "has_projects": False,
        "has_wiki": False,
        "has_pages": False,
        "has_downloads": False,
        "has_discussions": False,
        "archived": False,
        "disabled": False,
        "visibility": "private" if value.private else "public",
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "pushed_at": stamp(value.pushed_at),
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.updated_at),
    }
    if actor is not None:
        result["permissions"] = rights(world, value, actor)
    return result


def full_repository(world: Permissions, value: Repository, actor: Actor) -> dict[str, Any]:
    """A repository as `GET /repos/{owner}/{repo}` gives it."""
    owner = world.accounts[value.owner_id]
    result = {
        **repository(world, value, actor),
        "temp_clone_token": None,
        "network_count": 0,
        "subscribers_count": 0,
    }
    if owner.kind == "Organization":
        result["organization"] = user(world, owner)
    return result


def brief(world: Permissions, value: Repository) -> dict[str, Any]:
    """A repository as installation events give it."""
    return {
        "id": value.id,
        "node_id": node_id("Repository", value.id),
        "name": value.name,
        "full_name": world.full_name(value),
        "private": value.private,
    }
