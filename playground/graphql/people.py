"""Accounts, repositories, refs, and what each node is."""

from typing import Any

from playground.clock import stamp
from playground.graphql.asking import Info, Resolvers, asking
from playground.graphql.connections import connection
from playground.nodes import node_id
from playground.payloads.people import html_name
from playground.values import Account, Blob, Commit, Issue, Repository

resolvers = Resolvers()
ACCOUNTS = ("User", "Organization", "Bot")


@resolvers.field("id", *ACCOUNTS)
def account_id(value: Account, info: Info) -> str:
    """Its node id."""
    return node_id(value.kind, value.id)


@resolvers.field("login", *ACCOUNTS)
def account_login(value: Account, info: Info) -> str:
    """The login; GraphQL leaves `[bot]` away."""
    return value.login.removesuffix("[bot]")


@resolvers.field("databaseId", *ACCOUNTS, "Repository")
def database_id(value: Account | Repository, info: Info) -> int:
    """The number that REST uses."""
    return value.id


@resolvers.field("createdAt", *ACCOUNTS, "Repository")
def created_at(value: Account | Repository, info: Info) -> str:
    """When it was made."""
    return stamp(value.created_at)


@resolvers.field("updatedAt", "Bot")
def updated_at(value: Account, info: Info) -> str:
    """When it was last changed."""
    return stamp(value.created_at)


@resolvers.field("resourcePath", *ACCOUNTS)
def account_path(value: Account, info: Info) -> str:
    """The path of its page."""
    return f"/{html_name(value)}"


@resolvers.field("url", *ACCOUNTS)
def account_url(value: Account, info: Info) -> str:
    """Its page."""
    return f"{asking(info).world.web_url}/{html_name(value)}"


@resolvers.field("avatarUrl", *ACCOUNTS)
def avatar_url(value: Account, info: Info, size: int | None = None) -> str:
    """Its picture."""
    return f"{asking(info).world.web_url}/avatars/{value.id}"


@resolvers.field("id", "Repository")
def repository_id(value: Repository, info: Info) -> str:
    """Its node id."""
    return node_id("Repository", value.id)


@resolvers.field("nameWithOwner", "Repository")
def name_with_owner(value: Repository, info: Info) -> str:
    """`owner/name`."""
    return asking(info).world.full_name(value)


@resolvers.field("isPrivate", "Repository")
def is_private(value: Repository, info: Info) -> bool:
    """Whether only some see it."""
    return value.private


@resolvers.field("owner", "Repository")
def owner(value: Repository, info: Info) -> Account:
    """Whose it is."""
    return asking(info).world.accounts[value.owner_id]


@resolvers.field("url", "Repository")
def repository_url(value: Repository, info: Info) -> str:
    """Its page."""
    return f"{asking(info).world.web_url}/{asking(info).world.full_name(value)}"


@resolvers.field("resourcePath", "Repository")
def repository_path(value: Repository, info: Info) -> str:
    """The path of its page."""
    return f"/{asking(info).world.full_name(value)}"


@resolvers.field("viewerPermission", "Repository")
def viewer_permission(value: Repository, info: Info) -> str | None:
    """The role of whoever asks; none for an App."""
    actor = asking(info).actor
    if actor.is_installation:
        return None
    role = asking(info).world.role(value, actor.account_id)
    return None if role == "none" else role.upper()


@resolvers.field("defaultBranchRef", "Repository")
def default_branch_ref(value: Repository, info: Info) -> dict[str, Any] | None:
    """The default branch, once there is a commit."""
    sha = value.branches.get(value.default_branch)
    if sha is None:
        return None
    return {
        "id": f"REF_{value.id}_{value.default_branch}",
        "name": value.default_branch,
        "prefix": "refs/heads/",
        "target": asking(info).world.commits[sha],
    }


@resolvers.field("id", "Commit")
def commit_id(value: Commit, info: Info) -> str:
    """Its node id."""
    return f"C_{value.sha[:24]}"


@resolvers.field("oid", "Commit")
def commit_oid(value: Commit, info: Info) -> str:
    """Its SHA."""
    return value.sha


@resolvers.field("issues", "Repository")
def issues(value: Repository, info: Info, **args: Any) -> dict[str, Any]:
    """Issues without pull requests, oldest first unless ordered otherwise."""
    world = asking(info).world
    world.require_read(asking(info).actor, value, "issues")
    states = {state.lower() for state in args.get("states") or ("OPEN", "CLOSED")}
    found = [i for i in world.issues.of(value.id) if i.pull is None and i.state in states]
    order = args.get("orderBy")
    if order is not None:
        keys = {
            "CREATED_AT": lambda i: (i.created_at, i.id),
            "UPDATED_AT": lambda i: (i.updated_at, i.id),
            "COMMENTS": lambda i: (len(world.comments.of(i.id)), i.id),
        }
        found.sort(key=keys[order["field"]], reverse=order["direction"] == "DESC")
    return connection(info, found, args)


def type_name(value: Any) -> str | None:
    """The GraphQL type of one of the world's values."""
    if isinstance(value, Account):
        return value.kind
    if isinstance(value, Issue):
        return "Issue" if value.pull is None else "PullRequest"
    if isinstance(value, Repository | Commit | Blob):
        return type(value).__name__
    return {"Comment": "IssueComment", "Reaction": "Reaction"}.get(type(value).__name__)
