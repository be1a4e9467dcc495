"""Searching threads, for REST and GraphQL alike.

https://docs.github.com/en/search-github/searching-on-github/searching-issues-and-pull-requests
"""

import re

from playground.actors import Actor
from playground.errors import Invalid, NotFound
from playground.permissions import scope_of
from playground.values import Issue
from playground.world import World

TERM = re.compile(r'(?:(\w[\w-]*):)?(?:"([^"]*)"|(\S+))')
QUALIFIERS = frozenset({"author", "commenter", "in", "is", "org", "repo", "state", "type", "user"})


def search_threads(world: World, actor: Actor, query: str) -> list[Issue]:
    """The threads that fit a query and that the actor may read, the last updated first.

    All words and quoted phrases must occur in title, body or comments, in whatever case;
    `in:` restricts where. Qualifiers: those of `QUALIFIERS`.

    Raises:
        Invalid: the query is empty.
    """
    words: list[str] = []
    wanted: list[tuple[str, str]] = []
    for key, quoted, plain in TERM.findall(query):
        if key.lower() in QUALIFIERS:
            wanted.append((key.lower(), (quoted or plain).lower()))
        else:
            # A colon that introduces no qualifier belongs to the word.
            words.append(((f"{key}:" if key else "") + (quoted or plain)).lower())
    if not words and not wanted:
        raise Invalid(
            "Validation Failed",
            errors=[{"resource": "Search", "field": "q", "code": "missing"}],
        )
    places = {value for key, value in wanted if key == "in"} or {"title", "body", "comments"}
    rules = [rule for rule in wanted if rule[0] != "in"]
    found = [
        issue
        for issue in world.issues
        if _readable(world, actor, issue)
        and all(_fits(world, issue, key, value) for key, value in rules)
        and all(word in _text(world, issue, places) for word in words)
    ]
    return sorted(found, key=lambda issue: (issue.updated_at, issue.id), reverse=True)


def _readable(world: World, actor: Actor, issue: Issue) -> bool:
    repository = world.repositories[issue.repository_id]
    if not world.sees(actor, repository):
        return False
    return not actor.is_installation or world.allows(actor, repository, scope_of(issue), "read")


def _text(world: World, issue: Issue, places: set[str]) -> str:
    parts = []
    if "title" in places:
        parts.append(issue.title)
    if "body" in places:
        parts.append(issue.body or "")
    if "comments" in places:
        parts.extend(c.body for c in world.comments.of(issue.id) if c.anchor is None)
    return "\n".join(parts).lower()


def _fits(world: World, issue: Issue, key: str, value: str) -> bool:
    repository = world.repositories[issue.repository_id]
    if key == "repo":
        return world.full_name(repository).lower() == value
    if key in ("org", "user"):
        return world.accounts[repository.owner_id].login.lower() == value
    if key in ("is", "type", "state"):
        if value in ("open", "closed"):
            return issue.state == value
        if value in ("issue", "pr"):
            return (issue.pull is not None) == (value == "pr")
        return True
    try:
        who = world.account(value.replace("app/", "") + "[bot]" * value.startswith("app/")).id
    except NotFound:
        return False
    if key == "author":
        return issue.author_id == who
    return any(comment.author_id == who for comment in world.comments.of(issue.id))
