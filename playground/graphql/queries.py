"""The fields of Query, and what leads from a repository to its threads."""

from typing import Any

from graphql import GraphQLError

from playground.clock import stamp
from playground.errors import Forbidden, NotFound
from playground.graphql.asking import Asking, Info, Resolvers, asking
from playground.graphql.connections import connection
from playground.graphql.errors import as_graphql
from playground.nodes import parse_node_id
from playground.permissions import scope_of
from playground.search import search_threads
from playground.values import Account, Comment, Issue, Reaction, Repository

resolvers = Resolvers()


def find_node(context: Asking, identifier: str) -> Any:
    """The value of a node id, where the asker may read it.

    Raises:
        NotFound: absent, hidden, or of a type that the schema does not hold.
    """
    world = context.world
    kind, number = parse_node_id(identifier) or ("", 0)
    missing = NotFound(f"Could not resolve to a node with the global id of '{identifier}'")
    found: Any = None
    if kind in ("User", "Organization", "Bot"):
        found = world.accounts.get(number)
        if found is not None and found.kind != kind:
            found = None
    elif kind == "Repository":
        found = world.repositories.get(number)
        if found is not None and not world.sees(context.actor, found):
            found = None
    elif kind == "Reaction":
        found = world.reactions.get(number)
        if found is not None:
            _readable(context, world.subject(found.subject), missing)
    else:
        found = world.subject(identifier)
        if isinstance(found, Comment) and found.anchor is not None:
            # Review comments are read over REST here.
            raise missing
        _readable(context, found, missing)
    if found is None:
        raise missing
    return found


def _readable(context: Asking, subject: Issue | Comment, missing: NotFound) -> None:
    issue = context.world.thread_of(subject)
    repository = context.world.repository_of(issue)
    if not context.world.sees(context.actor, repository):
        raise missing
    context.world.require_read(context.actor, repository, scope_of(issue))


MOST_NODES = 100


@resolvers.field("node", "Query")
def node(root: Any, info: Info, id: str) -> Any:
    """One node."""
    return find_node(asking(info), id)


@resolvers.field("nodes", "Query")
def nodes(root: Any, info: Info, ids: list[str]) -> list[Any]:
    """Some nodes, with null and an error of its own for each that is missing."""
    if len(ids) > MOST_NODES:
        raise GraphQLError(
            f"You may not provide more than {MOST_NODES} node ids; you provided {len(ids)}.",
            extensions={"type": "ARGUMENT_LIMIT"},
        )
    found: list[Account | Repository | Issue | Comment | Reaction | GraphQLError] = []
    for identifier in ids:
        try:
            found.append(find_node(asking(info), identifier))
        except (NotFound, Forbidden) as error:
            found.append(as_graphql(error))
    return found


@resolvers.field("viewer", "Query")
def viewer(root: Any, info: Info) -> Account:
    """Who asks; an App's installation appears as its bot."""
    account = asking(info).world.accounts.get(asking(info).actor.account_id)
    if account is None:
        raise NotFound
    return account


@resolvers.field("rateLimit", "Query")
def rate_limit(root: Any, info: Info, dryRun: bool = False) -> dict[str, Any]:
    """What this request cost and what is left."""
    context = asking(info)
    standing = context.standing
    reset = context.world.clock.now().fromtimestamp(
        standing.reset, context.world.clock.now().tzinfo
    )
    return {
        "cost": context.cost,
        "limit": standing.limit,
        "nodeCount": context.nodes,
        "remaining": standing.remaining,
        "resetAt": stamp(reset),
        "used": standing.used,
    }


@resolvers.field("repository", "Query")
def repository(root: Any, info: Info, owner: str, name: str, **_: Any) -> Repository:
    """A repository by its names."""
    try:
        return asking(info).world.repository(asking(info).actor, owner, name)
    except NotFound:
        raise NotFound(
            f"Could not resolve to a Repository with the name '{owner}/{name}'."
        ) from None


def _account(info: Info, login: str, kind: str) -> Account:
    try:
        found = asking(info).world.account(login)
    except NotFound:
        found = None
    if found is None or found.kind != kind:
        raise NotFound(f"Could not resolve to a {kind} with the login of '{login}'.")
    return found


@resolvers.field("user", "Query")
def user(root: Any, info: Info, login: str) -> Account:
    """A user by login."""
    return _account(info, login, "User")


@resolvers.field("organization", "Query")
def organization(root: Any, info: Info, login: str) -> Account:
    """An organisation by login."""
    return _account(info, login, "Organization")


@resolvers.field("search", "Query")
def search(root: Any, info: Info, query: str, type: str, **args: Any) -> dict[str, Any]:
    """Threads that fit a query; nothing of any other type."""
    found = []
    if type == "ISSUE":
        found = search_threads(asking(info).world, asking(info).actor, query)
    return connection(info, found, args, issueCount=len(found))


def _thread(value: Repository, info: Info, number: int, what: str) -> Issue:
    world = asking(info).world
    try:
        issue = world.issue(value, number)
    except NotFound:
        issue = None
    wrong = issue is not None and what != "issue or pull request" and (
        (issue.pull is not None) != (what == "PullRequest")
    )  # fmt: skip
    if issue is None or wrong:
        raise NotFound(f"Could not resolve to an {what} with the number of {number}.")
    world.require_read(asking(info).actor, value, scope_of(issue))
    return issue


@resolvers.field("issue", "Repository")
def issue(value: Repository, info: Info, number: int) -> Issue:
    """An issue by number."""
    return _thread(value, info, number, "Issue")


@resolvers.field("pullRequest", "Repository")
def pull_request(value: Repository, info: Info, number: int) -> Issue:
    """A pull request by number."""
    return _thread(value, info, number, "PullRequest")


@resolvers.field("issueOrPullRequest", "Repository")
def issue_or_pull_request(value: Repository, info: Info, number: int) -> Issue:
    """A thread by number."""
    return _thread(value, info, number, "issue or pull request")
