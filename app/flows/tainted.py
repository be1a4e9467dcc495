"""What becomes of adapters that learned from what people took back since."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from app.domain import TAKEN_BACK, AdapterVersion, AuditEntry
from app.flows.clearing import retire
from app.ports.artifacts import Artifacts
from app.store import Store

log = structlog.get_logger()

REASON = "People took back some of what it was trained on."


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """Where adapters are: their files, and the folder of the folders of training runs.

    `at_once` tells whether a marked one goes at once, or only once the next run has ended.
    """

    artifacts: Artifacts
    runs: Path
    at_once: bool


def retire_marked(store: Store, shelf: Shelf, at: Callable[[], datetime]) -> int:
    """Retires the marked adapters whose time has come; returns how many.

    Where one is in force, answers use the newest before it that is not marked, or none.

    Raises:
        TransientError, ConfigError: the place of the files cannot be reached; again goes on.
    """
    due = [one for one in store.adapters.taken_back() if shelf.at_once or _replaced(store, one)]
    # Those in force last: going back passes over what is retired.
    for version in sorted(due, key=lambda one: _in_force(store, one)):
        if _in_force(store, version):
            store.adapters.rollback(
                version.repository_id, by="", reason=REASON, at=at(), leaving=version.name
            )
        retire(store, shelf.artifacts, shelf.runs, version.repository_id, version.name, at())
        entry = AuditEntry(at=at(), person=TAKEN_BACK, act="deleted", subject=version.name, url="")
        store.audit.record(version.repository_id, entry)
        log.info("adapter.retired", adapter=version.name, repository=version.repository_id)
    return len(due)


def _replaced(store: Store, version: AdapterVersion) -> bool:
    """Tells whether a run has ended that was begun after people took something back."""
    newest = store.runs.latest_ended(version.repository_id)
    marked = version.taken_back_at
    return newest is not None and marked is not None and newest.created_at > marked


def _in_force(store: Store, version: AdapterVersion) -> bool:
    active = store.adapters.active(version.repository_id)
    return active is not None and active.name == version.name
