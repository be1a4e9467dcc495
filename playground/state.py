"""The playground's state: shelves of values, ids, the clock, and one lock over them all."""

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from playground.clock import Clock
from playground.errors import NotFound
from playground.shelf import Shelf
from playground.store import Store
from playground.values import (
    Account,
    App,
    Blob,
    Comment,
    Commit,
    Delivery,
    Installation,
    Issue,
    Reaction,
    Repository,
    Token,
)

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="State")

# Numbers start where they cannot be taken for the number of an issue.
FIRST_IDS = {
    "account": 101,
    "installation": 7301,
    "repository": 30_001,
    "issue": 500_001,
    "comment": 900_001,
    "reaction": 1_200_001,
    "revision": 1_500_001,
    "delivery": 2_000_001,
}


@dataclass(frozen=True, kw_only=True)
class Counter:
    """The last number given out under a name."""

    name: str
    last: int


def action(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Runs a method of the state alone and makes what it wrote durable."""

    def run(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self.transaction():
            return method(self, *args, **kwargs)

    functools.update_wrapper(run, method)
    return run


class State:
    """All that the playground knows.

    Args:
        path: A SQLite file that outlives the process; None for memory alone.
        clock: Read for every time stamp.
    """

    def __init__(self, path: Path | None = None, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.web_url = "http://127.0.0.1"
        self.lock = threading.RLock()
        self._depth = 0
        self._store = store = Store(path)
        self.counters: Shelf[str, Counter] = Shelf(store, Counter, lambda v: v.name)
        self.accounts: Shelf[int, Account] = Shelf(
            store, Account, lambda v: v.id, lambda v: v.login.lower()
        )
        self.apps: Shelf[int, App] = Shelf(store, App, lambda v: v.id)
        self.installations: Shelf[int, Installation] = Shelf(
            store, Installation, lambda v: v.id, lambda v: v.app_id
        )
        self.tokens: Shelf[str, Token] = Shelf(store, Token, lambda v: v.value)
        self.repositories: Shelf[int, Repository] = Shelf(
            store, Repository, lambda v: v.id, lambda v: (v.owner_id, v.name.lower())
        )
        self.blobs: Shelf[str, Blob] = Shelf(store, Blob, lambda v: v.sha)
        self.commits: Shelf[str, Commit] = Shelf(store, Commit, lambda v: v.sha)
        self.issues: Shelf[int, Issue] = Shelf(
            store, Issue, lambda v: v.id, lambda v: v.repository_id
        )
        self.comments: Shelf[int, Comment] = Shelf(
            store, Comment, lambda v: v.id, lambda v: v.issue_id
        )
        self.reactions: Shelf[int, Reaction] = Shelf(
            store, Reaction, lambda v: v.id, lambda v: v.subject
        )
        self.deliveries: Shelf[int, Delivery] = Shelf(
            store, Delivery, lambda v: v.id, lambda v: v.guid
        )

    @property
    def api_url(self) -> str:
        """Where REST starts, without a slash at the end."""
        return f"{self.web_url}/api/v3"

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Holds the lock; the outermost one commits."""
        with self.lock:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._store.commit()

    def close(self) -> None:
        """Lets go of the file."""
        with self.lock:
            self._store.close()

    def next_id(self, name: str, first: int | None = None) -> int:
        """A number never given out before under this name."""
        counter = self.counters.get(name)
        start = FIRST_IDS.get(name, 1) if first is None else first
        number = start if counter is None else counter.last + 1
        self.counters.put(Counter(name=name, last=number))
        return number

    def account(self, login: str) -> Account:
        """The account of a login, in whatever case.

        Raises:
            NotFound: nobody has it.
        """
        found = self.accounts.of(login.lower())
        if not found:
            raise NotFound
        return found[0]

    def find_repository(self, owner: str, name: str) -> Repository:
        """A repository by its names, whoever asks.

        Raises:
            NotFound: there is none.
        """
        found = self.repositories.of((self.account(owner).id, name.lower()))
        if not found:
            raise NotFound
        return found[0]

    def full_name(self, repository: Repository) -> str:
        """`owner/name`."""
        return f"{self.accounts[repository.owner_id].login}/{repository.name}"
