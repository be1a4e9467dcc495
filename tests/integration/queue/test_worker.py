"""A worker's life in one process: start, rounds, an orderly stop, and what is left for later."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from app.errors import RateLimited, TransientError
from app.inbox import DurableInbox
from app.jobs import Worker, run_worker
from app.queue.work_queue import WorkQueue
from app.settings import Settings
from app.store import Store
from app.store.schema import lease
from tests.integration.queue.fakes import FakeBot, a_delivery

Outcome = Callable[[str], str]


def test_what_came_while_no_worker_was_there_is_done(
    settings: Settings, bot: FakeBot, inbox: DurableInbox, outcome: Outcome
) -> None:
    inbox.accept(a_delivery())
    with Worker(settings, bot):
        assert outcome("g1") == outcome("ask:N1:c1") == "SUCCESS"


def test_run_worker_ends_when_told(settings: Settings, bot: FakeBot) -> None:
    stop = threading.Event()
    before = set(threading.enumerate())
    thread = threading.Thread(target=run_worker, args=(settings, bot, stop))
    thread.start()
    bot.wait_for("due")
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    assert set(threading.enumerate()) <= before


def test_a_step_in_progress_is_finished_before_the_stop(
    settings: Settings, bot: FakeBot, inbox: DurableInbox, work: WorkQueue, outcome: Outcome
) -> None:
    gate = threading.Event()
    bot.script["draft"] = [lambda: gate.wait(10)]
    inbox.accept(a_delivery())
    with Worker(settings, bot):
        bot.wait_for("draft")
        threading.Timer(0.2, gate.set).start()
    assert bot.steps()[:3] == ["handle", "acknowledge", "draft"]
    with Worker(settings, bot):
        assert outcome("ask:N1:c1") == "SUCCESS"
    assert bot.steps() == ["handle", "acknowledge", "draft", "publish"]
    assert work.unfinished() == []


def test_a_stop_does_not_wait_for_a_long_pause(
    make_settings: Callable[..., Settings],
    bot: FakeBot,
    inbox: DurableInbox,
    work: WorkQueue,
    outcome: Outcome,
) -> None:
    settings = make_settings(attempts=3, backoff=0.0, worker_id="w1")
    bot.script["publish"] = [RateLimited("wait", retry_after=1.5)]
    inbox.accept(a_delivery())
    with Worker(settings, bot):
        bot.wait_for("publish")
        began = time.monotonic()
        while not _waits(settings, "ask:N1:c1"):
            assert time.monotonic() - began < 10
            time.sleep(0.01)
        began = time.monotonic()
    assert time.monotonic() - began < 1.2
    assert work.unfinished() == ["ask:N1:c1"]
    assert work.release("w1") == 0
    with Worker(settings, bot):
        assert outcome("ask:N1:c1") == "SUCCESS"
    first, second = [
        at for call, at in zip(bot.calls, bot.times, strict=True) if call[0] == "publish"
    ]
    assert second - first >= 1.5
    assert bot.steps() == ["handle", "acknowledge", "draft", "publish", "publish"]


def _waits(settings: Settings, key: str) -> bool:
    """Tells whether a workflow has noted until when it pauses."""
    from dbos import DBOS

    return any(step["function_name"] == "wait" for step in DBOS.list_workflow_steps(key))


def test_a_worker_is_known_while_it_lives(settings: Settings, bot: FakeBot, store: Store) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with Worker(settings, bot):
        assert store.workers.silent(tomorrow) == ["w1"]
    assert store.workers.silent(tomorrow) == []


def test_replies_are_swept_again_and_again_whatever_happens(
    make_settings: Callable[..., Settings], bot: FakeBot
) -> None:
    settings = make_settings(sweep_seconds=1, worker_id="w1")
    bot.script["due"] = [TransientError("down"), ValueError("bug")]
    with Worker(settings, bot):
        for _ in range(3):
            bot.wait_for("due")
    due = [at for call, at in zip(bot.calls, bot.times, strict=True) if call[0] == "due"]
    assert all(later - earlier >= 1 for earlier, later in pairwise(due))


def test_a_sweep_waits_as_long_as_github_says(
    make_settings: Callable[..., Settings], bot: FakeBot
) -> None:
    bot.script["due"] = [RateLimited("wait", retry_after=1.6)]
    with Worker(make_settings(sweep_seconds=1), bot):
        bot.wait_for("due")
        bot.wait_for("due")
    first, second = [at for call, at in zip(bot.calls, bot.times, strict=True) if call[0] == "due"][
        :2
    ]
    assert second - first >= 1.6


def test_the_fewest_connections_are_enough(
    make_settings: Callable[..., Settings],
    bot: FakeBot,
    inbox: DurableInbox,
    outcome: Outcome,
) -> None:
    settings = make_settings(database_connections=2, worker_id="w1", sweep_seconds=0.1)
    keys = [f"N{number}" for number in range(12)]
    for key in keys:
        inbox.accept(a_delivery(f"g-{key}", key))
    with Worker(settings, bot):
        assert {outcome(f"g-{key}") for key in keys} == {"SUCCESS"}
        assert {outcome(f"ask:{key}:c1") for key in keys} == {"SUCCESS"}


def test_what_is_not_to_be_kept_is_deleted(settings: Settings, bot: FakeBot, store: Store) -> None:
    now = datetime.now(UTC)
    # Another worker deletes for all; this one still has a disk of its own.
    assert store.workers.lease("tend", "other", now, now + timedelta(hours=1))
    with Worker(settings, bot):
        bot.wait_for("tidy")
        bot.wait_for("due")
    assert ("forget_due",) not in bot.calls
    store.workers.release("tend", "other")
    bot.script["forget_due"] = [TransientError("down")]
    with Worker(settings, bot):
        bot.wait_for("prune")
        bot.wait_for("forget_due")


def test_one_worker_at_a_time_sweeps(
    settings: Settings, bot: FakeBot, store: Store, inbox: DurableInbox, outcome: Outcome
) -> None:
    now = datetime.now(UTC)
    assert store.workers.lease("sweep", "other", now, now + timedelta(hours=1))
    inbox.accept(a_delivery())
    with Worker(settings, bot):
        assert outcome("g1") == outcome("ask:N1:c1") == "SUCCESS"
    assert ("due",) not in bot.calls
    store.workers.release("sweep", "other")
    with Worker(settings, bot):
        bot.wait_for("due")
    assert store.workers.lease("sweep", "other", now, now + timedelta(hours=1))


def test_a_long_round_keeps_its_lease(
    make_settings: Callable[..., Settings], bot: FakeBot, store: Store
) -> None:
    def until() -> datetime:
        with store.engine.connect() as connection:
            statement = select(lease.c.until).where(lease.c.name == "sweep")
            return connection.execute(statement).scalar_one()

    gate = threading.Event()
    bot.script["due"] = [lambda: gate.wait(10)]
    with Worker(make_settings(worker_id="w1", worker_silence=2), bot):
        bot.wait_for("due")
        first, deadline = until(), time.monotonic() + 10
        while until() <= first:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert not gate.is_set()
        gate.set()


def test_old_work_is_forgotten_by_the_way(
    make_settings: Callable[..., Settings],
    bot: FakeBot,
    inbox: DurableInbox,
    outcome: Outcome,
) -> None:
    inbox.accept(a_delivery())
    with Worker(make_settings(), bot):
        assert outcome("g1") == outcome("ask:N1:c1") == "SUCCESS"
    assert not inbox.accept(a_delivery())
    with Worker(make_settings(sweep_seconds=1, keep_workflows_days=1e-9), bot):
        # The round that sweeps anew has forgotten before it.
        bot.wait_for("due")
        bot.wait_for("due")
        bot.wait_for("due")
    assert inbox.accept(a_delivery())


@pytest.mark.parametrize("name", ["", "w9"])
def test_a_worker_has_a_name(
    make_settings: Callable[..., Settings], bot: FakeBot, name: str
) -> None:
    import socket

    with Worker(make_settings(worker_id=name), bot) as worker:
        assert worker.id == (name or socket.gethostname())
