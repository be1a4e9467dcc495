"""The adapter that a repository's answers are given with: found for each ask, checked, loaded."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from app.domain import AdapterVersion
from app.errors import TreadleError, UserError
from app.ports import Artifacts
from app.store import Store

log = structlog.get_logger()


class Adaptable(Protocol):
    """A language model that adapters can be put on."""

    def add_adapter(self, name: str, folder: Path) -> None: ...

    def remove_adapter(self, name: str) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """What an answer is to be given with: an adapter's `name`, "" for none.

    `unused` is the name of one that is in force and cannot be used, `why` the reason in words
    for whoever runs the bot.
    """

    name: str = ""
    unused: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Foundation:
    """The model that adapters have to be made for.

    `name` is what it is called in replies; `fingerprint` computes the SHA-256 of its weights and
    is None where they are on a server; `model` gives it, opened with the first call, and is None
    where answers are given without one.
    """

    name: str
    fingerprint: Callable[[], str] | None = None
    model: Callable[[], Adaptable] | None = None


class Active:
    """Chooses adapters. A fault of one costs no answer: it is then given without."""

    def __init__(self, store: Store, artifacts: Artifacts, foundation: Foundation) -> None:
        self._store = store
        self._artifacts = artifacts
        self._foundation = foundation
        self._lock = threading.Lock()
        self._fingerprint = ""

    def of(self, repository_id: int) -> Chosen:
        """Returns the adapter for one answer in a repository, ready to be used."""
        version = self._store.adapters.active(repository_id)
        if version is None:
            return Chosen()
        try:
            if version.repository_id != repository_id:
                raise UserError(f"{version.name} is the adapter of another repository.")
            self._make_ready(version)
        except (TreadleError, OSError) as error:
            return self.without(version.name, repository_id, error)
        return Chosen(name=version.name)

    def without(self, name: str, repository_id: int, error: Exception) -> Chosen:
        """Says that an answer is given without an adapter that is in force, and logs why."""
        log.warning("adapter.unused", adapter=name, repository=repository_id, cause=str(error))
        return Chosen(unused=name, why=str(error))

    def fault(self, version: AdapterVersion) -> str:
        """Says in words why a version does not fit the model in use; empty where it does."""
        if self._foundation.model is None:
            return "Answers are given without a language model, and so without adapters."
        if self._foundation.fingerprint is None:
            # What a server runs is known by its name alone; it refuses what does not fit.
            fits = version.base == self._foundation.name
        else:
            fits = version.base_hash == self._base_hash(self._foundation.fingerprint)
        if fits:
            return ""
        return (
            f"{version.name} was trained on {version.base}, and answers are given by other "
            f"weights now ({self._foundation.name}): train again, or set the model back."
        )

    def _make_ready(self, version: AdapterVersion) -> None:
        if fault := self.fault(version):
            raise UserError(fault)
        assert self._foundation.model is not None
        folder = self._artifacts.fetch(version.name, version.files)
        self._foundation.model().add_adapter(version.name, folder)

    def _base_hash(self, fingerprint: Callable[[], str]) -> str:
        """Returns the hash of the weights in use, computed once: a process loads no others."""
        with self._lock:
            if not self._fingerprint:
                self._fingerprint = fingerprint()
            return self._fingerprint
