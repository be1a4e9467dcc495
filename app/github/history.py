"""What was said in a repository before: its comments page by page, questions, files as they were.

Comments are read in the order of their last change, each page from where the one before ended:
a comment that is deleted meanwhile moves no other out of sight, as it would with page numbers,
and one that is edited comes again at the end.

https://docs.github.com/en/rest/issues/comments#list-issue-comments-for-a-repository
https://docs.github.com/en/graphql/reference/queries#nodes
https://docs.github.com/en/graphql/reference/objects#blob
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from pydantic import Field

from app.domain import Repository
from app.domain.history import FileAt, PastComment, PastPage, PastQuestion
from app.errors import GoneError, LackingError, TransientError
from app.github import read
from app.github import snapshots as shown
from app.github.batch import BATCH, Reader
from app.github.connection import Connection, json_of
from app.github.documents import QUESTIONS
from app.github.errors_of import status_of
from app.github.place import Place
from app.text.clean import decode

PER_PAGE = 100
FILES = 50
"""Files that one query asks for."""


class CommentPart(read.CommentPart):
    """A comment of a repository's list, which names its thread by an address."""

    issue_url: str
    updated_at: datetime


class _Thread(read.Part):
    number: int


class QuestionPart(read.Part):
    """A comment with its author and the first page of its versions, newest first."""

    body: str
    author: dict[str, Any] | None = None
    issue: _Thread | None = None
    edits: shown.Edits | None = Field(default=None, alias="userContentEdits")


class BlobPart(read.Part):
    """A file; `text` is None where it is binary, and cut where it is long."""

    text: str | None = None
    is_truncated: bool = Field(default=False, alias="isTruncated")


class History:
    """The past of one repository."""

    def __init__(self, connection: Connection, repository: Repository) -> None:
        self._place = Place(connection, repository)
        self._reader = Reader(connection, repository.installation_id)

    def comments(self, since: datetime | None, number: int = 1) -> PastPage:
        """Reads a page of 100 comments of all threads, the one that changed longest ago first.

        Args:
            since: leaves out what did not change from then on; None for the beginning.
            number: the page, from 1 on.

        Raises:
            TransientError: the answer is not as documented.
        """
        params: dict[str, str | int] = {
            "sort": "updated",
            "direction": "asc",
            "per_page": PER_PAGE,
            "page": number,
        }
        if since is not None:
            params["since"] = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        response = self._place.send("GET", "issues/comments", params=params)
        content = json_of(response)
        if not isinstance(content, list):
            raise TransientError("issues/comments: not a list")
        links = response.raw_response.links
        more = "next" in links
        last = _page_of(links.get("last", {}).get("url", ""))
        return PastPage(
            comments=tuple(_comment(one) for one in content),
            more=more,
            pages=max(1, (last or number + more) - number + 1),
        )

    def questions(self, asked: Sequence[tuple[int, str]]) -> Sequence[PastQuestion | None]:
        """Reads up to 100 comments that asked, in order; None for one that is gone.

        Where this GitHub has no GraphQL, each is read by itself, and only as it is now.

        Args:
            asked: GitHub's id and node id of each.
        """
        if not asked:
            return ()
        if len(asked) > BATCH:
            raise ValueError(f"at most {BATCH} questions a query")
        try:
            found = self._reader.query(QUESTIONS, {"ids": [node for _, node in asked]})
        except LackingError:
            return [self._by_rest(comment_id) for comment_id, _ in asked]
        nodes = found.get("nodes")
        if not isinstance(nodes, list) or len(nodes) != len(asked):
            raise TransientError("GraphQL: not as many nodes as asked for")
        return [_question(read.read(QuestionPart, node)) if node else None for node in nodes]

    def files(self, places: Sequence[FileAt]) -> Mapping[FileAt, str]:
        """Reads files as they were, each once; those that are not to be had are left out.

        The text is as the index reads it. What GraphQL does not show whole comes over REST.
        """
        wanted = sorted(set(places))
        found: dict[FileAt, str] = {}
        for start in range(0, len(wanted), FILES):
            some = wanted[start : start + FILES]
            for place, text in zip(some, self._texts(some), strict=True):
                if text is not None:
                    found[place] = text
        return found

    def _texts(self, places: Sequence[FileAt]) -> Sequence[str | None]:
        names = self._place.repository
        variables = {"owner": names.owner, "name": names.name} | {
            f"at{number}": f"{place.commit}:{place.path}" for number, place in enumerate(places)
        }
        try:
            found = self._reader.query(files_document(len(places)), variables)
        except LackingError:
            return [self._raw(place) for place in places]
        content = found.get("repository")
        if not isinstance(content, dict):
            raise GoneError(f"{names.full_name} is not accessible")
        return [
            self._text(place, content.get(f"file{number}")) for number, place in enumerate(places)
        ]

    def _text(self, place: FileAt, content: Any) -> str | None:
        if not content or "isTruncated" not in content:
            return None  # No such commit or file any more, or a folder.
        blob = read.read(BlobPart, content)
        if blob.text is None or blob.is_truncated or "\ufffd" in blob.text:
            return self._raw(place)
        return decode(blob.text.encode("utf-8", "surrogatepass"))

    def _raw(self, place: FileAt) -> str | None:
        try:
            response = self._place.send(
                "GET",
                f"contents/{quote(place.path)}",
                params={"ref": place.commit},
                accept="application/vnd.github.raw+json",
            )
        except GoneError as error:
            if status_of(error) != 404:
                raise
            return None
        return decode(response.content)

    def _by_rest(self, comment_id: int) -> PastQuestion | None:
        try:
            part = read.read(CommentPart, self._place.json("GET", f"issues/comments/{comment_id}"))
        except GoneError as error:
            if status_of(error) not in {404, 410}:
                raise
            return None
        return PastQuestion(
            author=read.person(part.user), number=_number(part.issue_url), texts=(part.body or "",)
        )


def files_document(count: int) -> str:
    """Returns the query for so many files; GraphQL has none that takes a list of them."""
    numbers = range(count)
    arguments = "".join(f", $at{number}: String!" for number in numbers)
    fields = "\n".join(
        f"    file{number}: object(expression: $at{number}) "
        "{ ... on Blob { text isTruncated } }"
        for number in numbers
    )
    return (
        f"query Files($owner: String!, $name: String!{arguments}) {{\n"
        f"  repository(owner: $owner, name: $name) {{\n{fields}\n  }}\n}}\n"
    )


def _comment(content: Any) -> PastComment:
    part = read.read(CommentPart, content)
    number = _number(part.issue_url)
    if number is None:
        raise TransientError("CommentPart.issue_url: no number")
    return PastComment(comment=read.comment(content), number=number, updated_at=part.updated_at)


def _question(part: QuestionPart) -> PastQuestion:
    edits = part.edits
    nodes = [one for one in (edits.nodes if edits else None) or () if one]
    earlier = [one.diff for one in nodes if one.diff and one.deleted_at is None]
    return PastQuestion(
        author=shown.person(part.author),
        number=part.issue.number if part.issue else None,
        texts=tuple(dict.fromkeys((part.body, *earlier))),
    )


def _number(address: str) -> int | None:
    tail = address.rstrip("/").rpartition("/")[2]
    return int(tail) if tail.isdecimal() else None


def _page_of(address: str) -> int:
    """Returns the page that an address of a `Link` header leads to, 0 where it names none."""
    found = parse_qs(urlsplit(address).query).get("page", [""])[0]
    return int(found) if found.isdecimal() else 0
