"""A worker's life: it takes work out of the queue, shows that it is alive, and stops in order.

Any number of workers share one database (on Postgres, on as many machines). Each has a name
that is the same after a restart: what it had begun is then taken up where it was. The work of
one that stays silent is taken up by the others.
"""

import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import TracebackType

import structlog
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

from app.errors import ConfigError, RateLimited, TransientError
from app.github.throttle import background
from app.queue.names import APPLICATION, GROUPS, LEARNED_DUE, MISSED, START_DUE, TRAINING, VERSION
from app.queue.work_queue import WorkQueue
from app.settings import Settings
from app.steps import Bot
from app.tenure import Tenure
from app.workflows import Workflows

__all__ = ["Bot", "Worker", "run_worker"]

log = structlog.get_logger()

POLL_SECONDS = 0.2
"""Time between two looks for new work: within a second the asker sees that they were heard."""
SWEEP_POLL_SECONDS = 0.5
DELIVERIES_IN_HAND = 16
SWEEPS_IN_HAND = 4
TRAINING_POLL_SECONDS = 1.0
TRAININGS_IN_HAND = 1
"""A training takes all of a machine that it is given."""
DUE_CRON = "0 * * * *"
"""When it is looked where enough was learned for a training run: once an hour."""
LEARNED_CRON = "*/10 * * * *"
"""When it is looked which issues of what was learned are due."""
ASKS_IN_HAND = 8
"""Asks in hand for each that may be drafted at a time; the others wait for GitHub."""
GRACE_SECONDS = 20.0
"""Time that work in hand has to come to an end when the worker is to stop."""
MISSED_AFTER = 5.0
"""Seconds after a start: a web process that starts meanwhile takes deliveries by then."""
PRUNE_EVERY = timedelta(hours=1)
LIMITS_KEPT = timedelta(days=1)
"""Time that is kept what an installation used of limits; none of them is of more than an hour."""
TEND_SECONDS = 15.0
"""Seconds between two looks for work that failed and is to be tried again."""
PREFER_SECONDS = 120.0
"""Seconds between two looks for corrections that no sentence stands beside."""
TIDY_SECONDS = 600.0
"""Seconds between two looks for what this worker's disk keeps of deleted repositories."""
SWEEP, TEND, PREFER = "sweep", "tend", "prefer"
"""Leases on what one worker at a time does."""


def run_worker(settings: Settings, bot: Bot, stop: threading.Event, *, group: str = "all") -> None:
    """Works until `stop` is set; what is not finished then is left to whoever works next.

    Args:
        settings: as `settings.load` returns them; both databases must have been migrated.
        bot: the flows to run.
        stop: set from a signal handler, or by the process that this is a thread of.
        group: what it works on, one of `app.queue.names.GROUPS`.

    Raises:
        ConfigError: another worker of the same name lives.
    """
    with Worker(settings, bot, stop, group=group) as worker:
        stop.wait()
    if worker.ousted:
        raise ConfigError([worker.ousted])


