"""A worker's name belongs to one that lives, on one machine and on several."""

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.errors import ConfigError
from app.jobs import Worker, run_worker
from app.settings import Settings
from app.store import Store
from app.store.holder import place, this_process
from app.tenure import Tenure
from tests.integration.queue.fakes import FakeBot

TAKEN = "a worker named w1 is running already: .* TREADLE_WORKER_ID"
ELSEWHERE = "elsewhere:pid:[1]/7/ab"
# The one that started these tests lives as long as they do.
LIVES_HERE = f"{place()}/{os.getppid()}/0123456789abcdef"
ENDED_HERE = f"{place()}/{os.getpid()}/0123456789abcdef"


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings(worker_id="w1", worker_silence=2)


def a_tenure(settings: Settings, store: Store, name: str = "w1") -> Tenure:
    return Tenure(settings, store.workers, name)


def now() -> datetime:
    return datetime.now(UTC)


def test_a_name_belongs_to_one_on_a_machine(settings: Settings, store: Store) -> None:
    first, second = a_tenure(settings, store), a_tenure(settings, store)
    first.take()
    with pytest.raises(ConfigError, match=TAKEN):
        second.take()
    assert first.keep()
    first.end()
    second.take()
    second.end()


@pytest.mark.parametrize("name", ["w2", "../w1", "w" * 250])
def test_other_names_are_free(settings: Settings, store: Store, name: str) -> None:
    first, second = a_tenure(settings, store), a_tenure(settings, store, name)
    first.take()
    second.take()
    assert len(list(settings.data_dir.glob("worker-*.lock"))) == 2
    first.end()
    second.end()


def test_who_beats_on_another_machine_keeps_the_name(settings: Settings, store: Store) -> None:
    stop = threading.Event()

    def live() -> None:
        while not stop.wait(0.1):
            store.workers.beat("w1", now(), ELSEWHERE)

    store.workers.beat("w1", now(), ELSEWHERE)
    other = threading.Thread(target=live)
    other.start()
    tenure = a_tenure(settings, store)
    with pytest.raises(ConfigError, match=TAKEN):
        tenure.take()
    stop.set()
    other.join()
    # Silent by now, for half of the 2 seconds.
    tenure.take()
    tenure.end()


def test_who_lives_here_with_another_folder_keeps_the_name(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    store.workers.beat("w1", now(), LIVES_HERE)
    with pytest.raises(ConfigError, match=TAKEN):
        a_tenure(settings.model_copy(update={"data_dir": tmp_path / "b"}), store).take()


@pytest.mark.parametrize(
    ("instance", "age", "retired"),
    [
        (ENDED_HERE, 0, False),
        (ELSEWHERE, 3, False),
        (LIVES_HERE, 3, False),
        (ELSEWHERE, 0, True),
        ("", 0, False),
    ],
    # Numbers of processes in them would differ where tests run in several.
    ids=["ended-here", "silent-elsewhere", "silent-here", "retired-elsewhere", "nameless"],
)
def test_a_name_that_was_left_is_taken_at_once(
    settings: Settings, store: Store, instance: str, age: int, retired: bool
) -> None:
    store.workers.beat("w1", now() - timedelta(seconds=age), instance)
    if retired:
        store.workers.retire("w1")
    began = time.monotonic()
    tenure = a_tenure(settings, store)
    tenure.take()
    assert time.monotonic() - began < 0.9
    newest = store.workers.newest_beat("w1")
    assert newest is not None
    assert newest.instance == this_process()
    assert not newest.retired
    tenure.end()


def test_a_worker_refuses_a_name_that_lives(settings: Settings, bot: FakeBot) -> None:
    with Worker(settings, bot), pytest.raises(ConfigError, match=TAKEN):
        Worker(settings, bot).__enter__()
    with Worker(settings, bot):
        pass


def test_a_worker_whose_name_was_taken_stops_and_leaves_everything(
    settings: Settings, bot: FakeBot, store: Store
) -> None:
    stop, faults = threading.Event(), []

    def run() -> None:
        try:
            run_worker(settings, bot, stop)
        except ConfigError as error:
            faults.append(str(error))

    thread = threading.Thread(target=run)
    thread.start()
    bot.wait_for("due")
    store.workers.beat("w1", now(), ELSEWHERE)
    thread.join(20)
    assert not thread.is_alive()
    assert stop.is_set()
    assert faults == [a_tenure(settings, store).taken]
    newest = store.workers.newest_beat("w1")
    assert newest is not None
    assert (newest.instance, newest.retired) == (ELSEWHERE, False)
