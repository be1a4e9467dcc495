"""Killing web or worker at any boundary leaves one reply and each signal counted once."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest

from app.demo.people import Someone
from app.domain import AskState, MemoryKind, SignalKind
from app.local import bot_environment, free_port
from app.settings import load
from app.store import migrate, open_store
from app.webhooks.commands import commands
from playground.server import Playground
from tests.acceptance import children

pytestmark = pytest.mark.crash

FILES = {"README.md": b"# Loom\n\nRun the tests with `make check`.\nThe loom needs Python 3.11.\n"}
PATIENCE = 90.0
AT_ONCE = 3
"""Stories told at the same time: each waits for much of its time."""
migrating = threading.Lock()
"""Alembic keeps its state in globals: one migration at a time in a process."""


@contextmanager
def a_github() -> Iterator[Playground]:
    with Playground() as running:
        running.world.create_user("wren")
        repository = running.world.create_repository("olivia", "loom", files=FILES)
        running.world.set_role(repository, "wren", "write")
        running.install("olivia")
        yield running


def a_writer(playground: Playground) -> Someone:
    return Someone(
        login="wren", token="ghp_wren", api_url=playground.api_url, full_name="olivia/loom"
    )


@pytest.fixture
def playground() -> Iterator[Playground]:
    with a_github() as running:
        yield running


@pytest.fixture
def wren(playground: Playground) -> Iterator[Someone]:
    with closing(a_writer(playground)) as someone:
        yield someone


def wait(what: str, look: Callable[[], object], *, each: Callable[[], None] = lambda: None) -> None:
    deadline = time.monotonic() + PATIENCE
    while not look():
        each()
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE:.0f} s"
        time.sleep(0.02)


def answering(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def environment(playground: Playground, data: Path) -> tuple[dict[str, str], int]:
    port = free_port()
    settings = bot_environment(
        playground, data=data, port=port, admin_port=free_port(), admin_token="unused-here"
    )
    quick = {"TREADLE_BACKOFF": "0.1", "TREADLE_SWEEP_SECONDS": "0.2", "TREADLE_MODEL": "extract"}
    # What one case lost is not to come in another.
    alone = {"TREADLE_SWEEP_YOUNGEST": "0.2", "TREADLE_MISSED_MINUTES": "0"}
    return {**settings, **quick, **alone}, port


class Stubborn:
    """A child that is started again whenever it dies; only the first life has a boundary."""

    def __init__(self, kind: str, settings: dict[str, str], die_at: int) -> None:
        self._kind, self._settings = kind, settings
        self._child = children.start(kind, settings, die_at)
        self.deaths = 0

    def keep_alive(self) -> None:
        if not self._child.is_alive():
            self._child.join()
            self.deaths += 1
            self._child = children.start(self._kind, self._settings)

    def stop(self) -> None:
        children.stop(self._child)


def replies(wren: Someone, number: int) -> list[int]:
    return [comment.id for comment in wren.comments(number) if comment.is_bot]


def ask_vote_and_sweep(playground: Playground, wren: Someone, data: Path, die_at: int) -> bool:
    """Goes through an ask, a vote and a sweep; tells whether the worker died on the way."""
    settings, port = environment(playground, data)
    with migrating:
        migrate(load(settings))
    web = Stubborn("web", settings, 0)
    wait("the web process", lambda: answering(port))
    playground.set_hook(f"http://127.0.0.1:{port}/webhooks")
    worker = Stubborn("work", settings, die_at)
    store = open_store(load(settings))
    try:
        number = wren.open_issue("Tests", "")
        trigger = wren.comment(number, "/ask How do I run the tests?")
        [command] = commands(trigger.body)
        key = f"ask:{trigger.node_id}:{command.key}"

        def answered() -> bool:
            ask = store.asks.get(key)
            return ask is not None and ask.state is AskState.ANSWERED

        wait("the answer", answered, each=worker.keep_alive)
        [posted] = replies(wren, number)
        wren.react(posted, "+1")
        [body] = [item.body for item in wren.comments(number) if item.id == posted]
        wren.edit(posted, body.replace("make check", "make proof"))
        reply = store.replies.by_trigger(trigger.node_id, command.key)
        assert reply is not None and reply.comment_id == posted

        def learned() -> bool:
            kinds = {signal.kind for signal in store.signals.of_reply(reply.id)}
            phrases = store.weights.latest(reply.repository_id).weights
            return kinds == {SignalKind.REACTION, SignalKind.EDIT} and "make proof" in phrases

        wait("what was taught", learned, each=worker.keep_alive)
        assert replies(wren, number) == [posted]
        assert len(store.signals.of_reply(reply.id)) == 2
        evidence = store.evidence.of_reply(reply.id)
        corrections = [item for item in evidence.memories if item.kind is MemoryKind.CORRECTION]
        assert len(corrections) == 1
        taught = [
            mass
            for mass in evidence.masses
            if (mass.phrase, mass.kind) == ("make proof", SignalKind.EDIT)
        ]
        assert len(taught) == 1
    finally:
        store.close()
        worker.stop()
        web.stop()
    return worker.deaths > 0


def dies(folder: Path, boundary: int) -> bool:
    """Tells the story to a GitHub of its own, with a worker that dies at one boundary."""
    with a_github() as playground, closing(a_writer(playground)) as wren:
        return ask_vote_and_sweep(playground, wren, folder / str(boundary), boundary)


def test_a_worker_killed_at_any_boundary(tmp_path: Path) -> None:
    died: list[bool] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while all(died):
            following = range(len(died) + 1, len(died) + 1 + AT_ONCE)
            died.extend(pool.map(partial(dies, tmp_path), following))
    # Fewer would mean that boundaries were not crossed at all.
    assert died.index(False) > 20


@pytest.mark.parametrize("boundary", [1, 2])
def test_a_web_process_killed_at_a_delivery(
    boundary: int, playground: Playground, wren: Someone, tmp_path: Path
) -> None:
    settings, port = environment(playground, tmp_path)
    # The worker here does so by itself only through `treadle work`.
    migrate(load(settings))
    web = Stubborn("web", settings, boundary)
    worker = Stubborn("work", settings, 0)
    try:
        wait("the web process", lambda: answering(port))
        playground.set_hook(f"http://127.0.0.1:{port}/webhooks")
        number = wren.open_issue("Tests", "")
        wren.comment(number, "/ask How do I run the tests?")
        assert playground.settle()
        [failed] = [
            delivery
            for delivery in playground.world.deliveries
            if delivery.event == "issue_comment" and delivery.status_code != 202
        ][-1:]

        def redeliver() -> None:
            web.keep_alive()
            if answering(port):
                playground.world.redeliver(failed.guid)
                assert playground.settle()

        wait("the reply", lambda: replies(wren, number), each=redeliver)
        assert web.deaths == 1
        # The sender goes on sending what it thinks is lost.
        redeliver()
        assert len(replies(wren, number)) == 1
    finally:
        worker.stop()
        web.stop()
