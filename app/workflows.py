"""Durable workflows: each a few steps, each step a call of a flow.

What a step did is recorded when it ends, and a step cut off by a crash runs again: the flows
see to it that doing it twice does no harm. A step never raises into its workflow. It returns a
word of the table below, so that no text of people's, not even inside an error, reaches the
queue's tables.

| word | meaning |
| --- | --- |
| done | go on |
| ended | there is nothing more to do |
| again | failed for a passing reason, or one to be set right: tried again later, a few times |
| limited | GitHub or its limits say when: tried again then, as often as that takes |
| broken | a bug: logged with its trace |
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog
from dbos import DBOS
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog.contextvars import bound_contextvars

from app.domain import Delivery
from app.errors import ConfigError, GoneError, RateLimited, TransientError, UserError
from app.github.throttle import background
from app.metrics import ASK_SECONDS, RUNS_ENDED, STEP_SECONDS
from app.queue import DELIVERY, MISSED, RETRAIN, START_DUE, WorkQueue, delivery_of
from app.settings import Settings
from app.sharing import Shared
from app.steps import Bot

log = structlog.get_logger()

T = TypeVar("T")

DONE, ENDED, AGAIN, LIMITED, BROKEN = "done", "ended", "again", "limited", "broken"
# Work that takes its worker down with it is given up after so many lives.
RECOVERIES = 20
LONGEST_WAIT = 5.0
"""Seconds that work waits at most in the hands of its worker; else others get its place."""
LONGEST_LIMIT = 0.5
"""The same where a limit is waited for: those who wait for the same one may be many."""
POSTPONE_AGAIN = 2.0
MISSED_LASTS = timedelta(minutes=10)
"""Time after which a look for missed deliveries that did not end is taken for dead."""
SHORTEST_LIMIT = 0.1
LIMITED_FOR = 24 * 3600.0
"""Seconds of waiting for limits after which work is given up; none of them lasts that long."""


class WorkFailed(Exception):
    """Ends a workflow as failed, so that a redelivery runs it again."""


class Stopping(BaseException):
    """Leaves a workflow as it is, to be taken up later.

    No `Exception`: those are recorded as the workflow's outcome.
    """


class Postponed(Stopping):
    """Leaves a workflow to be taken up at a time.

    Attributes:
        until: that time, in seconds since the epoch.
    """

    def __init__(self, until: float) -> None:
        super().__init__()
        self.until = until


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
        self._settings = settings
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
        self._must("deliveries.handle", partial(self._handle, delivery_of(values)))

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
            word = self._try(name, partial(self._ask_step, key, step))
            if word == ENDED:
                return
            if word != DONE:
                log.error("ask.failed", ask=key, step=name, word=word)
                self._must("ask.apologise", partial(self._ask_step, key, steps.apologise))
                return

    def sweep_thread(self, repository_id: int, number: int) -> None:
        """Looks at the replies of a thread where something happened."""
        self._must("sweep.thread", partial(_behind, self._bot.sweep.thread, repository_id, number))

    def refresh(self, repository_id: int) -> None:
        """Reads a repository's text anew."""
        refresh = self._bot.refresh.repository
        self._must("refresh.repository", partial(_behind, refresh, repository_id))

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
            word = self._try(name, step)
            if word == ENDED:
                return
            if word != DONE:
                log.error("retrain.failed", run=run_id, step=name, word=word)
                self._must("retrain.fail", partial(steps.fail, run_id))
                return

    def start_due(self, at: object, context: object) -> None:
        """Looks where enough was learned for a training run, at the times of a schedule."""
        del at, context
        self._must("orders.start_due", self._bot.orders.start_due)

    def missed(self, at: object, after: float | None) -> None:
        """Asks for deliveries that never arrived: by a schedule, and when a worker starts.

        Args:
            at: the time that it was put in for.
            after: seconds to wait before; None for none.
        """
        del at
        if after is not None:
            self._wait(after)
        self._must("missed.ask_again", partial(self._missed, str(DBOS.workflow_id)))

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

    # --- trying ---------------------------------------------------------------------------

    def _must(self, name: str, work: Callable[[], object]) -> None:
        word = self._try(name, work)
        if word in (AGAIN, BROKEN):
            raise WorkFailed(f"{name}: {word}")

    def _try(self, name: str, work: Callable[[], object]) -> str:
        """Runs a step until it ends otherwise than by a passing fault, or often enough.

        Waiting for a limit is no failed try: it costs nothing but time.
        """
        tries, limited, pause, longest = 0, 0.0, None, LONGEST_WAIT
        while tries < self._settings.attempts and limited < LIMITED_FOR:
            if pause is not None:
                self._wait(pause, longest)
            if self._stop.is_set():
                raise Stopping
            result = DBOS.run_step({"name": name}, _caught, name, work)
            word, after = str(result["word"]), float(result["after"])
            if word == LIMITED:
                pause, longest = max(after, SHORTEST_LIMIT), LONGEST_LIMIT
                limited += pause
            elif word == AGAIN:
                pause, longest = max(after, self._settings.backoff * 2**tries), LONGEST_WAIT
                tries += 1
            else:
                return word
        return AGAIN

    def _wait(self, seconds: float, longest: float = LONGEST_WAIT) -> None:
        """Waits durably: after a restart for what is left of it.

        Raises:
            Postponed: that is more than `longest` seconds.
        """
        until = DBOS.run_step({"name": "wait"}, lambda: time.time() + seconds)
        left = max(0.0, until - time.time())
        if left > longest:
            raise Postponed(until)
        if self._stop.wait(left):
            raise Stopping

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
        if name in {START_DUE, MISSED}:
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


def _caught(name: str, work: Callable[[], object]) -> dict[str, str | float]:
    """Does the work of one step and says in a word how it ended."""
    began = time.monotonic()
    result = _tried(name, work)
    lasted = time.monotonic() - began
    STEP_SECONDS.labels(step=name, outcome=result["word"]).observe(lasted)
    return result


def _tried(name: str, work: Callable[[], object]) -> dict[str, str | float]:
    try:
        word = ENDED if work() is False else DONE
    except RateLimited as error:
        log.info("step.limited", step=name, retry_after=round(error.retry_after, 1))
        return {"word": LIMITED, "after": error.retry_after}
    except (TransientError, OperationalError, InterfaceError, PoolTimeout) as error:
        log.warning("step.again", step=name, cause=type(error).__name__)
        word = AGAIN
    except ConfigError as error:
        # A key that was revoked, say: whoever runs the bot sets it right, and it goes on.
        log.warning("step.again", step=name, cause=str(error))
        word = AGAIN
    except GoneError:
        log.info("step.gone", step=name)
        word = ENDED
    except UserError:
        log.info("step.refused", step=name)
        word = ENDED
    except Exception:
        log.exception("step.broken", step=name)
        word = BROKEN
    return {"word": word, "after": 0.0}
