"""The `GitHub` port over githubkit: each method is one request, or one a page.

Nothing is sent twice in here; see `connection` and `errors_of`.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property

import httpx
import structlog

from app.domain import Comment, HookDelivery, Issue, Permission, Repository, Snapshot, Thread
from app.errors import GoneError
from app.github import batch, by_rest, deliveries, issues, read, text
from app.github.connection import Connection, json_of
from app.github.errors_of import status_of
from app.github.history import History
from app.github.ledger import ProcessLedger
from app.github.limits import rules_of
from app.github.place import Place, below, part
from app.github.snapshots import missing
from app.github.throttle import Throttle
from app.ports.clock import Clock
from app.ports.github import Ledger, Purse
from app.settings import Settings, require_app

log = structlog.get_logger()


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
        path = below(owner, name)
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
        return read.comment(self._at(repository).json("GET", f"issues/comments/{comment_id}"))

    def thread(self, repository: Repository, number: int) -> Thread:
        """Returns the issue or pull request with all its comments, oldest first.

        https://docs.github.com/en/rest/issues/issues#get-an-issue
        """
        place = self._at(repository)
        issue = read.read(read.IssuePart, place.json("GET", f"issues/{number}"))
        if issue.number != number:
            raise GoneError(f"{repository.full_name}#{number} was transferred")
        comments = place.pages(f"issues/{number}/comments")
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
        path = f"collaborators/{part(login)}/permission"
        try:
            return read.permission(self._at(repository).json("GET", path))
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
            self._at(repository).send("POST", path, json={"content": content}, notice=True)
        except GoneError as error:
            if status_of(error) != 404:
                raise
            log.info("reaction.lacking", repository=repository.id, comment=comment_id)

    def post(self, repository: Repository, number: int, body: str) -> Comment:
        """https://docs.github.com/en/rest/issues/comments#create-an-issue-comment"""
        path = f"issues/{number}/comments"
        return read.comment(self._at(repository).json("POST", path, json={"body": body}))

    def issue(self, repository: Repository, node_id: str, since: str = "") -> Issue:
        """Reads an issue of the App's own with its edits, those before `since` left out or not."""
        return issues.issue(self._connection, repository, node_id, since)

    def open_issue(self, repository: Repository, title: str, body: str) -> Issue:
        """Opens an issue, at most once a call."""
        return issues.opened(self._at(repository), title, body)

    def write_issue(self, repository: Repository, number: int, body: str) -> None:
        """Writes the text of an issue anew."""
        issues.written(self._at(repository), number, body)

    def own_issues(self, repository: Repository) -> Sequence[Issue]:
        """Returns the issues that the App opened, newest first, without their edits."""
        return issues.own(self._at(repository), app_id=self._app_id, login=self.login)

    def file(self, repository: Repository, path: str) -> bytes | None:
        """Returns a file at the head of the default branch, at most `MAX_FILE_BYTES` of it."""
        return text.file(self._at(repository), path)

    def organisation_file(self, repository: Repository, path: str) -> bytes | None:
        """Returns a file of the owner's `.github` repository; None where we may not see it."""
        return text.file(self._at(replace(repository, name=".github")), path, (403, 404))

    def head(self, repository: Repository) -> str | None:
        """Returns the commit at the head of the default branch; None for an empty repository."""
        return text.head(self._at(repository))

    def tarball(self, repository: Repository, sha: str) -> AbstractContextManager[Iterator[bytes]]:
        """Streams the gzipped tar archive of a commit.

        Raises:
            UserError: from the iterator, once more than the allowed bytes have come.
        """
        return text.tarball(self._at(repository), sha, self._max_archive_bytes)

    def snapshots(
        self, repository: Repository, node_ids: Sequence[str], purse: Purse | None = None
    ) -> Sequence[Snapshot]:
        """Reads up to 100 replies in one query, in the order asked for.

        Lists of more than 100 reactions or versions take a further query for each 100.

        Args:
            repository: one that the App works in; replies of all that the same installation
                has may be asked for together.
            node_ids: the replies' node ids.
            purse: what pays for the queries, where they are to be paid for.

        Raises:
            LackingError: this GitHub has no GraphQL; `snapshot` reads one by REST.
            RateLimited: the purse has no points for it, or GitHub refuses it.
            ValueError: more than 100 were asked for.
        """
        connection, installation = self._connection, repository.installation_id
        return batch.snapshots(connection, installation, node_ids, self._clock(), purse)

    def snapshot(self, repository: Repository, comment_id: int, node_id: str) -> Snapshot:
        """Reads one reply by REST, which tells less than `snapshots`: see `by_rest`."""
        place, seen_at = self._at(repository), self._clock()
        path = f"issues/comments/{comment_id}"
        try:
            comment = place.json("GET", path)
        except GoneError as error:
            if status_of(error) not in {404, 410}:
                raise
            return missing(node_id, seen_at)
        try:
            reactions = place.pages(f"{path}/reactions")
        except GoneError as error:
            if status_of(error) != 404:
                raise
            reactions = []  # A GitHub without them, or the comment was just deleted.
        return by_rest.snapshot(comment, reactions, seen_at)

    def history(self, repository: Repository) -> History:
        """Opens what was said in a repository before."""
        return History(self._connection, repository)

    def _at(self, repository: Repository) -> Place:
        return Place(self._connection, repository)