class Worker:
    """Works from `__enter__` to `__exit__`; one at a time in a process.

    Attributes:
        id: its name.
        ousted: why it cannot go on, for people; "" while it can.
    """

    def __init__(
        self,
        settings: Settings,
        bot: Bot,
        end: threading.Event | None = None,
        *,
        group: str = "all",
    ) -> None:
        """Makes a worker for a group of queues that sets `end` where it cannot go on."""
        self._queues = GROUPS[group]
        self.id = settings.worker_id or socket.gethostname()
        self.ousted = ""
        self._end = end or threading.Event()
        self._tenure = Tenure(settings, bot.store.workers, self.id)
        self._sweeping = False
        self._settings = settings
        self._store = bot.store
        self._bot = bot
        self._stop = threading.Event()
        self._queue = WorkQueue(settings)
        self._workflows = Workflows(bot, self._queue, settings, self._stop, self.id)
        self._pruned = datetime.min.replace(tzinfo=UTC)
        rounds: dict[str, tuple[Callable[[], float], float]] = {
            "beat": (self._beat, settings.worker_silence / 4),
            "tend": (self._tend, TEND_SECONDS),
            "tidy": (self._tidy, TIDY_SECONDS),
        }
        if "asks" in self._queues:
            rounds["prefer"] = (self._prefer, PREFER_SECONDS)
        if "sweeps" in self._queues:
            rounds["sweep"] = (self._sweep, settings.sweep_seconds)
        self._threads = [
            threading.Thread(target=self._repeat, args=(name, *round), name=name, daemon=True)
            for name, round in rounds.items()
        ]

    def __enter__(self) -> "Worker":
        self._tenure.take()
        try:
            self._launch()
        except BaseException:
            DBOS.destroy(destroy_registry=True)
            self._tenure.end()
            raise
        for thread in self._threads:
            thread.start()
        log.info("worker.started", worker=self.id)
        return self

    def _launch(self) -> None:
        for name, in_hand, poll in (
            ("deliveries", DELIVERIES_IN_HAND, POLL_SECONDS),
            ("asks", ASKS_IN_HAND * self._settings.ask_concurrency, POLL_SECONDS),
            ("sweeps", SWEEPS_IN_HAND, SWEEP_POLL_SECONDS),
            (TRAINING, TRAININGS_IN_HAND, TRAINING_POLL_SECONDS),
        ):
            self._queue.declare(name, concurrency=in_hand, poll_seconds=poll)
        self._queue.schedule(START_DUE, DUE_CRON)
        self._queue.schedule(LEARNED_DUE, LEARNED_CRON)
        self._look_for_missed()
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": self._settings.queue_database,
            "dbos_system_schema": self._settings.queue_schema,
            "sys_db_pool_size": self._settings.database_connections,
            "application_version": VERSION,
            "executor_id": self.id,
            "serializer": DBOSPortableJSONSerializer(),
            "run_migrations": False,
            "log_level": "WARNING",
            # Nothing here listens for notifications; these threads only delay the stop.
            "notification_listener_polling_interval_sec": POLL_SECONDS,
            "notification_coalesce_sec": POLL_SECONDS,
        }
        if self._settings.queue_database.startswith("sqlite"):
            # It has one writer at a time: threads that vie for it would keep the web process,
            # which wants it as well, waiting for long.
            config["sys_db_pool_size"] = 1
        DBOS(config=config)
        DBOS.listen_queues(sorted(self._queues))
        self._workflows.register()
        DBOS.launch()

    def _look_for_missed(self) -> None:
        """Looks for deliveries that never arrived, soon after a start and then by a schedule."""
        if not self._settings.missed_minutes:
            self._queue.unschedule(MISSED)
            return
        self._queue.schedule(MISSED, f"*/{self._settings.missed_minutes} * * * *")
        now = _now()
        self._queue.put(MISSED, f"missed:{self.id}:{now:%Y%m%dT%H%M%S}", [str(now), MISSED_AFTER])

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        idle = self._workflows.wait_idle(GRACE_SECONDS)
        DBOS.destroy(destroy_registry=True)
        for thread in self._threads:
            thread.join(GRACE_SECONDS)
        # What is under the name of an ousted worker is in the hands of the other one.
        left = 0 if self.ousted else self._leave(self.id)
        self._queue.close()
        self._tenure.end()
        log.info("worker.stopped", worker=self.id, idle=idle, left=left)

    def _repeat(self, name: str, action: Callable[[], float], seconds: float) -> None:
        """Does something again and again; a fault of one time is logged, the next comes."""
        pause = 0.0
        while not self._stop.wait(pause):
            pause = seconds
            try:
                pause = max(seconds, action())
            except RateLimited as error:
                log.warning("worker.limited", action=name, retry_after=error.retry_after)
                pause = max(seconds, error.retry_after)
            except TransientError as error:
                log.warning("worker.again", action=name, cause=str(error))
            except Exception:
                log.exception("worker.broken", action=name)

    def _leave(self, name: str) -> int:
        """Lets others take up all that a worker has; returns how much work that was."""
        count = self._queue.release(name)
        for lease in (SWEEP, TEND):
            self._store.workers.release(lease, name)
        self._store.workers.retire(name)
        return count

    def _beat(self) -> float:
        if not self._tenure.keep():
            self.ousted = self._tenure.taken
            log.error("worker.ousted", worker=self.id)
            self._stop.set()
            self._end.set()
            return 0.0
        if self._sweeping:
            self._hold(SWEEP)
        now = _now()
        silence = timedelta(seconds=self._settings.worker_silence)
        for other in self._store.workers.silent(now - silence):
            taken = self._leave(other)
            log.warning("worker.taken_over", worker=other, taken=taken)
        return 0.0

    def _sweep(self) -> float:
        if not self._hold(SWEEP):
            return 0.0
        self._sweeping = True
        try:
            with background():
                self._bot.sweep.due()
        finally:
            self._sweeping = False
        return 0.0

    def _tend(self) -> float:
        """Tries again what failed, and forgets what is not to be kept any longer."""
        if not self._hold(TEND):
            return 0.0
        now = _now()
        count = self._queue.retry(now)
        if count:
            log.info("queue.retried", count=count)
        if now - self._pruned >= PRUNE_EVERY:
            count = self._queue.prune(now - timedelta(days=self._settings.keep_workflows_days))
            self._pruned = now
            log.info("queue.pruned", count=count)
            self._bot.forgetting.prune()
            self._store.limits.forget(now - LIMITS_KEPT)
        self._bot.taking_back.finish_due()
        # The last, since it may wait for GitHub.
        self._bot.forgetting.forget_due()
        return 0.0

    def _tidy(self) -> float:
        """Deletes what only this worker's disk still has; each worker has to do so."""
        self._bot.forgetting.tidy()
        return 0.0

    def _prefer(self) -> float:
        """Has sentences written beside corrections, one worker at a time."""
        if self._hold(PREFER):
            self._bot.preferring.write_due()
        return 0.0

    def _hold(self, lease: str) -> bool:
        """Takes or extends a lease; each beat extends the one of a sweep that takes long."""
        now = _now()
        # Longer than the time between two rounds, so that one worker keeps at it.
        rounds = max(self._settings.sweep_seconds, self._settings.worker_silence / 4, TEND_SECONDS)
        return self._store.workers.lease(
            lease, self.id, now, now + timedelta(seconds=3 * rounds + 60)
        )


def _now() -> datetime:
    return datetime.now(UTC)
