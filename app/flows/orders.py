"""Orders of training runs: who may begin one, when one begins by itself, and why not.

An order only keeps a run and puts it into the queue; `app.flows.retrain` does it. What is kept
comes first: a run that is not in the queue for whatever reason is put there again.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from app.domain import Job, Repository, Run, RunState
from app.errors import UserError
from app.flows.policies import Policies
from app.flows.policy import PATH
from app.ports import Clock
from app.queue import RETRAIN
from app.store import Store
from app.store.evidence import Tally
from app.training.rules import Rules

log = structlog.get_logger()

TRUSTED = 0.5
"""The least weight of a row that counts: the word of one triager or asker, or of two readers."""
LOOKED_BACK = 50
"""Runs of a repository among which its last one that ended is looked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What an installation asks of a training run.

    `rows` are the rows that it wants at least, `interval` the time between two that begin by
    themselves; `untrainable` says in words why its model cannot be trained, "" where it can.
    """

    rows: int
    interval: timedelta
    untrainable: str = ""


class Orders:
    """Begins and cancels training runs."""

    def __init__(
        self,
        store: Store,
        policies: Policies,
        terms: Terms,
        *,
        put: Callable[[Job], object],
        clock: Clock,
    ) -> None:
        """Prepares orders; `put` puts a job into the queue, where it may be already."""
        self._store = store
        self._policies = policies
        self._terms = terms
        self._put = put
        self._clock = clock

    def order(self, repository: Repository, *, by: str, key: str) -> Run:
        """Begins a run that a maintainer asks for, or returns the one of the same key.

        Args:
            repository: whose feedback is learned from.
            by: the login of who asks.
            key: what the order is known by: the same one again is no second run.

        Raises:
            UserError: why there is nothing to train, what is missing, or what is under way.
        """
        known = self._store.runs.get(run_id(repository.id, key))
        if known is None:
            if refusal := self.refusal(repository.id):
                raise UserError(refusal)
            known = self._create(repository.id, by=by, key=key)
        self._enqueue(known)
        return known

    def cancel(self, repository_id: int) -> Run:
        """Asks the run that is under way to stop; one that still waits ends at once.

        Raises:
            UserError: none is under way.
        """
        run = self._store.runs.under_way(repository_id)
        if run is None:
            raise UserError("No training run is under way in this repository.")
        run = self._store.runs.request_cancel(run.id)
        if run.state is RunState.WAITING:
            run = self._store.runs.finish(
                run.id, RunState.CANCELLED, self._clock(), reason="It was cancelled."
            )
        log.info("run.cancel", run=run.id, state=run.state)
        return run

    def start_due(self) -> int:
        """Begins a run in each repository where enough was learned since its last one.

        Returns how many began. What waits and may have been lost on its way is put into the
        queue again, where it is known by its key.
        """
        for run in self._store.runs.unfinished():
            self._enqueue(run)
        if self._terms.untrainable:
            return 0
        return sum(self._start_if_due(repository) for repository in self._store.repositories.all())

    def refusal(self, repository_id: int) -> str:
        """Says in words why no run can begin now; empty where one can."""
        if self._terms.untrainable:
            return self._terms.untrainable
        if not self._policies.kept(repository_id).training:
            return (
                f"Training is off in this repository: its configuration file `{PATH}`, or its "
                "organisation's, says `training: false`."
            )
        run = self._store.runs.under_way(repository_id)
        if run is not None:
            return under_way(run)
        return self._shortfall(repository_id)

    def _shortfall(self, repository_id: int) -> str:
        tally = self._store.evidence.tally(repository_id, least=TRUSTED)
        return shortfall(tally, self._terms.rows, Rules())

    def _start_if_due(self, repository: Repository) -> bool:
        runs = self._store.runs
        last = next(
            (
                run
                for run in runs.recent(repository.id, LOOKED_BACK)
                if run.ended_at is not None and run.state is not RunState.CANCELLED
            ),
            None,
        )
        now = self._clock()
        if last is not None and now - last.created_at < self._terms.interval:
            return False
        if not self._store.repositories.active(repository.id) or self.refusal(repository.id):
            return False
        since = None if last is None else last.created_at
        new = self._store.evidence.tally(repository.id, least=TRUSTED, since=since)
        if new.replies < self._terms.rows:
            return False
        # Two looks at the same time would be two orders of one run.
        after = "first" if last is None else last.id
        run = self._create(repository.id, by="", key=f"due:{after}:{now:%Y-%m-%dT%H}")
        self._enqueue(run)
        return True

    def _create(self, repository_id: int, *, by: str, key: str) -> Run:
        run = self._store.runs.create(
            Run(
                id=run_id(repository_id, key),
                repository_id=repository_id,
                state=RunState.WAITING,
                by=by,
                created_at=self._clock(),
            )
        )
        log.info("run.ordered", run=run.id, repository=repository_id, asked=bool(by))
        return run

    def _enqueue(self, run: Run) -> None:
        if run.ended_at is None:
            self._put(Job(name=RETRAIN, key=f"{RETRAIN}:{run.id}", args=(run.id,)))


def run_id(repository_id: int, key: str) -> str:
    """Names the run of an order: letters, digits and a hyphen, for a folder's name too."""
    return f"r{repository_id}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def shortfall(tally: Tally, rows: int, rules: Rules) -> str:
    """Says in words what is missing for a training run; empty where nothing is.

    Args:
        tally: the trusted feedback that there is.
        rows: the rows that are wanted.
        rules: the gate's, for what must be held out.
    """
    enough = tally.pairs >= rules.least_pairs and tally.threads >= rules.least_threads
    if tally.replies >= rows and enough:
        return ""
    return (
        f"There {_count(tally.replies, 'row')} of trusted feedback here (votes and edits by people "
        f"whose word counts), and training needs {rows}. At least {rules.least_pairs} of them "
        "must be edits of replies, which give pairs of texts, from at least "
        f"{rules.least_threads} threads: an adapter is judged by pairs that were held out from "
        f"it, and fewer say nothing. There {_count(tally.pairs, 'such pair')} from "
        f"{tally.threads} {'thread' if tally.threads == 1 else 'threads'}. Until then, memory "
        "and phrases learn from every vote and edit."
    )


def under_way(run: Run) -> str:
    """Says in words that a run is under way, and how far."""
    if run.state is RunState.WAITING:
        return "A training run of this repository waits for its turn already."
    progress = run.progress
    how_far = f" ({progress.phase}, {progress.step} of {progress.steps})" if progress.steps else ""
    return f"A training run of this repository is under way already{how_far}."


def _count(number: int, noun: str) -> str:
    return f"is {number} {noun}" if number == 1 else f"are {number} {noun}s"
