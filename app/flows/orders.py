"""Orders of training runs: who may begin one, when one begins by itself, and why not.

An order only keeps a run and puts it into the queue; `app.flows.retrain` does it. What is kept
comes first: a run that is not in the queue for whatever reason is put there again, and one that
no worker brings to its end is ended here.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from app.domain import Job, Repository, Run, RunState
from app.errors import UserError
from app.flows.outlook import TRUSTED, Outlook, outlook, shortfall, under_way
from app.flows.policies import Policies
from app.flows.policy import PATH
from app.flows.standing import CANCELLED
from app.ports.clock import Clock
from app.queue.names import RETRAIN
from app.store import Store
from app.training.rules import Rules

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What an installation asks of a training run.

    `rows` are the rows that it wants at least, `interval` the time between two that begin by
    themselves, `longest` the time from a run's start after which it is given up; `untrainable`
    says in words why its model cannot be trained, "" where it can.
    """

    rows: int
    interval: timedelta
    longest: timedelta
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
            run = self._end(run, RunState.CANCELLED, CANCELLED)
        log.info("run.cancel", run=run.id, state=run.state)
        return run

    def start_due(self) -> int:
        """Begins a run in each repository where enough was learned since its last one.

        Returns how many began. What waits and may have been lost on its way is put into the
        queue again, where it is known by its key.
        """
        for run in self._store.runs.unfinished():
            self._tend(run)
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

    def outlook(self, repository_id: int) -> Outlook:
        """Tells what the next run of a repository depends on."""
        return outlook(
            self._store,
            repository_id,
            rows=self._terms.rows,
            interval=self._terms.interval,
            refusal=self.refusal(repository_id),
        )

    def _shortfall(self, repository_id: int) -> str:
        tally = self._store.tallies.of(repository_id, least=TRUSTED)
        return shortfall(tally, self._terms.rows, Rules())

    def _start_if_due(self, repository: Repository) -> bool:
        now = self._clock()
        if not self._store.repositories.active(repository.id):
            return False
        if not self.outlook(repository.id).due(now):
            return False
        last = self._store.runs.latest(repository.id)
        # Two looks at the same time would be two orders of one run.
        key = f"due:{'first' if last is None else last.id}"
        try:
            run = self._create(repository.id, by="", key=key)
        except UserError:
            # Somebody asked for one since it was looked.
            return False
        self._enqueue(run)
        return True

    def _tend(self, run: Run) -> None:
        """Ends a run that no worker brings to its end; puts any other into the queue again.

        A worker that still has it in hand sees that, and stops.
        """
        longest = self._terms.longest
        if run.cancel:
            self._end(run, RunState.CANCELLED, CANCELLED)
        elif run.started_at is not None and self._clock() - run.started_at > longest:
            days = longest / timedelta(days=1)
            reason = (
                f"It was given up, since it had no end {days:g} days after its start. The log of "
                "the worker that trains says why."
            )
            self._end(run, RunState.FAILED, reason)
        else:
            self._enqueue(run)

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

    def _end(self, run: Run, state: RunState, reason: str) -> Run:
        ended = self._store.runs.finish(run.id, state, self._clock(), reason=reason)
        log.info("run.ended", run=run.id, repository=run.repository_id, state=ended.state.value)
        return ended

    def _enqueue(self, run: Run) -> None:
        if run.ended_at is None:
            self._put(Job(name=RETRAIN, key=f"{RETRAIN}:{run.id}", args=(run.id,)))


def run_id(repository_id: int, key: str) -> str:
    """Names the run of an order: letters, digits and a hyphen, for a folder's name too."""
    return f"r{repository_id}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
