"""How a training run stands: whether it is wanted, how far it is, and its end."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from app.domain import Progress, Run, RunState
from app.errors import ConfigError, GoneError, TransientError, UserError
from app.flows.clearing import clear
from app.flows.policies import Policies
from app.flows.workshop import Workshop
from app.models.trainer import Wish
from app.ports.clock import Clock
from app.store import Store

log = structlog.get_logger()

FINAL = frozenset({RunState.PROMOTED, RunState.REFUSED, RunState.FAILED, RunState.CANCELLED})
LOOK_SECONDS = 2.0
"""Time between two looks at the database whether a run is still wanted."""
CANCELLED = "It was cancelled."
ENDED = "It has ended."
TURNED_OFF = "It was stopped, since training was turned off in this repository."
INACCESSIBLE = "It was stopped, since the App may not act in this repository any more."


class Standing:
    """Runs as the store has them."""

    def __init__(self, store: Store, policies: Policies, workshop: Workshop, clock: Clock) -> None:
        self._store = store
        self._policies = policies
        self._workshop = workshop
        self._clock = clock

    def load(self, run_id: str) -> Run | None:
        """Returns a run that is to go on; None where it has ended, or is ended by this."""
        run = self._store.runs.get(run_id)
        if run is None:
            # Its repository was deleted with all that hung on it.
            self._workshop.folder(run_id).delete()
            return None
        if unwanted := self.unwanted(run_id):
            self.end(run, RunState.CANCELLED, unwanted)
            return None
        return run

    def unwanted(self, run_id: str) -> str:
        """Says in words why a run is not to go on; empty where it is."""
        run = self._store.runs.get(run_id)
        if run is None or not self._store.repositories.active(run.repository_id):
            return INACCESSIBLE
        if run.state in FINAL:
            return run.reason or ENDED
        if run.cancel:
            return CANCELLED
        return "" if self._policies.kept(run.repository_id).training else TURNED_OFF

    def end(self, run: Run, state: RunState, reason: str, adapter: str = "") -> None:
        """Ends a run, which stays as it ended where somebody else did so before.

        Of one that made no adapter nothing is left on this disk, nor of the runs before it.
        """
        now = self._clock()
        ended = self._store.runs.finish(run.id, state, now, reason=reason, adapter=adapter)
        log.info("run.ended", run=run.id, repository=run.repository_id, state=ended.state.value)
        folder = self._workshop.folder(run.id)
        if ended.adapter:
            folder.empty()
        else:
            folder.delete()
        clear(self._store, self._workshop.root)

    def give_up(self, run_id: str) -> None:
        """Ends a run that no other try brings to its end."""
        run = self._store.runs.get(run_id)
        if run is None or run.state in FINAL:
            return
        trouble = self._workshop.folder(run_id).trouble()
        why = f" The last time: {trouble}." if trouble else ""
        reason = f"It was given up after several tries.{why} The worker's log says more."
        self.end(run, RunState.FAILED, reason)

    @contextmanager
    def ending(self, run: Run) -> Iterator[None]:
        """Ends a run by what no other try can put right, and notes what may pass."""
        try:
            yield
        except TransientError as error:
            self._workshop.folder(run.id).save_trouble(str(error))
            raise
        except GoneError:
            self.end(run, RunState.CANCELLED, INACCESSIBLE)
            raise
        except (UserError, ConfigError) as error:
            self.end(run, RunState.FAILED, str(error))
            raise UserError(str(error)) from error

    def watch(self, run: Run, stop: threading.Event) -> "Watch":
        """Begins to look at a run while something works on it for long."""
        return Watch(self, self._store, run, stop)


class Watch:
    """Looks at a run that takes long: tells how far it is, and whether to go on."""

    def __init__(self, standing: Standing, store: Store, run: Run, stop: threading.Event) -> None:
        self._standing = standing
        self._store = store
        self._run = run
        self._stop = stop
        self._looked = 0.0
        self._told: Progress | None = None

    def look(self, progress: Progress | None) -> Wish:
        """Says what is wanted, given how far the run is; None where that is not known."""
        if self._stop.is_set():
            return Wish.STOP
        now = time.monotonic()
        if now - self._looked < LOOK_SECONDS:
            return Wish.GO_ON
        self._looked = now
        if progress is not None and progress != self._told:
            self._store.runs.set_progress(self._run.id, progress)
            self._told = progress
        return Wish.CANCEL if self._standing.unwanted(self._run.id) else Wish.GO_ON

    def asked(self, count: int, of: int) -> bool:
        """Tells how many questions were asked; False where no more are to be."""
        return self.look(Progress(phase="questions", step=count, steps=of)) is Wish.GO_ON
