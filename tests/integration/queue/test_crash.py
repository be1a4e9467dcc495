"""Workers that are killed, that share the work, and that never come back."""

import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.inbox import DurableInbox
from app.queue.names import RETRAIN
from app.queue.work_queue import WorkQueue
from app.settings import Settings
from app.store import Store
from tests.integration.queue.fakes import a_delivery
from tests.integration.queue.worker_process import CONTEXT, main

pytestmark = pytest.mark.crash

WAIT = 90.0
Start = Callable[..., "Process"]


class Process:
    """A worker process, whose lines can be waited for."""

    def __init__(self, said: "queue.Queue[str]", *arguments: str) -> None:
        self.lines: list[str] = []
        self._said = said
        self._new: queue.Queue[str] = queue.Queue()
        self._connection, theirs = CONTEXT.Pipe()
        self._process = CONTEXT.Process(target=main, args=(theirs, *arguments), daemon=True)
        self._process.start()
        theirs.close()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def wait_for(self, line: str) -> None:
        while not self._new.get(timeout=WAIT).startswith(line):
            pass

    def go_on(self) -> None:
        self._connection.send("")

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def terminate(self) -> int:
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        if self._process.is_alive():
            assert self._process.pid is not None
            os.kill(self._process.pid, number)
        return self.wait()

    def wait(self) -> int:
        self._process.join(WAIT)
        self._reader.join(WAIT)
        self._connection.close()
        code = self._process.exitcode
        assert code is not None, f"it still runs after {WAIT:.0f} s"
        return code

    @property
    def ended(self) -> bool:
        return not self._process.is_alive()

    def _read(self) -> None:
        while True:
            try:
                line = self._connection.recv()
            except (EOFError, ConnectionResetError):
                return
            self.lines.append(line)
            self._new.put(line)
            self._said.put(line)


def finished(work: WorkQueue) -> None:
    """Waits until nothing is left to do: work ends a moment after its last step has."""
    deadline = time.monotonic() + WAIT
    while left := work.unfinished():
        assert time.monotonic() < deadline, f"left after {WAIT:.0f} s: {left}"
        time.sleep(0.02)


@pytest.fixture
def world(tmp_path: Path) -> Path:
    folder = tmp_path / "world"
    folder.mkdir()
    return folder


@pytest.fixture
def said() -> "queue.Queue[str]":
    """The lines of all processes."""
    return queue.Queue()


@pytest.fixture
def start(
    settings: Settings, store: Store, world: Path, said: "queue.Queue[str]"
) -> Iterator[Start]:
    started: list[Process] = []

    def make(name: str = "w1", hang: str = "") -> Process:
        arguments = (str(settings.data_dir), settings.database_url, name, str(world), hang)
        started.append(Process(said, *arguments))
        return started[-1]

    yield make
    for process in started:
        if not process.ended:
            process.kill()


def test_killed_at_every_boundary_an_ask_is_answered(
    start: Start, inbox: DurableInbox, work: WorkQueue, world: Path
) -> None:
    key = "ask:N1:c1"
    inbox.accept(a_delivery())
    moments = [
        "handle.before",
        *(f"{step}.{when}" for step in ("acknowledge", "draft") for when in ("before", "after")),
        "publish.before",
        "publish.after",
    ]
    for moment in moments:
        process = start(hang=moment)
        process.wait_for(f"{moment} {'g1' if moment.startswith('handle') else key}")
        process.kill()
    # The sender, who got no answer while all was down, sends again.
    inbox.accept(a_delivery())
    process = start()
    finished(work)
    assert process.terminate() == 0
    assert process.lines == [f"publish.before {key}", f"publish.after {key}", "stopped"]
    assert sorted(path.name for path in world.iterdir()) == sorted(
        f"{step} {key}" for step in ("acknowledge", "draft", "publish")
    )


def test_a_second_worker_of_the_same_name_does_not_start(
    start: Start, inbox: DurableInbox, work: WorkQueue
) -> None:
    key = "ask:N1:c1"
    inbox.accept(a_delivery())
    first = start("w1", "publish.before")
    first.wait_for(f"publish.before {key}")
    second = start("w1")
    second.wait_for("refused: a worker named w1 is running already")
    assert second.wait() == 2
    first.go_on()
    finished(work)
    assert first.terminate() == 0
    assert first.lines.count(f"publish.before {key}") == 1
    assert len(second.lines) == 1


def test_a_worker_that_never_comes_back_is_stood_in_for(
    start: Start, inbox: DurableInbox, work: WorkQueue, store: Store
) -> None:
    inbox.accept(a_delivery())
    lost = start("lost", "draft.after")
    lost.wait_for("draft.after ask:N1:c1")
    other = start("other")
    lost.kill()
    finished(work)
    assert other.terminate() == 0
    assert "acknowledge.before ask:N1:c1" not in other.lines
    assert "draft.before ask:N1:c1" in other.lines


@pytest.mark.parametrize("moment", ["train.before", "train.after"])
def test_a_training_run_whose_worker_is_killed_ends_once(
    start: Start, work: WorkQueue, moment: str
) -> None:
    work.put(RETRAIN, f"{RETRAIN}:run1", ["run1"])
    lost = start("lost", moment)
    lost.wait_for(f"{moment} run1")
    lost.kill()
    other = start("other")
    finished(work)
    assert other.terminate() == 0
    # What was recorded as done is not done again; what was cut off is, to its end.
    steps = ("train", "judge", "finish")
    assert other.lines == [
        *(f"{step}.{when} run1" for step in steps for when in ("before", "after")),
        "stopped",
    ]


def test_an_orderly_stop_leaves_the_work_to_others_at_once(
    start: Start, inbox: DurableInbox, work: WorkQueue, store: Store
) -> None:
    key = "ask:N1:c1"
    inbox.accept(a_delivery())
    first = start("first", "draft.after")
    first.wait_for(f"draft.after {key}")
    first.go_on()
    assert first.terminate() == 0
    assert first.lines[-1] == "stopped"
    assert store.workers.silent(datetime.now(UTC) + timedelta(days=1)) == []
    if key in work.unfinished():
        second = start("second")
        finished(work)
        assert second.terminate() == 0


@pytest.mark.parametrize("database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)])
def test_two_workers_share_the_work(
    start: Start, inbox: DurableInbox, work: WorkQueue, said: "queue.Queue[str]"
) -> None:
    workers = [start(name, "draft.before") for name in ("w1", "w2")]
    keys = [f"ask:N{number}:c1" for number in range(40)]
    for number in range(40):
        inbox.accept(a_delivery(f"g{number}", f"N{number}"))
    # Neither goes on before both have begun: none has taken all the work.
    for worker in workers:
        worker.wait_for("draft.before")
    for worker in workers:
        worker.go_on()
    missing = {f"publish.after {key}" for key in keys}
    while missing:
        missing.discard(said.get(timeout=WAIT))
    finished(work)
    assert [worker.terminate() for worker in workers] == [0, 0]
    lines = [line for worker in workers for line in worker.lines]
    for step in ("acknowledge", "draft", "publish"):
        done = [line for line in lines if line.startswith(f"{step}.after")]
        assert sorted(done) == sorted(f"{step}.after {key}" for key in keys)
