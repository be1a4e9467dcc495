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

from app.errors import RateLimited, TransientError
from app.queue import APPLICATION, VERSION, WorkQueue
from app.settings import Settings
from app.workflows import Bot, Workflows

__all__ = ["Bot", "Worker", "run_worker"]

log = structlog.get_logger()

POLL_SECONDS = 0.2
"""Time between two looks for new work: within a second the asker sees that they were heard."""
SWEEP_POLL_SECONDS = 0.5
DELIVERIES_IN_HAND = 16
SWEEPS_IN_HAND = 4
ASKS_IN_HAND = 8
"""Asks in hand for each that may be drafted at a time; the others wait for GitHub."""
GRACE_SECONDS = 20.0
"""Time that work in hand has to come to an end when the worker is to stop."""
PRUNE_EVERY = timedelta(hours=1)


def run_worker(settings: Settings, bot: Bot, stop: threading.Event) -> None:
    """Works until `stop` is set; what is not finished then is left to whoever works next.

    Args:
        settings: as `settings.load` returns them; both databases must have been migrated.
        bot: the flows to run.
        stop: set from a signal handler, or by the process that this is a thread of.
    """
    with Worker(settings, bot):
        stop.wait()


class Worker:
    """Works from `__enter__` to `__exit__`; one at a time in a process."""

    def __init__(self, settings: Settings, bot: Bot) -> None:
        self.id = settings.worker_id or socket.gethostname()
        self._settings = settings
        self._store = bot.store
        self._bot = bot
        self._stop = threading.Event()
        self._queue = WorkQueue(settings)
        self._workflows = Workflows(bot, self._queue, settings, self._stop)
        self._pruned = datetime.min.replace(tzinfo=UTC)
        self._threads = [
            threading.Thread(target=self._repeat, args=args, name=args[0], daemon=True)
            for args in (
                ("beat", self._beat, settings.worker_silence / 4),
                ("sweep", self._sweep, settings.sweep_seconds),
            )
        ]

    def __enter__(self) -> "Worker":
        self._store.workers.beat(self.id, _now())
        for name, in_hand, poll in (
            ("deliveries", DELIVERIES_IN_HAND, POLL_SECONDS),
            ("asks", ASKS_IN_HAND * self._settings.ask_concurrency, POLL_SECONDS),
            ("sweeps", SWEEPS_IN_HAND, SWEEP_POLL_SECONDS),
        ):
            self._queue.declare(name, concurrency=in_hand, poll_seconds=poll)
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": self._settings.queue_database,
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
        self._workflows.register()
        DBOS.launch()
        for thread in self._threads:
            thread.start()
        log.info("worker.started", worker=self.id)
        return self

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
        left = self._queue.release(self.id)
        self._store.workers.release("sweep", self.id)
        self._store.workers.retire(self.id)
        self._queue.close()
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

    def _beat(self) -> float:
        now = _now()
        self._store.workers.beat(self.id, now)
        silence = timedelta(seconds=self._settings.worker_silence)
        for other in self._store.workers.silent(now - silence):
            taken = self._queue.release(other)
            self._store.workers.release("sweep", other)
            self._store.workers.retire(other)
            log.warning("worker.taken_over", worker=other, taken=taken)
        return 0.0

    def _sweep(self) -> float:
        now = _now()
        # Longer than the time between two rounds, so that one worker keeps at it.
        until = now + timedelta(seconds=3 * self._settings.sweep_seconds + 60)
        if not self._store.workers.lease("sweep", self.id, now, until):
            return 0.0
        self._bot.sweep.due()
        if now - self._pruned >= PRUNE_EVERY:
            count = self._queue.prune(now - timedelta(days=self._settings.keep_workflows_days))
            self._pruned = now
            log.info("queue.pruned", count=count)
        return 0.0


def _now() -> datetime:
    return datetime.now(UTC)
