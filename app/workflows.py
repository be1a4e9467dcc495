"""Durable workflows: each a few steps, each step a call of a flow.

What a step did is recorded when it ends, and a step cut off by a crash runs again: the flows
see to it that doing it twice does no harm. How steps are tried is in `app.trying`.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog
from dbos import DBOS
from sqlalchemy.exc import SQLAlchemyError
from structlog.contextvars import bound_contextvars

from app.domain import Delivery
from app.errors import GoneError, TransientError, UserError
from app.github.throttle import background
from app.inbox import delivery_of
from app.metrics import ASK_SECONDS, RUNS_ENDED
from app.queue.names import DELIVERY, LEARNED, LEARNED_DUE, MISSED, RETRAIN, START_DUE
from app.queue.work_queue import WorkQueue
from app.settings import Settings
from app.sharing import Shared
from app.steps import Bot
from app.trying import DONE, ENDED, Postponed, Steps, Stopping

log = structlog.get_logger()

T = TypeVar("T")

# Work that takes its worker down with it is given up after so many lives.
RECOVERIES = 20
POSTPONE_AGAIN = 2.0
MISSED_LASTS = timedelta(minutes=10)
"""Time after which a look for missed deliveries that did not end is taken for dead."""


class Workflows:
    """The workflows over one bot, in the hands of the worker of some name."""

    def __init__(
        self,
        bot: Bot,
        queue: WorkQueue,
        settings: Settings,
        stop: threading.Event,
        worker_id: str,
    ) -> None:
        self._worker_id = worker_id
        self._bot = bot
        self._queue = queue
        self._steps = Steps(settings, stop)
        self._stop = stop
        # Asks in hand may be more, since most of their time is waiting for GitHub.
        self._drafting = Shared(settings.ask_concurrency)
        self._idle = threading.Condition()
        self._running = 0

    def register(self) -> None:
        """Makes the workflows known to DBOS, before it is launched."""
        workflows: dict[str, Callable[..., None]] = {
            DELIVERY: self.delivery,
            "ask": self.ask,
            "sweep_thread": self.sweep_thread,
            "refresh": self.refresh,
            RETRAIN: self.retrain,
            START_DUE: self.start_due,
            MISSED: self.missed,
            LEARNED: self.learned,
            LEARNED_DUE: self.learned_due,
        }
        for name, run in workflows.items():
            DBOS.workflow(name=name, max_recovery_attempts=RECOVERIES)(self._entry(name, run))

    def wait_idle(self, timeout: float) -> bool:
        """Waits until no workflow runs; False where some still do after `timeout` seconds."""
        with self._idle:
            return self._idle.wait_for(lambda: self._running == 0, timeout)

    # --- workflows ------------------------------------------------------------------------

    def delivery(self, values: dict[str, Any]) -> None:
        """Plans what a delivery asks for and puts that in the queue."""
        self._steps.must("deliveries.handle", partial(self._handle, delivery_of(values)))

    def ask(self, key: str) -> None:
        """Answers one command, or says why not."""
        self._answer(key)
        ask = self._known(self._bot.store.asks.get, key)
        if ask is not None:
            lasted = (datetime.now(UTC) - ask.created_at).total_seconds()
            ASK_SECONDS.labels(state=ask.state.value).observe(lasted)

    def _answer(self, key: str) -> None:
        steps = self._bot.ask
        for name, step in {
            "ask.acknowledge": steps.acknowledge,
            "ask.draft": self._draft,
            "ask.publish": steps.publish,
        }.items():
            word = self._steps.attempt(name, partial(self._ask_step, key, step))
            if word == ENDED:
                return
            if word != DONE:
                log.error("ask.failed", ask=key, step=name, word=word)
                self._steps.must("ask.apologise", partial(self._ask_step, key, steps.apologise))
                return

    def sweep_thread(self, repository_id: int, number: int) -> None:
        """Looks at the replies of a thread where something happened."""
        self._steps.must(
            "sweep.thread", partial(_behind, self._bot.sweep.thread, repository_id, number)
        )

    def refresh(self, repository_id: int) -> None:
        """Reads a repository's text anew."""
        refresh = self._bot.refresh.repository
        self._steps.must("refresh.repository", partial(_behind, refresh, repository_id))

    def retrain(self, run_id: str) -> None:
        """Trains an adapter and judges it, or says why not."""
        self._train(run_id)
        run = self._known(self._bot.store.runs.get, run_id)
        if run is not None:
            RUNS_ENDED.labels(state=run.state.value).inc()

    def _train(self, run_id: str) -> None:
        steps = self._bot.retrain
        for name, step in {
            "retrain.prepare": lambda: steps.prepare(run_id),
            "retrain.train": lambda: self._long(steps.train, run_id),
            "retrain.judge": lambda: self._long(steps.judge, run_id),
            "retrain.finish": lambda: self._long(steps.finish, run_id),
        }.items():
            word = self._steps.attempt(name, step)
            if word == ENDED:
                return
            if word != DONE:
                log.error("retrain.failed", run=run_id, step=name, word=word)
                self._steps.must("retrain.fail", partial(steps.fail, run_id))
                return

    def start_due(self, at: object, context: object) -> None:
        """Looks where enough was learned for a training run, at the times of a schedule."""
        del at, context
        self._steps.must("orders.start_due", self._bot.orders.start_due)

    def learned(self, repository_id: int) -> None:
        """Takes in what people ticked in the issue of what was learned."""
        self._steps.must("learned.look", partial(_behind, self._bot.learned.look, repository_id))

    def learned_due(self, at: object, context: object) -> None:
        """Brings the issues of what was learned up to date, at the times of a schedule."""
        del at, context
        self._steps.must("learned.due", self._put_looks)

    def missed(self, at: object, after: float | None) -> None:
        """Asks for deliveries that never arrived: by a schedule, and when a worker starts.

        Args:
            at: the time that it was put in for.
            after: seconds to wait before; None for none.
        """
        del at
        if after is not None:
            self._steps.wait(after)
        self._steps.must("missed.ask_again", partial(self._missed, str(DBOS.workflow_id)))

    # --- steps ----------------------------------------------------------------------------

    def _long(self, step: Callable[[str, threading.Event], bool], run_id: str) -> bool:
        """Runs a step that a stop may cut short; then it is not done, whatever it says."""
        goes_on = step(run_id, self._stop)
        if self._stop.is_set():
            raise Stopping
        return goes_on

    def _missed(self, key: str) -> None:
        workers, now = self._bot.store.workers, datetime.now(UTC)
        if not workers.lease(MISSED, key, now, now + MISSED_LASTS):
            return  # another look is under way
        try:
            self._bot.missed.ask_again()
        finally:
            workers.release(MISSED, key)

    def _put_looks(self) -> None:
        for job in self._bot.learned.due():
            self._queue.put_job(job)

    def _handle(self, delivery: Delivery) -> None:
        for job in self._bot.deliveries.handle(delivery):
            self._queue.put_job(job)

    def _draft(self, key: str) -> bool:
        with self._drafting.one(self._bot.store.asks.installation(key)):
            return self._bot.ask.draft(key)

    def _ask_step(self, key: str, step: Callable[[str], bool | None]) -> bool:
        try:
            try:
                return step(key) is not False
            except UserError as error:
                self._bot.ask.refuse(key, str(error))
        except GoneError:
            self._bot.ask.drop(key)
        return False

    def _entry(self, name: str, run: Callable[..., None]) -> Callable[..., None]:
        def entry(*args: Any) -> None:
            with self._counted(), bound_contextvars(**self._told(name, str(DBOS.workflow_id))):
                if self._stop.is_set():
                    raise Stopping
                try:
                    run(*args)
                except Postponed as pause:
                    self._postpone(pause.until)
                    raise

        return entry

    def _told(self, name: str, key: str) -> dict[str, str]:
        """Returns what each line of the log says of the work in hand: its delivery's GUID.

        A sweep or a refresh that a delivery began has it at the end of its key.
        """
        if name in {START_DUE, MISSED, LEARNED_DUE}:
            return {}
        if name == RETRAIN:
            return {"run": key.rpartition(":")[2]}
        if name != "ask":
            return {"delivery": key.rpartition(":")[2]}
        ask = self._known(self._bot.store.asks.get, key)
        return {"ask": key} if ask is None else {"ask": key, "delivery": ask.delivery_guid}

    def _known(self, look: Callable[[str], T | None], key: str) -> T | None:
        """Looks up what is only told or counted; None where the database cannot say."""
        try:
            return look(key)
        except SQLAlchemyError:
            return None

    def _postpone(self, until: float) -> None:
        """Puts the workflow that runs back into the queue, however often that takes."""
        key = str(DBOS.workflow_id)
        while not self._stop.is_set():
            try:
                self._queue.postpone(key, self._worker_id, until)
            except TransientError:
                log.warning("queue.again", key=key)
                self._stop.wait(POSTPONE_AGAIN)
            else:
                return

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._idle:
            self._running += 1
        try:
            yield
        finally:
            with self._idle:
                self._running -= 1
                self._idle.notify_all()


def _behind(work: Callable[..., object], *args: int) -> object:
    """Does work whose requests give way to answers."""
    with background():
        return work(*args)
