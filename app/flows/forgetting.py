"""What is deleted of a repository that the App was taken off, and when.

| where | what | who deletes it |
| --- | --- | --- |
| database | all rows, and their bytes; a note with numbers alone stays for `NOTED` | one worker |
| queue | its work, finished or not | one worker |
| artifacts | all its adapters | one worker |
| a worker's disk | indexes, copies of adapters, folders of training runs | that worker |

Doing it again does no harm, and a crash leaves it due. Until then a repository that is back has
all that it had, but for its index, which is built again.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import structlog

from app.artifacts.folder import Folder
from app.domain import Repository
from app.errors import ConfigError, GoneError, TransientError
from app.flows.clearing import clear
from app.flows.run_folder import RunFolder
from app.github.errors_of import BadRequest, status_of
from app.knowledge.library import Library
from app.ports.artifacts import Artifacts
from app.ports.clock import Clock
from app.ports.github import GitHub
from app.queue.names import DELIVERY, RETRAIN
from app.queue.work_queue import WorkQueue
from app.store import Store
from app.store.compacting import compact
from app.store.versions import adapter_prefix

log = structlog.get_logger()

NOTED = timedelta(days=365)
"""How long it is noted that a repository was deleted; a worker that was away reads it then."""
COMPACTED = timedelta(days=1)
"""Time in which a process that was started again deletes what one before it may have left."""
PAUSE = timedelta(minutes=10)
"""Time until it is tried again to delete what could not be deleted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Where something of a repository is kept besides the database.

    `copies` are adapters on this disk, whether or not `artifacts` are elsewhere; `runs` is the
    folder of all training runs' folders.
    """

    queue: Callable[[], AbstractContextManager[WorkQueue]]
    artifacts: Artifacts
    copies: Folder
    library: Library
    runs: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Keeping:
    """How long a repository is kept after the App was taken off it, versions of weights, and
    what was tried for answers."""

    repository: timedelta
    dictionaries: timedelta
    trees: timedelta


class Forgetting:
    """Deletes what is not to be kept any longer."""

    def __init__(
        self, store: Store, github: GitHub, places: Places, keeping: Keeping, clock: Clock
    ) -> None:
        self._store = store
        self._github = github
        self._places = places
        self._keeping = keeping
        self._clock = clock
        self._not_before: datetime | None = None
        self._stale: bool | None = None

    def forget_due(self) -> int:
        """Deletes the repositories whose time is over; returns how many.

        GitHub is asked first whether the App is on one again, since the delivery that said so
        may have been lost. What cannot be reached, or is refused, is tried again after `PAUSE`.
        """
        now = self._clock()
        if self._not_before is not None and now < self._not_before:
            return 0
        done = 0
        for repository in self._store.forgotten.due(now - self._keeping.repository):
            try:
                if not self._back(repository):
                    self.repository(repository)
                    done += 1
            except (TransientError, ConfigError, GoneError, BadRequest) as error:
                # None of them keeps the others from being deleted.
                self._not_before = now + PAUSE
                cause = type(error).__name__
                log.warning("repository.not_forgotten", repository=repository.id, cause=cause)
        return done

    def repository(self, repository: Repository) -> None:
        """Deletes all of a repository, at once.

        Raises:
            TransientError: the queue, or where adapters are kept, cannot be reached.
            ConfigError: where adapters are kept refuses the key.
        """
        places, store = self._places, self._store
        # A training run under way ends by this within seconds.
        store.repositories.remove(repository.id, self._clock())
        asks = frozenset(store.forgotten.asks(repository.id))
        runs = store.forgotten.runs(repository.id)
        with places.queue() as queue:
            queue.discard(_work_of(repository.id, asks, frozenset(runs)))
        for name in places.artifacts.names(adapter_prefix(repository.id)):
            places.artifacts.delete(name)
        self._clear(repository.id, runs)
        # Last: as long as the rows are there, it is tried again.
        store.forgotten.add(repository.id, self._clock())
        self._stale = True
        log.info("repository.forgotten", repository=repository.id)
        self._compact()

    def _compact(self) -> None:
        """Makes the rows of deleted repositories unreadable in the files of the database.

        Where somebody reads or writes all the while, the next `prune` does it.
        """
        if self._stale is None:
            # A process before this one may have been cut off.
            lately = self._clock() - COMPACTED
            self._stale = any(note.at >= lately for note in self._store.forgotten.notes())
        if self._stale:
            try:
                compact(self._store.engine)
            except TransientError as error:
                log.warning("database.not_compacted", cause=str(error))
            else:
                self._stale = False

    def tidy(self) -> None:
        """Deletes from this disk what other workers deleted elsewhere, and what is not used."""
        clear(self._store, self._places.runs)
        # In this order: an index that is begun in between is of a repository just installed.
        kept = self._places.library.kept()
        installed = self._store.repositories.installed()
        for repository_id in kept:
            if repository_id not in installed:
                self._places.library.forget(repository_id)
                log.info("index.deleted", repository=repository_id)
        for note in self._store.forgotten.notes():
            if self._store.repositories.get(note.repository_id) is None:
                self._clear(note.repository_id, note.runs)
            else:
                # It came back: what it has by now is its own.
                self._clear(note.repository_id, note.runs, before=note.at)

    def prune(self) -> None:
        """Deletes what nothing needs: dictionaries, trees, notes, installations without
        repositories."""
        now = self._clock()
        count = self._store.weights.prune(now - self._keeping.dictionaries)
        self._store.forgotten.prune(now - NOTED)
        self._store.forgotten.prune_installations(now - self._keeping.repository)
        if count:
            log.info("dictionaries.pruned", count=count)
        trees = self._store.trees.prune(now - self._keeping.trees)
        if trees:
            log.info("trees.pruned", count=trees)
        self._compact()

    def _back(self, repository: Repository) -> bool:
        """Tells whether the App is on a repository again, and takes that over.

        Raises:
            GoneError: GitHub refuses to say; the App may be suspended, or its address blocked.
            TransientError, ConfigError, BadRequest: it could not be asked.
        """
        try:
            found = self._github.repository(repository.owner, repository.name)
        except GoneError as error:
            if _not_installed(error):
                return False
            raise
        if found.id != repository.id:
            return False
        self._store.repositories.save(found)
        # That the installation is active was not delivered either.
        self._store.repositories.set_installation_state(
            found.installation_id, "active", self._clock()
        )
        log.info("repository.added", repository=found.id)
        return True

    def _clear(
        self, repository_id: int, runs: Sequence[str], before: datetime | None = None
    ) -> None:
        """Deletes what this disk has of a repository; of adapters, those from before a time."""
        places = self._places
        for run_id in runs:
            RunFolder(places.runs / run_id).delete()
        if before is None:
            places.library.forget(repository_id)
        for name in places.copies.names(adapter_prefix(repository_id)):
            changed = places.copies.changed(name)
            if before is None or (changed is not None and changed < before):
                places.copies.delete(name)


def _not_installed(error: GoneError) -> bool:
    """Tells whether GitHub said that the App is not on a repository, and not merely refused.

    https://docs.github.com/en/rest/apps/apps#get-a-repository-installation-for-the-authenticated-app
    """
    request = getattr(error.__cause__, "request", None)
    asked = request is not None and request.url.path.endswith("/installation")
    return asked and status_of(error) == HTTPStatus.NOT_FOUND


def _work_of(
    repository_id: int, asks: frozenset[str], runs: frozenset[str]
) -> Callable[[str, str, Sequence[Any]], bool]:
    """Returns what tells whether a piece of work is about a repository."""

    def about(name: str, key: str, args: Sequence[Any]) -> bool:
        if not args:
            return False
        if name == DELIVERY:
            return bool(args[0].get("repository_id") == repository_id)
        if name == RETRAIN:
            return args[0] in runs
        return key in asks if name == "ask" else args[0] == repository_id

    return about
