"""Issues of the App's own: opened, read with their edit history, written anew.

https://docs.github.com/en/rest/issues/issues
https://docs.github.com/en/graphql/reference/objects#issue
"""

from collections.abc import Sequence
from typing import Any

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from app.domain import Issue, IssueEdit, Repository
from app.errors import GoneError
from app.github import batch, read
from app.github import snapshots as shown
from app.github.connection import Connection
from app.github.documents import MORE_EDITS, document
from app.github.place import Place

ISSUE = document("issue")


class _RepositoryPart(read.Part):
    model_config = ConfigDict(alias_generator=to_camel)

    database_id: int


class _IssuePart(read.Part):
    model_config = ConfigDict(alias_generator=to_camel)

    id: str
    number: int
    url: str
    body: str
    closed: bool
    repository: _RepositoryPart


class _Listed(read.IssuePart):
    """An issue of a list; a pull request stands in it as well.

    https://docs.github.com/en/rest/issues/issues#list-repository-issues
    """

    node_id: str
    state: str = "open"
    pull_request: dict[str, Any] | None = None
    performed_via_github_app: read.AppPart | None = None


def issue(connection: Connection, repository: Repository, node_id: str, since: str) -> Issue:
    """Reads an issue, and its edits at least back to the one named `since`, "" for all.

    Raises:
        GoneError: it was deleted, or is another repository's now.
        LackingError: this GitHub has no GraphQL.
    """
    reader = batch.Reader(connection, repository.installation_id)
    node = reader.query(ISSUE, {"id": node_id}).get("node")
    if not node:
        raise GoneError(f"an issue of repository {repository.id} was deleted")
    part = read.read(_IssuePart, node)
    if part.repository.database_id != repository.id:
        raise GoneError(f"an issue of repository {repository.id} was transferred")
    pages = [shown.edits(node.get("userContentEdits"))] if node.get("userContentEdits") else []
    while pages and (last := pages[-1].page_info).has_next_page and len(pages) < batch.MAX_PAGES:
        if since and any(one.id == since for one in pages[-1].nodes or () if one):
            break
        content = reader.more(MORE_EDITS, node_id, last.end_cursor)
        pages.append(shown.edits(content.get("userContentEdits")))
    edits = [one for page in pages for one in page.nodes or () if one]
    return Issue(
        repository_id=repository.id,
        number=part.number,
        node_id=part.id,
        url=part.url,
        body=part.body,
        closed=part.closed,
        edits=_edits(edits, part.body),
    )


def opened(place: Place, title: str, body: str) -> Issue:
    """Opens an issue.

    https://docs.github.com/en/rest/issues/issues#create-an-issue

    Raises:
        GoneError: issues are off in the repository, or it is archived.
    """
    content = place.json("POST", "issues", json={"title": title, "body": body})
    return _issue(read.read(_Listed, content), place.repository)


def written(place: Place, number: int, body: str) -> None:
    """Writes the text of an issue anew; that notifies nobody.

    https://docs.github.com/en/rest/issues/issues#update-an-issue
    """
    place.send("PATCH", f"issues/{number}", json={"body": body})


def own(place: Place, *, app_id: int, login: str) -> Sequence[Issue]:
    """Returns the issues that the App opened in a repository, newest first.

    https://docs.github.com/en/rest/issues/issues#list-repository-issues
    """
    found = [
        read.read(_Listed, content) for content in place.pages("issues", creator=login, state="all")
    ]
    return [_issue(part, place.repository) for part in found if _is_own(part, app_id, login)]


def _is_own(part: _Listed, app_id: int, login: str) -> bool:
    """Tells whether the App opened an issue: by its id, or by its login where that is not told."""
    app = part.performed_via_github_app
    named = app.id == app_id if app else part.user is not None and part.user.login == login
    return part.pull_request is None and named


def _issue(part: _Listed, repository: Repository) -> Issue:
    return Issue(
        repository_id=repository.id,
        number=part.number,
        node_id=part.node_id,
        url=part.html_url,
        body=part.body or "",
        closed=part.state == "closed",
    )


def _edits(newest_first: Sequence[shown.EditPart], body: str) -> tuple[IssueEdit, ...]:
    """Returns the edits, oldest first."""
    revisions = shown.revisions(newest_first, body)
    return tuple(
        IssueEdit(
            id=part.id, body=revision.body, by=revision.editor or read.GHOST, at=revision.edited_at
        )
        for part, revision in zip(reversed(newest_first), revisions, strict=True)
    )
