"""Work that failed or was put off is taken up again by itself; on both databases."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from dbos import WorkflowStatus

from app.domain import Job
from app.errors import ConfigError, RateLimited, TransientError
from app.inbox import DurableInbox
from app.jobs import Worker
from app.queue.names import LEARNED_DUE, MISSED, START_DUE
from app.queue.retries import retried_at
from app.queue.work_queue import WorkQueue
from app.settings import Settings
from tests.integration.queue.fakes import WAIT, FakeBot, a_delivery

Outcome = Callable[[str], str]
ANSWER = ["acknowledge", "draft", "publish"]


@pytest.fixture
def worker(settings: Settings, bot: FakeBot) -> Iterator[Worker]:
    with Worker(settings, bot) as running:
        yield running


def down(times: int) -> list[object]:
    return [TransientError("down") for _ in range(times)]


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("event", "action", "key", "step"),
    [
        ("push", "", "refresh:1:g1", "repository"),
        ("issues", "edited", "learned:1:g1", "look"),
        ("issue_comment", "edited", "sweep:1:3:g1", "thread"),
    ],
)
def test_other_work_that_failed_runs_again_when_its_delivery_comes_again(
    bot: FakeBot,
    inbox: DurableInbox,
    outcome: Outcome,
    event: str,
    action: str,
    key: str,
    step: str,
) -> None:
    bot.script[step] = down(3)
    delivery = replace(a_delivery(), event=event, action=action, commands=())
    inbox.accept(delivery)
    assert outcome("g1") == "SUCCESS"
    assert outcome(key).endswith(": again")
    assert inbox.accept(delivery)
    assert outcome(key) == "SUCCESS"
    assert not inbox.accept(delivery)
    assert bot.steps().count(step) == 4


@pytest.mark.usefixtures("worker")
def test_what_failed_is_tried_again_with_growing_pauses_for_three_days(
    bot: FakeBot, inbox: DurableInbox, work: WorkQueue, outcome: Outcome
) -> None:
    bot.script["handle"] = down(6)
    inbox.accept(a_delivery())
    outcome("g1")
    now = datetime.now(UTC)
    assert work.retry(now + timedelta(seconds=50)) == 0
    assert work.retry(now + timedelta(days=4)) == 0
    assert work.retry(now + timedelta(seconds=65)) == 1
    assert work.retry(now + timedelta(hours=2)) == 0
    assert outcome("g1") == "deliveries.handle: again"
    assert work.retry(datetime.now(UTC) + timedelta(seconds=65)) == 1
    assert outcome("g1") == outcome("ask:N1:c1") == "SUCCESS"
    assert work.retry(datetime.now(UTC) + timedelta(hours=2)) == 0
    assert bot.steps() == ["handle"] * 7 + ANSWER


@pytest.mark.parametrize(
    ("tried", "pause"),
    # Minutes that work was tried for in vain, and those until it is tried again.
    [(0, 1), (0.5, 1), (1, 1), (2, 2), (15, 15), (59, 59), (60, 60), (600, 60)],
)
def test_the_pause_grows_with_the_time_tried(tried: float, pause: float) -> None:
    work = WorkflowStatus()
    work.created_at, work.completed_at = 60_000, int((1 + tried) * 60_000)
    assert retried_at(work) == (1 + tried + pause) * 60_000


def test_an_outage_longer_than_all_attempts_loses_nothing(
    settings: Settings,
    bot: FakeBot,
    inbox: DurableInbox,
    work: WorkQueue,
    outcome: Outcome,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.jobs.TEND_SECONDS", 0.1)
    monkeypatch.setattr("app.queue.retries.SHORTEST_PAUSE", timedelta(0))
    monkeypatch.setattr("app.queue.retries.LONGEST_PAUSE", timedelta(0))
    back = threading.Event()

    def reach() -> bool:
        if not back.is_set():
            raise TransientError("down")
        return True

    steps = ("handle", "draft", "apologise", "repository", "thread")
    bot.script |= {step: [reach] * 500 for step in steps}
    bot.script["handle"] = [*down(5), *[True] * 10]
    with Worker(settings, bot):
        inbox.accept(replace(a_delivery("g1"), action="edited"))
        inbox.accept(replace(a_delivery("g2", "N2"), event="push", action="", commands=()))
        for step in ("apologise", "repository", "thread"):
            # Each of the 3 attempts twice over, so that the work has failed and been revived.
            for _ in range(7):
                bot.wait_for(step)
        back.set()
        deadline = time.monotonic() + WAIT
        for key in ("g1", "g2", "ask:N1:c1", "refresh:1:g2", "sweep:1:3:g1"):
            while outcome(key) != "SUCCESS":
                assert time.monotonic() < deadline
    # Answered, or told that there is no answer where GitHub came back in between.
    assert bot.steps().count("publish") <= 1
    assert work.unfinished() == []


@pytest.mark.usefixtures("worker")
def test_a_long_wait_of_one_installation_leaves_the_others_their_place(
    bot: FakeBot, inbox: DurableInbox, work: WorkQueue, outcome: Outcome
) -> None:
    bot.script["handle"] = [RateLimited("wait", retry_after=3600) for _ in range(16)]
    for number in range(16):
        inbox.accept(a_delivery(f"a{number}", f"A{number}"))
    for _ in range(16):
        bot.wait_for("handle")
    inbox.accept(a_delivery("b1", "B1"))
    assert outcome("b1") == outcome("ask:B1:c1") == "SUCCESS"
    assert bot.steps() == ["handle"] * 17 + ANSWER
    assert sorted(work.unfinished()) == sorted(f"a{number}" for number in range(16))
    assert not inbox.accept(a_delivery("a0", "A0"))


@pytest.mark.usefixtures("worker")
def test_work_that_was_put_off_goes_on_where_it_was(
    bot: FakeBot, inbox: DurableInbox, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.trying.LONGEST_LIMIT", 0.1)
    bot.script["publish"] = [RateLimited("wait", retry_after=0.5)]
    inbox.accept(a_delivery())
    assert outcome("g1") == outcome("ask:N1:c1") == "SUCCESS"
    assert bot.steps() == ["handle", *ANSWER, "publish"]
    first, second = [
        at for call, at in zip(bot.calls, bot.times, strict=True) if call[0] == "publish"
    ]
    assert 0.5 <= second - first < 5


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("name", "step"),
    [(START_DUE, "start_due"), (MISSED, "ask_again"), (LEARNED_DUE, "learned_due")],
)
def test_what_a_schedule_puts_in_is_left_to_its_next_time(
    bot: FakeBot, work: WorkQueue, outcome: Outcome, name: str, step: str
) -> None:
    bot.script[step] = down(3)
    work.put(name, "scheduled", ["2026-11-21", None])
    assert outcome("scheduled").endswith(": again")
    assert work.retry(datetime.now(UTC) + timedelta(hours=2)) == 0


@pytest.mark.usefixtures("worker")
def test_a_key_that_was_revoked_is_told_plainly_and_waited_for(
    bot: FakeBot, inbox: DurableInbox, work: WorkQueue, outcome: Outcome
) -> None:
    bot.script["handle"] = [ConfigError(["the key is refused"]) for _ in range(3)]
    with structlog.testing.capture_logs() as lines:
        inbox.accept(a_delivery())
        assert outcome("g1") == "deliveries.handle: again"
    told = [line for line in lines if line["event"].startswith("step.")]
    assert [line["event"] for line in told] == ["step.again"] * 3
    assert told[0]["cause"] == "the key is refused"
    assert not any("exc_info" in line for line in lines)
    assert work.retry(datetime.now(UTC) + timedelta(seconds=65)) == 1
    assert outcome("g1") == outcome("ask:N1:c1") == "SUCCESS"


@pytest.mark.parametrize(
    ("name", "of", "other"),
    [("refresh", "refresh:1", "refresh:12"), ("sweep_thread", "sweep:1:3", "sweep:1:31")],
)
def test_the_same_waits_once_however_many_deliveries_want_it(
    work: WorkQueue, name: str, of: str, other: str
) -> None:
    def put(key: str) -> bool:
        return work.put_job(Job(name=name, key=key, args=(1,)))

    assert put(f"{other}:g0")
    assert put(f"{of}:g1")
    assert not put(f"{of}:g2")
    assert sorted(work.unfinished()) == sorted([f"{other}:g0", f"{of}:g1"])


@pytest.mark.usefixtures("worker")
def test_what_has_begun_does_not_stand_for_what_comes_after(
    bot: FakeBot, inbox: DurableInbox, outcome: Outcome
) -> None:
    ended = threading.Event()
    bot.script["repository"] = [ended.wait]
    push = replace(a_delivery(), event="push", action="", commands=())
    inbox.accept(push)
    bot.wait_for("repository")
    inbox.accept(replace(push, guid="g2"))
    assert outcome("g2") == "SUCCESS"
    ended.set()
    assert outcome("refresh:1:g1") == outcome("refresh:1:g2") == "SUCCESS"
    assert bot.steps().count("repository") == 2
