"""The adapter that a repository's answers are given with: found for each ask, checked, loaded."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from app.domain import AdapterVersion
from app.errors import TreadleError, UserError
from app.ports.artifacts import Artifacts
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
        self._told: dict[str, str] = {}

    def of(self, repository_id: int) -> Chosen:
        """Returns the adapter for one answer in a repository, ready to be used."""
        version = self._store.adapters.active(repository_id)
        return Chosen() if version is None else self._chosen(version, repository_id)

    def named(self, repository_id: int, name: str) -> Chosen:
        """Returns the adapter that an earlier answer names, ready to be used; "" is none."""
        version = self._store.adapters.get(name) if name else None
        return Chosen(unused=name) if version is None else self._chosen(version, repository_id)

    def _chosen(self, version: AdapterVersion, repository_id: int) -> Chosen:
        try:
            if version.repository_id != repository_id:
                raise UserError(f"{version.name} is the adapter of another repository.")
            self._make_ready(version)
        except (TreadleError, OSError) as error:
            return self.without(version.name, repository_id, error)
        return Chosen(name=version.name)

    def without(self, name: str, repository_id: int, error: Exception) -> Chosen:
        """Says that an answer is given without an adapter that is in force.

        Why is logged once, not with each answer that it is given without.
        """
        why = str(error)
        if self._told.get(name) != why:
            self._told[name] = why
            log.warning("adapter.unused", adapter=name, repository=repository_id, cause=why)
        return Chosen(unused=name, why=why)

    def misfit(self, base: str, base_hash: str) -> str:
        """Says in words why an adapter does not fit the model in use; empty where it does.

        Args:
            base: the name of the model that it was trained on.
            base_hash: the SHA-256 of its weights.
        """
        if self._foundation.model is None:
            return "Answers are given without a language model, and so without adapters."
        if self._foundation.fingerprint is None:
            # What a server runs is known by its name alone; it refuses what does not fit.
            fits = base == self._foundation.name
        else:
            fits = base_hash == self._base_hash(self._foundation.fingerprint)
        if fits:
            return ""
        return (
            f"The adapter was trained on {base}, and answers are given by other weights now "
            f"({self._foundation.name}): train again, or set the model back."
        )

    def _make_ready(self, version: AdapterVersion) -> None:
        if misfit := self.misfit(version.base, version.base_hash):
            raise UserError(misfit)
        assert self._foundation.model is not None
        folder = self._artifacts.fetch(version.name, version.files)
        self._foundation.model().add_adapter(version.name, folder)

    def _base_hash(self, fingerprint: Callable[[], str]) -> str:
        """Returns the hash of the weights in use, computed once: a process loads no others."""
        with self._lock:
            if not self._fingerprint:
                self._fingerprint = fingerprint()
            return self._fingerprint
