"""The bot's processes as forked children that can be made to die at a chosen boundary.

A boundary lies before and after each call that changes something: at GitHub, in the store,
or of the queue. A child that reaches its chosen boundary kills itself with SIGKILL, so that
nothing can be tidied up. Children are forked from a process that has everything imported.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from typing import Any

import uvicorn
from rich.console import Console

from app.backfill import backfill
from app.bootstrap.building import build
from app.flows.ask import AskFlow
from app.flows.deliveries import Deliveries
from app.github.client import Client
from app.inbox import DurableInbox
from app.jobs import run_worker
from app.main import create_app
from app.queue.work_queue import WorkQueue
from app.settings import load
from app.store.asks import Asks
from app.store.backfills import Backfills
from app.store.evidence import EvidenceStore
from app.store.replies import Replies
from app.store.revisions import Revisions
from app.store.signals import Signals
from app.store.sweeps import Sweeps
from app.store.weights import Weights

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.acceptance.children"])

WORKER = (
    (Deliveries, "handle"),
    (WorkQueue, "put_job"),
    (Asks, "open"),
    (Asks, "save_draft"),
    (Asks, "set_state"),
    (AskFlow, "acknowledge"),
    (AskFlow, "draft"),
    (AskFlow, "publish"),
    (Client, "react"),
    (Client, "post"),
    (Replies, "add"),
    (Revisions, "record"),
    (Signals, "record"),
    (EvidenceStore, "replace"),
    (Weights, "save"),
    (Sweeps, "note"),
    (Sweeps, "set_taken"),
)
WEB = ((DurableInbox, "accept"),)
BACKFILL = (
    (Backfills, "save"),
    (Backfills, "number_memories_above"),
    (Backfills, "end"),
    (Replies, "add"),
    (Replies, "set_sources"),
    (Revisions, "record"),
    (Signals, "record"),
    (EvidenceStore, "replace"),
    (Weights, "save"),
)
PLACES = {"web": WEB, "work": WORKER, "backfill": BACKFILL}


def start(kind: str, environment: dict[str, str], die_at: int = 0) -> ForkServerProcess:
    """Starts a child, one of `PLACES`; `die_at` counts boundaries from 1, 0 is never."""
    child = CONTEXT.Process(target=_main, args=(kind, environment, die_at), daemon=True)
    child.start()
    return child


def stop(child: ForkServerProcess) -> None:
    """Kills a child that still runs."""
    if child.is_alive():
        child.kill()
    child.join(10)


def _main(kind: str, environment: dict[str, str], die_at: int) -> None:
    _arm(PLACES[kind], die_at)
    settings = load(environment)
    if kind == "backfill":
        console = Console(quiet=True)
        backfill(settings, "olivia/loom", since=None, agreed=lambda _: True, console=console)
        return
    if kind == "web":
        uvicorn.run(
            create_app(settings), host=settings.host, port=settings.port, log_level="warning"
        )
        return
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    run_worker(settings, build(settings), ended)


def _arm(places: tuple[tuple[type, str], ...], die_at: int) -> None:
    if not die_at:
        return
    lock = threading.Lock()
    crossed = 0

    def cross() -> None:
        nonlocal crossed
        with lock:
            crossed += 1
            if crossed == die_at:
                os.kill(os.getpid(), signal.SIGKILL)
                time.sleep(60)

    def between(call: Callable[..., Any]) -> Callable[..., Any]:
        def crossing(*args: Any, **named: Any) -> Any:
            cross()
            result = call(*args, **named)
            cross()
            return result

        return crossing

    for owner, name in places:
        setattr(owner, name, between(getattr(owner, name)))
