"""What Treadle needs of GitHub, and of what counts against its limits.

Methods that talk to GitHub raise `TransientError` or `RateLimited` where a later try may
work and `GoneError` where the thing or the access to it is gone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeVar

from app.domain import (
    Allowance,
    Comment,
    HookDelivery,
    Issue,
    Permission,
    Repository,
    Snapshot,
    Thread,
)
from app.domain.history import FileAt, PastPage, PastQuestion

Result = TypeVar("Result")


class Purse(Protocol):
    """Pays for queries in GitHub's points of GraphQL."""

    def take(self, points: int, *, more: bool = False) -> None:
        """Takes points before a query that costs them; `more` where it goes on with another.

        Raises:
            RateLimited: there are not as many.
        """

    def owe(self, points: int) -> None:
        """Counts points that GitHub took beyond those that were taken here."""


class GitHub(Protocol):
    """The part of GitHub that Treadle uses, for all its installations."""

    @property
    def app_id(self) -> int: ...

    @property
    def login(self) -> str:
        """The App's own account name, with its `[bot]` ending."""

    def repository(self, owner: str, name: str) -> Repository:
        """Looks a repository up by name through the App's own authorisation."""

    def deliveries(self, since: datetime, *, failed: bool = False) -> Iterator[HookDelivery]:
        """Reads what was sent to the App from a time on, newest first; only what failed there.

        Raises:
            LackingError: while it is read, where this GitHub keeps no such list.
        """

    def redeliver(self, delivery_id: int) -> None:
        """Has a delivery sent once more; `HookDelivery.id` names one of its attempts."""

    def comment(self, repository: Repository, comment_id: int) -> Comment: ...

    def thread(self, repository: Repository, number: int) -> Thread:
        """Returns the issue or pull request with all its comments."""

    def permission(self, repository: Repository, login: str) -> Permission: ...

    def react(self, repository: Repository, comment_id: int, content: str) -> None:
        """Adds the App's reaction; adding it again changes nothing."""

    def post(self, repository: Repository, number: int, body: str) -> Comment:
        """Creates a comment, at most once a call: never tried again inside."""

    def issue(self, repository: Repository, node_id: str, since: str = "") -> Issue:
        """Reads an issue of the App's own, and its edits at least back to the one named `since`.

        Raises:
            GoneError: it was deleted, or is another repository's now.
            LackingError: this GitHub tells no edits.
        """

    def open_issue(self, repository: Repository, title: str, body: str) -> Issue:
        """Opens an issue, at most once a call: never tried again inside.

        Raises:
            GoneError: the repository takes no issues.
        """

    def write_issue(self, repository: Repository, number: int, body: str) -> None:
        """Writes the text of an issue anew."""

    def own_issues(self, repository: Repository) -> Sequence[Issue]:
        """Returns the issues that the App opened, newest first, without their edits."""

    def file(self, repository: Repository, path: str) -> bytes | None:
        """Returns a file at the head of the default branch; None where there is none."""

    def organisation_file(self, repository: Repository, path: str) -> bytes | None:
        """Returns a file of the owner's `.github` repository; None where there is none."""

    def head(self, repository: Repository) -> str | None:
        """Returns the commit at the head of the default branch; None for an empty repository."""

    def tarball(self, repository: Repository, sha: str) -> AbstractContextManager[Iterator[bytes]]:
        """Streams the repository's gzipped tar archive at a commit."""

    def snapshots(
        self, repository: Repository, node_ids: Sequence[str], purse: Purse | None = None
    ) -> Sequence[Snapshot]:
        """Reads up to 100 replies of an installation in one query, in the order asked for.

        `repository` is one of that installation's; `purse`, if any, pays for the queries.

        Raises:
            RateLimited: the purse has no points for it, or GitHub refuses it.
            LackingError: this GitHub cannot; `snapshot` reads them one by one.
        """

    def snapshot(self, repository: Repository, comment_id: int, node_id: str) -> Snapshot:
        """Reads one reply, of which is told what any GitHub tells."""

    def history(self, repository: Repository) -> "History":
        """Opens what was said in a repository before."""


class History(Protocol):
    """What GitHub still shows of what was said in one repository."""

    def comments(self, since: datetime | None, number: int = 1) -> PastPage:
        """Reads a page of comments, numbered from 1, the one that changed longest ago first."""

    def questions(self, asked: Sequence[tuple[int, str]]) -> Sequence[PastQuestion | None]:
        """Reads up to 100 comments that asked, by id and node id; None for one that is gone."""

    def files(self, places: Sequence[FileAt]) -> Mapping[FileAt, str]:
        """Reads files as they were; those that are not to be had are left out."""


class Ledger(Protocol):
    """Keeps where each installation stands with GitHub's limits."""

    def change(
        self, installation_id: int, rule: Callable[[Allowance, float], tuple[Allowance, Result]]
    ) -> Result:
        """Applies a rule, one at a time for each installation, whoever else applies one.

        Args:
            installation_id: GitHub's id; 0 stands for the App itself.
            rule: takes the allowance and the time, in seconds since the epoch by one clock for
                all; returns the allowance from now on, and what this method is to return.
        """
