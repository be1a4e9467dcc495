"""What a worker does with deliveries and asks, and with what goes wrong; on both databases."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import MetaData, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.domain import Job
from app.errors import GoneError, RateLimited, TransientError, UserError
from app.inbox import DurableInbox
from app.jobs import Worker
from app.queue.names import LEARNED, LEARNED_DUE
from app.queue.work_queue import WorkQueue
from app.settings import Settings
from app.store.engine import open_engine
from tests.integration.queue.fakes import WAIT, FakeBot, a_delivery

Outcome = Callable[[str], str]
ANSWER = ["acknowledge", "draft", "publish"]
SECRET = "my cat is called Fluff"


@pytest.fixture
def worker(settings: Settings, bot: FakeBot) -> Iterator[Worker]:
    with Worker(settings, bot) as running:
        yield running


def down(times: int) -> list[object]:
    return [TransientError(SECRET) for _ in range(times)]


@pytest.mark.usefixtures("worker")
def test_a_command_is_answered(bot: FakeBot, inbox: DurableInbox, outcome: Outcome) -> None:
    inbox.accept(a_delivery())
    assert outcome("g1") == "SUCCESS"
    assert outcome("ask:N1:c1") == "SUCCESS"
    assert bot.steps() == ["handle", *ANSWER]


@pytest.mark.usefixtures("worker")
def test_each_command_of_a_comment_is_answered(
    bot: FakeBot, inbox: DurableInbox, outcome: Outcome
) -> None:
    inbox.accept(a_delivery("g1", "N1", "c1", "c2"))
    assert outcome("g1") == outcome("ask:N1:c1") == outcome("ask:N1:c2") == "SUCCESS"
    assert sorted(bot.steps()) == sorted(["handle", *ANSWER, *ANSWER])


@pytest.mark.usefixtures("worker")
def test_a_known_delivery_is_not_handled_again(
    bot: FakeBot, inbox: DurableInbox, outcome: Outcome
) -> None:
    assert inbox.accept(a_delivery())
    assert not inbox.accept(a_delivery())
    outcome("g1")
    outcome("ask:N1:c1")
    assert not inbox.accept(a_delivery())
    inbox.accept(a_delivery("g2", "N2"))
    outcome("g2")
    outcome("ask:N2:c1")
    assert bot.steps() == ["handle", *ANSWER] * 2


@pytest.mark.usefixtures("worker")
def test_two_deliveries_of_one_command_make_one_ask(
    bot: FakeBot, inbox: DurableInbox, outcome: Outcome
) -> None:
    inbox.accept(a_delivery("g1"))
    inbox.accept(a_delivery("g2"))
    assert outcome("g1") == outcome("g2") == outcome("ask:N1:c1") == "SUCCESS"
    assert sorted(bot.steps()) == sorted(["handle", "handle", *ANSWER])


@pytest.mark.usefixtures("worker")
def test_looks_at_issues_that_are_due_are_work_of_their_own(
    bot: FakeBot, work: WorkQueue, outcome: Outcome
) -> None:
    bot.looks = [Job(name=LEARNED, key=f"learned:{one}:now", args=(one,)) for one in (1, 2)]
    bot.script["look"] = [ValueError("a bug")]
    work.put(LEARNED_DUE, "scheduled", ["2026-11-21", None])
    assert outcome("scheduled") == "SUCCESS"
    found = {outcome(f"learned:{one}:now") for one in (1, 2)}
    assert "SUCCESS" in found and len(found) == 2


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("event", "action", "key", "call"),
    [
        ("push", "", "refresh:1:g1", ("repository", "1")),
        ("issues", "edited", "learned:1:g1", ("look", "1")),
        ("issue_comment", "edited", "sweep:1:3:g1", ("thread", "1", "3")),
    ],
)
def test_other_work_is_done(
    bot: FakeBot,
    inbox: DurableInbox,
    outcome: Outcome,
    event: str,
    action: str,
    key: str,
    call: tuple[str, ...],
) -> None:
    bot.script[call[0]] = down(1)
    inbox.accept(replace(a_delivery(), event=event, action=action, commands=()))
    assert outcome("g1") == outcome(key) == "SUCCESS"
    assert bot.calls.count(call) == 2


@pytest.mark.usefixtures("worker")
def test_a_delivery_that_failed_runs_again_when_it_comes_again(
    bot: FakeBot, inbox: DurableInbox, outcome: Outcome
) -> None:
    bot.script["handle"] = down(3)
    inbox.accept(a_delivery())
    assert outcome("g1") == "deliveries.handle: again"
    assert inbox.accept(a_delivery())
    assert outcome("g1") == outcome("ask:N1:c1") == "SUCCESS"
    assert bot.steps() == ["handle"] * 4 + ANSWER


@pytest.mark.usefixtures("worker")
def test_a_bug_in_planning_fails_the_delivery_at_once(
    bot: FakeBot, inbox: DurableInbox, outcome: Outcome
) -> None:
    bot.script["handle"] = [ValueError(SECRET)]
    inbox.accept(a_delivery())
    assert outcome("g1") == "deliveries.handle: broken"
    assert bot.steps() == ["handle"]


@pytest.mark.usefixtures("worker")
def test_an_ask_that_failed_runs_again_when_its_delivery_comes_again(
    bot: FakeBot, inbox: DurableInbox, outcome: Outcome
) -> None:
    bot.script |= {"publish": down(3), "apologise": down(3)}
    inbox.accept(a_delivery())
    assert outcome("g1") == "SUCCESS"
    assert outcome("ask:N1:c1") == "ask.apologise: again"
    assert bot.steps() == ["handle", "acknowledge", "draft", *["publish"] * 3, *["apologise"] * 3]
    assert inbox.accept(a_delivery())
    assert outcome("ask:N1:c1") == "SUCCESS"
    assert bot.steps()[9:] == ANSWER
    assert not inbox.accept(a_delivery())


@pytest.mark.usefixtures("worker")
def test_an_ask_that_failed_runs_again_when_another_delivery_carries_it(
    bot: FakeBot, inbox: DurableInbox, outcome: Outcome
) -> None:
    bot.script |= {"acknowledge": down(3), "apologise": down(3)}
    inbox.accept(a_delivery("g1"))
    assert outcome("g1") == "SUCCESS"
    assert outcome("ask:N1:c1") == "ask.apologise: again"
    inbox.accept(a_delivery("g2"))
    assert outcome("g2") == "SUCCESS"
    assert outcome("ask:N1:c1") == "SUCCESS"
    assert bot.steps()[-3:] == ANSWER


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("step", ANSWER)
def test_a_passing_fault_is_tried_again(
    bot: FakeBot, inbox: DurableInbox, outcome: Outcome, step: str
) -> None:
    bot.script[step] = down(2)
    inbox.accept(a_delivery())
    assert outcome("g1") == outcome("ask:N1:c1") == "SUCCESS"
    before = ANSWER[: ANSWER.index(step)]
    after = ANSWER[ANSWER.index(step) + 1 :]
    assert bot.steps() == ["handle", *before, *[step] * 3, *after]


@pytest.mark.usefixtures("worker")
def test_a_database_that_is_away_is_a_passing_fault(
    bot: FakeBot, inbox: DurableInbox, outcome: Outcome
) -> None:
    bot.script["draft"] = [OperationalError("SELECT 1", {}, Exception("connection refused"))]
    inbox.accept(a_delivery())
    assert outcome("g1") == outcome("ask:N1:c1") == "SUCCESS"
    assert bot.steps() == ["handle", "acknowledge", "draft", "draft", "publish"]


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("fault", "calls"), [(PoolTimeout("no connection is free"), 2), (UserError("no"), 1)]
)
def test_a_fault_outside_of_an_ask_is_passing_or_the_end(
    bot: FakeBot, inbox: DurableInbox, outcome: Outcome, fault: Exception, calls: int
) -> None:
    bot.script["repository"] = [fault]
    inbox.accept(replace(a_delivery(), event="push", action="", commands=()))
    assert outcome("g1") == outcome("refresh:1:g1") == "SUCCESS"
    assert bot.steps() == ["handle", *["repository"] * calls]


@pytest.mark.usefixtures("worker")
def test_github_says_how_long_to_wait(bot: FakeBot, inbox: DurableInbox, outcome: Outcome) -> None:
    bot.script["publish"] = [RateLimited(SECRET, retry_after=0.4)]
    inbox.accept(a_delivery())
    assert outcome("g1") == outcome("ask:N1:c1") == "SUCCESS"
    first, second = [
        at for call, at in zip(bot.calls, bot.times, strict=True) if call[0] == "publish"
    ]
    assert 0.4 <= second - first < 5


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("step", ANSWER)
def test_the_asker_is_told_after_the_last_try(
    bot: FakeBot, inbox: DurableInbox, outcome: Outcome, step: str
) -> None:
    bot.script |= {step: down(3), "apologise": down(1)}
    inbox.accept(a_delivery())
    assert outcome("g1") == outcome("ask:N1:c1") == "SUCCESS"
    before = ANSWER[: ANSWER.index(step)]
    assert bot.steps() == ["handle", *before, *[step] * 3, "apologise", "apologise"]


@pytest.mark.usefixtures("worker")
def test_a_bug_is_answered_with_an_apology(
    bot: FakeBot, inbox: DurableInbox, outcome: Outcome
) -> None:
    bot.script["draft"] = [KeyError(SECRET)]
    inbox.accept(a_delivery())
    assert outcome("g1") == outcome("ask:N1:c1") == "SUCCESS"
    assert bot.steps() == ["handle", "acknowledge", "draft", "apologise"]


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("step", ANSWER)
@pytest.mark.parametrize(
    ("fault", "call"),
    [
        (UserError("too often"), ("refuse", "ask:N1:c1", "too often")),
        (GoneError(SECRET), ("drop", "ask:N1:c1")),
    ],
)
def test_an_ask_that_may_not_be_ends(
    bot: FakeBot,
    inbox: DurableInbox,
    outcome: Outcome,
    step: str,
    fault: Exception,
    call: tuple[str, ...],
) -> None:
    bot.script[step] = [fault]
    inbox.accept(a_delivery())
    assert outcome("g1") == outcome("ask:N1:c1") == "SUCCESS"
    done = ANSWER[: ANSWER.index(step) + 1]
    assert bot.steps() == ["handle", *done, call[0]]
    assert call in bot.calls


@pytest.mark.usefixtures("worker")
def test_an_ask_whose_comment_goes_while_it_is_refused_is_dropped(
    bot: FakeBot, inbox: DurableInbox, outcome: Outcome
) -> None:
    bot.script |= {"acknowledge": [UserError("no")], "refuse": [GoneError("gone")]}
    inbox.accept(a_delivery())
    assert outcome("g1") == outcome("ask:N1:c1") == "SUCCESS"
    assert bot.steps() == ["handle", "acknowledge", "refuse", "drop"]


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("step", ANSWER[:2])
def test_an_ask_ends_where_nothing_is_to_be_said(
    bot: FakeBot, inbox: DurableInbox, outcome: Outcome, step: str
) -> None:
    bot.script[step] = [False]
    inbox.accept(a_delivery())
    assert outcome("g1") == outcome("ask:N1:c1") == "SUCCESS"
    assert bot.steps() == ["handle", *ANSWER[: ANSWER.index(step) + 1]]


@pytest.mark.usefixtures("worker")
def test_no_text_of_people_is_in_the_queue(
    settings: Settings, bot: FakeBot, inbox: DurableInbox, outcome: Outcome
) -> None:
    bot.script |= {
        "handle": [TransientError(SECRET)],
        "acknowledge": [TransientError(SECRET), UserError(SECRET), True, True],
        "refuse": [TransientError(SECRET)],
        "draft": [GoneError(SECRET), ValueError(SECRET)],
        "apologise": [ValueError(SECRET)],
    }
    for number in range(3):
        inbox.accept(a_delivery(f"g{number}", f"N{number}"))
        assert outcome(f"g{number}") == "SUCCESS"
        outcome(f"ask:N{number}:c1")
    assert bot.calls.count(("refuse", "ask:N0:c1", SECRET)) == 1
    engine = open_engine(settings.queue_database)
    tables = MetaData(schema="dbos" if engine.dialect.name == "postgresql" else None)
    tables.reflect(engine)
    with engine.connect() as connection:
        content = {
            table.name: str(connection.execute(select(table)).all())
            for table in tables.sorted_tables
        }
    engine.dispose()
    assert "ask:N0:c1" in content["workflow_status"]
    assert "broken" in content["operation_outputs"]
    assert [name for name, text in content.items() if "Fluff" in text] == []


@pytest.mark.usefixtures("worker")
def test_only_so_many_asks_are_drafted_at_a_time(
    settings: Settings, bot: FakeBot, inbox: DurableInbox, outcome: Outcome
) -> None:
    drafting, most, lock, gate = 0, 0, threading.Lock(), threading.Event()
    begun = threading.Semaphore(0)

    def draft() -> bool:
        nonlocal drafting, most
        with lock:
            drafting += 1
            most = max(most, drafting)
        begun.release()
        gate.wait(WAIT)
        with lock:
            drafting -= 1
        return True

    bot.script["draft"] = [draft] * 6
    for number in range(6):
        inbox.accept(a_delivery(f"g{number}", f"N{number}"))
    for _ in range(6):
        bot.wait_for("acknowledge")
    assert begun.acquire(timeout=WAIT)
    assert begun.acquire(timeout=WAIT)
    gate.set()
    for number in range(6):
        assert outcome(f"ask:N{number}:c1") == "SUCCESS"
    assert most == settings.ask_concurrency == 2


@pytest.mark.usefixtures("worker")
def test_finished_work_is_forgotten(
    inbox: DurableInbox, work: WorkQueue, bot: FakeBot, outcome: Outcome
) -> None:
    bot.script["handle"] = [True, ValueError("x")]
    inbox.accept(a_delivery("g1"))
    outcome("g1")
    outcome("ask:N1:c1")
    inbox.accept(a_delivery("g2"))
    outcome("g2")
    assert work.prune(datetime(2000, 1, 1, tzinfo=UTC)) == 0
    assert work.prune(datetime(2100, 1, 1, tzinfo=UTC)) == 3
    assert inbox.accept(a_delivery("g1"))
