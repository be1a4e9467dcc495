"""The `GitHub` port over githubkit: each method is one request, or one a page.

Nothing is sent twice in here; see `connection` and `errors_of`.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote

import httpx
import structlog
from githubkit import Response

from app.domain import Comment, HookDelivery, Permission, Repository, Snapshot, Thread
from app.errors import GoneError, TransientError, UserError
from app.github import batch, by_rest, deliveries, read, tree
from app.github.connection import Connection, json_of
from app.github.errors_of import BadRequest, status_of, translated
from app.github.ledger import ProcessLedger
from app.github.limits import rules_of
from app.github.snapshots import missing
from app.github.throttle import Throttle
from app.ports import Clock, Ledger
from app.settings import Settings, require_app

log = structlog.get_logger()

MAX_PAGES = 100
"""Pages of 100 that are read of one list; what lies behind them is left out and logged."""

MAX_FILE_BYTES = 1024 * 1024
"""A configuration file that is larger is cut here, and found faulty for its size."""

_NAME = re.compile(r"[A-Za-z0-9_.\[\]-]+")


def now() -> datetime:
    """Returns the current time in UTC."""
    return datetime.now(UTC)


def connect(
    settings: Settings,
    *,
    ledger: Ledger | None = None,
    transport: httpx.BaseTransport | None = None,
    clock: Clock = now,
) -> "Client":
    """Makes the client that the settings name; nothing is sent yet.

    Args:
        settings: with an App id and key.
        ledger: counts what is used of GitHub's limits for all processes that share them; one
            of this client's own where None.
        transport: instead of the network, for tests.
        clock: the time that snapshots are stamped with.

    Raises:
        ConfigError: the App's id or key is missing or cannot be used.
    """
    connection = Connection(
        app_id=settings.app_id,
        private_key=require_app(settings),
        base_url=settings.github_api_url,
        timeout=settings.github_timeout,
        throttle=Throttle(
            rules_of(settings), ledger or ProcessLedger(), at_once=settings.github_at_once
        ),
        transport=transport,
    )
    return Client(
        connection,
        app_id=settings.app_id,
        max_archive_bytes=settings.index_max_archive_bytes,
        clock=clock,
    )


class Client:
    """GitHub for all installations of one App. May be used by many threads."""

    def __init__(
        self, connection: Connection, *, app_id: int, max_archive_bytes: int, clock: Clock = now
    ) -> None:
        self._connection = connection
        self._app_id = app_id
        self._max_archive_bytes = max_archive_bytes
        self._clock = clock

    def close(self) -> None:
        """Closes all connections; also done when the client is let go of."""
        self._connection.close()

    @property
    def app_id(self) -> int:
        return self._app_id

    @cached_property
    def login(self) -> str:
        """The App's own account name, asked for once."""
        app = read.read(read.AppPart, json_of(self._connection.app("GET", "/app")))
        return f"{app.slug}[bot]"

    def repository(self, owner: str, name: str) -> Repository:
        """Looks a repository up by name through the App's own authorisation.

        https://docs.github.com/en/rest/apps/apps#get-a-repository-installation-for-the-authenticated-app
        """
        path = f"/repos/{_part(owner)}/{_part(name)}"
        installation = read.read(
            read.InstallationPart, json_of(self._connection.app("GET", f"{path}/installation"))
        )
        if installation.suspended_at is not None:
            raise GoneError(f"the installation on {owner}/{name} is suspended")
        response = self._connection.send(installation.id, "GET", path)
        return read.repository(json_of(response), installation.id)

    def deliveries(self, since: datetime, *, failed: bool = False) -> Iterator[HookDelivery]:
        """Reads the webhooks sent to the App from a time on, newest first, page by page.

        GitHub keeps three days of them.

        Args:
            since: an aware time.
            failed: whether only attempts that failed are wanted.

        Raises:
            LackingError: while it is read, where this GitHub has no such list.
        """
        return deliveries.deliveries(self._connection, since, failed=failed)

    def redeliver(self, delivery_id: int) -> None:
        """Has GitHub send a webhook once more: one attempt's `HookDelivery.id` names it."""
        deliveries.redeliver(self._connection, delivery_id)

    def comment(self, repository: Repository, comment_id: int) -> Comment:
        """https://docs.github.com/en/rest/issues/comments#get-an-issue-comment"""
        return read.comment(self._json(repository, "GET", f"issues/comments/{comment_id}"))

    def thread(self, repository: Repository, number: int) -> Thread:
        """Returns the issue or pull request with all its comments, oldest first.

        https://docs.github.com/en/rest/issues/issues#get-an-issue
        """
        issue = read.read(read.IssuePart, self._json(repository, "GET", f"issues/{number}"))
        if issue.number != number:
            raise GoneError(f"{repository.full_name}#{number} was transferred")
        comments = self._pages(repository, f"issues/{number}/comments")
        return Thread(
            repository_id=repository.id,
            number=number,
            title=issue.title,
            body=issue.body or "",
            author=read.person(issue.user),
            url=issue.html_url,
            comments=tuple(read.comment(content) for content in comments),
        )

    def permission(self, repository: Repository, login: str) -> Permission:
        """Returns what a person may do; `NONE` for somebody whom GitHub does not know.

        https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
        """
        path = f"collaborators/{_part(login)}/permission"
        try:
            return read.permission(self._json(repository, "GET", path))
        except GoneError as error:
            if status_of(error) == 404:
                return Permission.NONE
            raise

    def react(self, repository: Repository, comment_id: int, content: str) -> None:
        """Adds a reaction where that can be done soon; what is posted goes first.

        None is added on a GitHub without them. That a comment is gone shows as soon as it is
        asked for again.

        https://docs.github.com/en/rest/reactions/reactions#create-reaction-for-an-issue-comment
        """
        path = f"issues/comments/{comment_id}/reactions"
        try:
            self._send(repository, "POST", path, json={"content": content}, notice=True)
        except GoneError as error:
            if status_of(error) != 404:
                raise
            log.info("reaction.lacking", repository=repository.id, comment=comment_id)

    def post(self, repository: Repository, number: int, body: str) -> Comment:
        """https://docs.github.com/en/rest/issues/comments#create-an-issue-comment"""
        path = f"issues/{number}/comments"
        return read.comment(self._json(repository, "POST", path, json={"body": body}))

    def file(self, repository: Repository, path: str) -> bytes | None:
        """Returns a file at the head of the default branch, at most `MAX_FILE_BYTES` of it.

        https://docs.github.com/en/rest/repos/contents#get-repository-content
        """
        return self._file(repository, f"{_at(repository)}/contents/{quote(path)}", (404,))

    def organisation_file(self, repository: Repository, path: str) -> bytes | None:
        """Returns a file of the owner's `.github` repository; None where we may not see it."""
        place = f"/repos/{_part(repository.owner)}/.github/contents/{quote(path)}"
        return self._file(repository, place, (403, 404))

    def head(self, repository: Repository) -> str | None:
        """Returns the commit at the head of the default branch; None for an empty repository.

        `HEAD` is asked for, since the default branch may have been renamed meanwhile. Where
        that is not known, as on a GitHub without that list, the branch is asked for by name.

        https://docs.github.com/en/rest/commits/commits#get-a-commit
        """
        accept = "application/vnd.github.sha"
        try:
            response = self._send(repository, "GET", "commits/HEAD", accept=accept)
            sha = response.text.strip()
        except GoneError as error:
            if status_of(error) != 404:
                raise
            branch = quote(repository.default_branch, safe="")
            found = read.read(read.BranchPart, self._json(repository, "GET", f"branches/{branch}"))
            sha = found.commit.sha
        except (TransientError, BadRequest) as error:
            if status_of(error) in {409, 422}:
                return None
            raise
        if len(sha) not in {40, 64} or not set(sha) <= set("0123456789abcdef"):
            raise TransientError("GitHub did not answer with a commit's hash")
        return sha

    @contextmanager
    def tarball(self, repository: Repository, sha: str) -> Iterator[Iterator[bytes]]:
        """Streams the gzipped tar archive of a commit, made of its files where there is none.

        https://docs.github.com/en/rest/repos/contents#download-a-repository-archive-tar

        Raises:
            UserError: from the iterator, once more than the allowed bytes have come.
        """
        response = self._archive(repository, sha)
        if response is None:
            yield tree.archive(lambda path: self._json(repository, "GET", path), sha)
            return
        try:
            yield self._chunks(response)
        finally:
            response.raw_response.close()

    def _archive(self, repository: Repository, sha: str) -> Response[Any] | None:
        """Asks for a commit's archive; None where that is not there."""
        try:
            return self._send(repository, "GET", f"tarball/{_part(sha)}", stream=True)
        except GoneError as error:
            if status_of(error) != 404:
                raise
            return None

    def snapshots(self, repository: Repository, node_ids: Sequence[str]) -> Sequence[Snapshot]:
        """Reads up to 100 replies in one query, in the order asked for.

        Lists of more than 100 reactions or versions take a further query for each 100.

        Raises:
            LackingError: this GitHub has no GraphQL; `snapshot` reads one by REST.
            ValueError: more than 100 were asked for.
        """
        connection, installation = self._connection, repository.installation_id
        return batch.snapshots(connection, installation, node_ids, self._clock())

    def snapshot(self, repository: Repository, comment_id: int, node_id: str) -> Snapshot:
        """Reads one reply by REST, which tells less than `snapshots`: see `by_rest`."""
        seen_at = self._clock()
        path = f"issues/comments/{comment_id}"
        try:
            comment = self._json(repository, "GET", path)
        except GoneError as error:
            if status_of(error) not in {404, 410}:
                raise
            return missing(node_id, seen_at)
        try:
            reactions = self._pages(repository, f"{path}/reactions")
        except GoneError as error:
            if status_of(error) != 404:
                raise
            reactions = []  # A GitHub without them, or the comment was just deleted.
        return by_rest.snapshot(comment, reactions, seen_at)

    def _file(self, repository: Repository, path: str, absent: tuple[int, ...]) -> bytes | None:
        try:
            response = self._connection.send(repository.installation_id, "GET", path)
        except GoneError as error:
            if status_of(error) in absent:
                return None
            raise
        content = json_of(response)
        if not isinstance(content, dict):
            return None  # a folder of that name
        part = read.read(read.FilePart, content)
        if part.type != "file":
            return None
        if part.encoding == "base64":
            try:
                return base64.b64decode(part.content)[:MAX_FILE_BYTES]
            except binascii.Error:
                raise TransientError(f"{path}: not base64") from None
        raw = self._connection.send(
            repository.installation_id, "GET", path, accept="application/vnd.github.raw+json"
        )
        return raw.content[:MAX_FILE_BYTES]

    def _pages(self, repository: Repository, path: str) -> list[Any]:
        """Reads a list page by page along its Link headers."""
        response = self._send(repository, "GET", path, params={"per_page": 100})
        found: list[Any] = []
        for page in range(1, MAX_PAGES + 1):
            content = json_of(response)
            if not isinstance(content, list):
                raise TransientError(f"{path}: not a list")
            found += content
            link = response.raw_response.links.get("next", {}).get("url", "")
            if not link:
                break
            if not self._connection.is_ours(httpx.URL(link)):
                raise TransientError(f"{path}: the next page is somewhere else")
            if page == MAX_PAGES:
                log.warning("list.cut", repository=repository.id, pages=MAX_PAGES)
                break
            response = self._connection.send(repository.installation_id, "GET", link)
        return found

    def _chunks(self, response: Response[Any]) -> Iterator[bytes]:
        total = 0
        with translated():
            for chunk in response.iter_bytes(64 * 1024):
                total += len(chunk)
                if total > self._max_archive_bytes:
                    break
                yield chunk
        if total > self._max_archive_bytes:
            raise UserError(
                "This repository's archive is larger than the "
                f"{self._max_archive_bytes // 2**20} MiB that are read."
            )

    def _json(self, repository: Repository, method: str, path: str, *, json: object = None) -> Any:
        return json_of(self._send(repository, method, path, json=json))

    def _send(
        self, repository: Repository, method: str, path: str, **options: Any
    ) -> Response[Any]:
        place = f"{_at(repository)}/{path}"
        return self._connection.send(repository.installation_id, method, place, **options)


def _at(repository: Repository) -> str:
    return f"/repos/{_part(repository.owner)}/{_part(repository.name)}"


def _part(text: str) -> str:
    """Returns one part of a path, unable to reach beyond its place.

    Raises:
        ValueError: it is nothing that GitHub gives as a name or a hash.
    """
    if text in {".", ".."} or not _NAME.fullmatch(text):
        raise ValueError("not a name")
    return quote(text, safe="")
