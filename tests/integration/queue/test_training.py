"""Training runs in the queue: their own queue, one at a time, ended or taken up again."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from dbos import DBOSClient, DBOSPortableJSONSerializer

from app.errors import TransientError, UserError
from app.inbox import DurableInbox
from app.jobs import DUE_CRON, LEARNED_CRON, TRAINING_POLL_SECONDS, Worker
from app.queue.names import LEARNED_DUE, RETRAIN, START_DUE
from app.queue.work_queue import WorkQueue
from app.settings import Settings
from tests.integration.queue.fakes import WAIT, FakeBot, a_delivery

Outcome = Callable[[str], str]
KEY = "retrain:run1"
STEPS = ["prepare", "train", "judge", "finish"]


@pytest.fixture
def ordered(work: WorkQueue) -> str:
    work.put(RETRAIN, KEY, ["run1"])
    return KEY


def test_a_run_goes_through_its_steps(
    settings: Settings, bot: FakeBot, ordered: str, outcome: Outcome
) -> None:
    with Worker(settings, bot):
        assert outcome(ordered) == "SUCCESS"
    assert bot.steps() == STEPS


@pytest.mark.parametrize("last", ["prepare", "train", "judge"])
def test_a_run_that_has_ended_goes_no_further(
    settings: Settings, bot: FakeBot, ordered: str, outcome: Outcome, last: str
) -> None:
    bot.script[last] = [False]
    with Worker(settings, bot):
        assert outcome(ordered) == "SUCCESS"
    assert bot.steps() == STEPS[: STEPS.index(last) + 1]


def test_a_step_that_refuses_ends_the_run(
    settings: Settings, bot: FakeBot, ordered: str, outcome: Outcome
) -> None:
    bot.script["judge"] = [UserError("The files are damaged.")]
    with Worker(settings, bot):
        assert outcome(ordered) == "SUCCESS"
    assert bot.steps() == ["prepare", "train", "judge"]


def test_a_training_that_dies_goes_on(
    settings: Settings, bot: FakeBot, ordered: str, outcome: Outcome
) -> None:
    bot.script["train"] = [TransientError("it died")]
    with Worker(settings, bot):
        assert outcome(ordered) == "SUCCESS"
    assert bot.steps() == ["prepare", "train", "train", "judge", "finish"]


@pytest.mark.parametrize("faults", [[TransientError("it died")] * 3, [ZeroDivisionError()]])
def test_what_no_try_brings_to_its_end_is_told(
    settings: Settings, bot: FakeBot, ordered: str, outcome: Outcome, faults: list[object]
) -> None:
    bot.script["train"] = list(faults)
    with Worker(settings, bot):
        assert outcome(ordered) == "SUCCESS"
    assert bot.steps() == ["prepare", *["train"] * len(faults), "fail"]


def test_a_worker_that_stops_leaves_the_run_to_the_next(
    settings: Settings, bot: FakeBot, ordered: str, work: WorkQueue, outcome: Outcome
) -> None:
    # The step sees the stop and returns; what it says of the run then is not believed.
    bot.script["train"] = [lambda: bot.stop.wait(20) and False]
    with Worker(settings, bot):
        bot.wait_for("train")
    assert work.unfinished() == [KEY]
    with Worker(settings, bot):
        assert outcome(ordered) == "SUCCESS"
    assert bot.steps() == ["prepare", "train", "train", "judge", "finish"]


def test_one_run_at_a_time(
    make_settings: Callable[..., Settings], bot: FakeBot, work: WorkQueue, outcome: Outcome
) -> None:
    # Sweeps come more rarely than looks for work in the queue of training.
    settings = make_settings(worker_id="w1", sweep_seconds=1.5 * TRAINING_POLL_SECONDS)
    gate = threading.Event()
    bot.script["train"] = [lambda: gate.wait(WAIT)]
    keys = [f"retrain:run{number}" for number in range(2)]
    for number, key in enumerate(keys):
        work.put(RETRAIN, key, [f"run{number}"])
    with Worker(settings, bot):
        bot.wait_for("train")
        # The one that may be due already, and another one.
        for _ in range(3):
            bot.wait_for("due")
        assert bot.steps() == ["prepare", "train"]
        gate.set()
        assert [outcome(key) for key in keys] == ["SUCCESS", "SUCCESS"]
    assert bot.steps() == STEPS * 2


def test_workers_work_on_what_they_are_told_to(
    make_settings: Callable[..., Settings],
    bot: FakeBot,
    inbox: DurableInbox,
    ordered: str,
    work: WorkQueue,
    outcome: Outcome,
) -> None:
    inbox.accept(a_delivery())
    with Worker(make_settings(worker_id="w1"), bot, group="training"):
        assert outcome(ordered) == "SUCCESS"
    assert bot.steps() == STEPS
    assert ("due",) not in bot.calls, "a host that trains does not sweep"
    work.put(RETRAIN, "retrain:run2", ["run2"])
    with Worker(make_settings(worker_id="w2"), bot, group="answers"):
        # The ask is there once the delivery was taken up.
        assert outcome("g1") == "SUCCESS"
        assert outcome("ask:N1:c1") == "SUCCESS"
    assert "prepare" not in bot.steps()[len(STEPS) :]
    assert work.unfinished() == ["retrain:run2"]


def test_the_clock_begins_runs_once_for_all_workers(
    make_settings: Callable[..., Settings], bot: FakeBot, outcome: Outcome
) -> None:
    settings = make_settings(worker_id="w1")
    client = DBOSClient(
        system_database_url=settings.queue_database,
        serializer=DBOSPortableJSONSerializer(),
        application_name="treadle",
    )
    try:
        with Worker(settings, bot):
            schedules = {one["schedule_name"]: one["schedule"] for one in client.list_schedules()}
            assert schedules == {START_DUE: DUE_CRON, LEARNED_DUE: LEARNED_CRON}
            # What the clock does at each full hour, for the last two.
            now = datetime.now(UTC)
            begun = client.backfill_schedule(START_DUE, now - timedelta(hours=2), now)
            again = client.backfill_schedule(START_DUE, now - timedelta(hours=2), now)
            keys = [handle.workflow_id for handle in begun]
            assert len(keys) == 2 and keys == [handle.workflow_id for handle in again]
            assert {outcome(key) for key in keys} == {"SUCCESS"}
        assert bot.calls.count(("start_due",)) == 2
        with Worker(settings, bot):
            assert len(client.list_schedules()) == 2
    finally:
        client.destroy()
