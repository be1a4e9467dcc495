"""A worker in a process of its own, over a bot that says what it does.

Each step is said as a line `name key`, and leaves a file unless it is there. Processes are forked
from one that has everything imported.
"""

import multiprocessing
import signal
import sys
import threading
import warnings
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from app.domain import Delivery, Job
from app.errors import ConfigError
from app.inbox import ask_key
from app.jobs import run_worker
from app.logs import configure
from app.settings import load
from app.store import Store, open_store

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])


class Bot:
    def __init__(self, store: Store, world: Path, hang: str, parent: Connection) -> None:
        self.store = store
        self._parent = parent
        self._world = world
        self._hang = hang
        self._lock = threading.Lock()
        self._go_on = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            self._parent.recv()
        except EOFError:
            return
        self._go_on.set()

    @property
    def ask(self) -> "Bot":
        return self

    deliveries = sweep = refresh = retrain = orders = forgetting = taking_back = preferring = ask

    @property
    def learned(self) -> "Issues":
        return Issues()

    def handle(self, delivery: Delivery) -> Sequence[Job]:
        self._moment("handle.before", delivery.guid)
        keys = [ask_key(delivery, command) for command in delivery.commands]
        return [Job(name="ask", key=key, args=(key,)) for key in keys]

    def acknowledge(self, key: str) -> bool:
        return self._effect("acknowledge", key)

    def draft(self, key: str) -> bool:
        return self._effect("draft", key)

    def publish(self, key: str) -> None:
        self._effect("publish", key)

    def refuse(self, key: str, reason: str) -> None:
        self._effect("refuse", key)

    def apologise(self, key: str) -> None:
        self._effect("apologise", key)

    def drop(self, key: str) -> None:
        self._effect("drop", key)

    def due(self) -> int:
        return 0

    forget_due = tidy = prune = finish_due = write_due = due

    def thread(self, repository_id: int, number: int) -> int:
        return 0

    def repository(self, repository_id: int) -> None:
        return None

    def prepare(self, run_id: str) -> bool:
        return self._effect("prepare", run_id)

    def train(self, run_id: str, stop: threading.Event) -> bool:
        return self._effect("train", run_id)

    def judge(self, run_id: str, stop: threading.Event) -> bool:
        return self._effect("judge", run_id)

    def finish(self, run_id: str, stop: threading.Event) -> bool:
        return self._effect("finish", run_id)

    def fail(self, run_id: str) -> None:
        self._effect("fail", run_id)

    def start_due(self) -> int:
        return 0

    def _effect(self, name: str, key: str) -> bool:
        self._moment(f"{name}.before", key)
        path = self._world / f"{name} {key}"
        if not path.exists():
            path.write_text("done")
        self._moment(f"{name}.after", key)
        return True

    def _moment(self, name: str, key: str) -> None:
        with self._lock:
            self._parent.send(f"{name} {key}")
        if name == self._hang:
            self._go_on.wait()


class Issues:
    """Issues of which none is ever due."""

    def look(self, repository_id: int) -> None:
        return None

    def due(self) -> Sequence[Job]:
        return ()


def main(parent: Connection, data: str, url: str, name: str, world: str, hang: str) -> None:
    """Works until it is told to stop.

    Args:
        parent: what is done is said to it, and it says when to go on.
        data: the folder of the data.
        url: address of the database.
        name: the worker's.
        world: the folder that stands for GitHub.
        hang: when to wait, as `draft.before` or `draft.after`; "" for never.
    """
    warnings.simplefilter("error")
    configure("error")
    settings = load(
        {},
        data_dir=data,
        database_url=url,
        worker_id=name,
        worker_silence=2,
        sweep_seconds=1,
        missed_minutes=0,
    )
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        run_worker(settings, Bot(open_store(settings), Path(world), hang, parent), stop)
    except ConfigError as error:
        parent.send(f"refused: {error}")
        sys.exit(2)
    parent.send("stopped")
