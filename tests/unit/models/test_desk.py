"""Work that one thread puts and another takes."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.models import desk as desk_module
from app.models.desk import Desk
from app.models.jobs import Context
from app.models.wire import Ask, Forget, Keep

WAIT = 60.0


def ask(number: int, context: int) -> Ask:
    return Ask(number=number, context=context, kind="logprob", texts=("",))


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    # Long, so that a test that waits in vain is seen.
    monkeypatch.setattr(desk_module, "PATIENCE_SECONDS", WAIT)
    return Desk()


def test_orders_come_with_the_jobs_that_follow_them(desk: Desk) -> None:
    keep = Keep(number=1, context=Context(prompt="p"))
    desk.put(keep)
    desk.put(ask(1, context=1))

    assert desk.take(10) == ([keep], [ask(1, context=1)])


def test_it_waits_for_work(desk: Desk) -> None:
    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(desk.take, 10)
        desk.put(ask(1, context=1))
        assert taking.result(WAIT) == ([], [ask(1, context=1)])


def test_an_ask_that_is_alone_does_not_wait(desk: Desk) -> None:
    desk.ran([ask(1, context=1)], 1000.0)
    desk.put(ask(2, context=1))
    began = time.monotonic()

    assert desk.take(10)[1] == [ask(2, context=1)]
    assert time.monotonic() - began < WAIT / 2


def test_asks_of_one_run_are_waited_for(desk: Desk) -> None:
    desk.ran([ask(1, context=1), ask(2, context=2)], 1000.0)
    desk.put(ask(3, context=1))
    waiting = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(lambda: (waiting.set(), desk.take(10))[1])
        waiting.wait(WAIT)
        desk.put(ask(4, context=2))
        assert [job.number for job in taking.result(WAIT)[1]] == [3, 4]


@pytest.mark.parametrize("rows", [1, 10])
def test_but_not_once_they_ended_or_where_the_run_is_full(desk: Desk, rows: int) -> None:
    desk.ran([ask(1, context=1), ask(2, context=2)], 1000.0)
    desk.put(ask(3, context=1))
    if rows > 1:
        desk.put(Forget(number=2))
    began = time.monotonic()

    assert desk.take(rows)[1] == [ask(3, context=1)]
    assert time.monotonic() - began < WAIT / 2


def test_nor_for_longer_than_a_share_of_the_last_run(desk: Desk) -> None:
    desk.ran([ask(1, context=1), ask(2, context=2)], 0.2)
    desk.put(ask(3, context=1))
    began = time.monotonic()

    assert desk.take(10)[1] == [ask(3, context=1)]
    # A tenth of 0.2 s, on a machine that may be busy.
    assert 0.02 <= time.monotonic() - began < WAIT / 2


def test_a_dropped_job_is_not_taken(desk: Desk) -> None:
    desk.put(ask(1, context=1))
    desk.put(ask(2, context=2))

    assert desk.drop(1)
    assert not desk.drop(1)
    assert desk.take(10)[1] == [ask(2, context=2)]
