"""What is deleted of adapters and of the runs that made them, once it is not to be kept.

A run's folder has people's text in it. It stays for whoever wants to know what an adapter was made
of: of a repository's newest run alone, no longer than the adapter, and not where somebody took
anything back since the run began.
"""

from datetime import datetime
from pathlib import Path

import structlog

from app.domain import Run
from app.flows.run_folder import RunFolder
from app.ports.artifacts import Artifacts
from app.store import Store

log = structlog.get_logger()


def retire(
    store: Store, artifacts: Artifacts, runs: Path, repository_id: int, name: str, at: datetime
) -> None:
    """Takes a version out for good; its files go, and the folder of its run on this disk.

    Args:
        store: what is known of the version stays there.
        artifacts: where its files are.
        runs: the folder of all training runs' folders.
        repository_id: GitHub's id of the repository.
        name: the version's.
        at: when.

    Raises:
        UserError: the version is in force, or not this repository's.
        TransientError: the place of its files cannot be reached; again deletes them later.
    """
    version = store.adapters.retire(repository_id, name, at)
    RunFolder(runs / version.run_id).delete()
    artifacts.delete(name)


def clear(store: Store, runs: Path) -> None:
    """Deletes the folders on this disk of runs whose data is not kept any longer.

    A run that made no adapter deletes its own, when nobody works in it any more; where it was
    cut off before, that is done here once somebody takes something back.
    """
    for folder in runs.iterdir() if runs.is_dir() else ():
        run = store.runs.get(folder.name)
        if run is None or run.ended_at is None:
            continue
        if _stale(store, run) or (run.adapter and not _kept(store, run)):
            RunFolder(folder).delete()
            log.info("run.deleted", run=run.id, repository=run.repository_id)


def _stale(store: Store, run: Run) -> bool:
    """Tells whether a run may have read what somebody took back since."""
    newest = store.removals.newest(run.repository_id)
    return newest is not None and run.created_at <= newest


def _kept(store: Store, run: Run) -> bool:
    newest = store.runs.latest_ended(run.repository_id)
    version = store.adapters.get(run.adapter)
    unused = version is None or version.retired_at is not None
    return newest == run and not unused
