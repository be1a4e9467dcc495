"""What the core needs from the outside, as Protocols. Everything here is synchronous.

Methods that talk to GitHub raise `TransientError` or `RateLimited` where a later try may
work and `GoneError` where the thing or the access to it is gone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from app.domain import (
    Allowance,
    Answer,
    Comment,
    Delivery,
    Dictionary,
    Facts,
    Hit,
    HookDelivery,
    Issue,
    Memory,
    Passage,
    Permission,
    Piece,
    Prompt,
    Question,
    Repository,
    Snapshot,
    Thread,
    Usage,
)
from app.domain.history import FileAt, PastPage, PastQuestion
from app.layouts.formats import Format

Result = TypeVar("Result")

WHOLE = 1200
"""Tokens that a whole text in a format has at most, unless it is asked for otherwise."""


class Clock(Protocol):
    """The current time, aware, in UTC."""

    def __call__(self) -> datetime: ...


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


class Corpus(Protocol):
    """The text of one repository at one commit, searchable."""

    @property
    def commit(self) -> str: ...

    @property
    def facts(self) -> Facts: ...

    @property
    def paths(self) -> frozenset[str]:
        """All file paths of the tree, indexed or not."""

    def knows(self, name: str) -> bool:
        """Tells whether an exact name stands anywhere in the text, whatever its case.

        Args:
            name: an identifier, a flag with its dashes, or a dotted name or path as one word.
        """

    def codes(self, name: str) -> bool:
        """Tells whether source code has a name as one word, its comments aside."""

    def passages(self, path: str) -> Sequence[Passage]:
        """Returns a file's passages in order; none where its text was not read."""

    def having(self, text: str, limit: int) -> Sequence[Passage]:
        """Returns passages that have every word of a text, common words aside, best first."""

    def search(self, text: str, limit: int) -> Sequence[Hit]: ...

    def rarity(self, word: str) -> float:
        """The inverse document frequency of a stemmed word among the passages, at least 0."""


class Knowledge(Protocol):
    """Keeps a searchable corpus for each repository."""

    def corpus(self, repository_id: int, commit: str | None = None) -> Corpus | None:
        """Returns the newest corpus, or that of a commit; None where it is not there."""

    def build(
        self,
        repository_id: int,
        commit: str,
        archive: Iterable[bytes],
        *,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
    ) -> Corpus:
        """Indexes a gzipped tar stream; an existing corpus of that commit and choice
        of paths is returned as is, and the archive is not read.

        Args:
            repository_id: GitHub's id of the repository.
            commit: the full hash of the archive's commit.
            archive: the gzipped tar as chunks of bytes.
            include: glob patterns of the paths to index; all where empty.
            exclude: glob patterns of paths to leave out.
        """


class Session(Protocol):
    """A generator bound to one prompt."""

    def expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> Sequence[Sequence[Piece]]:
        """For each continuation so far ("" at the root), that many sampled pieces.

        May give fewer, and none where nothing can follow or a limit of the ask is reached.
        """


class Generator(Protocol):
    """A language model, or the extractive back end that needs none."""

    @property
    def name(self) -> str: ...

    def session(self, prompt: Prompt) -> Session: ...


class Evaluator(Protocol):
    """Judges continuations of one prompt."""

    def yes_no(self, texts: Sequence[str], question: str) -> Sequence[float]:
        """Returns each continuation's log-odds, in nats, of yes against no to the question.

        A question that begins with a line end is laid out already, and follows the text.
        """


class ModelSession(Session, Evaluator, Protocol):
    """A language model bound to one prompt, one adapter and one seed."""

    @property
    def whole(self) -> bool:
        """Whether only whole answers can be sampled: `expand` continues "" alone."""

    @property
    def usage(self) -> Usage:
        """What this session has cost so far."""

    def logprob(self, texts: Sequence[str]) -> Sequence[float] | None:
        """Returns the log-probability, in nats, of each text as the whole answer, its end
        included; None where the back end cannot tell."""

    def form(self, wanted: Format, *, tokens: int = WHOLE) -> str:
        """Returns a whole text of at most so many tokens that has a format.

        The back end holds the model to it while it writes, where it can; else texts are sampled
        until one has it, some times at most.

        Raises:
            UserError: none had it; says what came.
        """

    def again(self, prompt: Prompt) -> "ModelSession":
        """Binds the same model, adapter and seed to another prompt.

        What both cost counts together, against the limits of one ask and in the `usage` of both.
        """

    def close(self) -> None:
        """Frees what is kept for the prompt; the session is not used again."""


class Model(Protocol):
    """A language model. A `TransientError` says that a later try may work, a `UserError` why
    this model cannot be used at all."""

    @property
    def name(self) -> str: ...

    def context(self) -> int:
        """Returns how many tokens it can read, its answer included; 0 where it does not say.

        It is loaded for that, or its server asked, as for the first job of a session.
        """

    def session(self, prompt: Prompt, *, adapter: str = "", seed: int = 0) -> ModelSession:
        """Binds the model to a prompt; "" is the base model without an adapter."""

    def close(self) -> None:
        """Ends what the model runs in."""


class Answerer(Protocol):
    """Composes an answer from what is known; the same inputs give the same answer."""

    def answer(
        self,
        question: Question,
        *,
        corpus: Corpus,
        memories: Sequence[Memory],
        dictionary: Dictionary,
    ) -> Answer: ...


class Artifacts(Protocol):
    """Keeps adapters' files. A name stands for the same files until they are deleted.

    Errors are a `UserError` where files are missing, damaged or others than named, a
    `TransientError` where a later try may work, a `ConfigError` where the place is set up
    wrongly; a `ValueError` is a name that is none.
    """

    def put(self, name: str, folder: Path) -> Mapping[str, str]:
        """Keeps the files of a folder; returns the SHA-256 of each, by its name.

        The same files again are no fault, others under the same name are one.
        """

    def fetch(self, name: str, files: Mapping[str, str]) -> Path:
        """Returns a folder of this machine that holds exactly the files of these SHA-256.

        They are checked with every call; a file with another hash is never given out.
        """

    def delete(self, name: str) -> None:
        """Deletes an adapter's files, if there are any."""

    def names(self, prefix: str) -> Sequence[str]:
        """Returns the names that are kept and begin in some way, in order."""

    def close(self) -> None:
        """Ends connections; it is not used again."""


class Inbox(Protocol):
    """The durable queue that deliveries go into before the 202."""

    def accept(self, delivery: Delivery) -> bool:
        """Keeps a delivery; False where it was known and needs no more work.

        A known delivery whose work failed is put to work again, and that is True.
        """

    def ready(self) -> bool:
        """Tells whether the queue can be reached."""
