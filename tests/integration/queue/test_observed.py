"""What a worker counts of its work, and what its log says of each: the delivery above all."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from sqlalchemy.exc import OperationalError
from structlog.contextvars import get_contextvars

from app.domain import AskState, RunState
from app.errors import TransientError
from app.inbox import DurableInbox
from app.jobs import Worker
from app.queue.names import RETRAIN
from app.queue.work_queue import WorkQueue
from app.settings import Settings
from tests.integration.queue.fakes import FakeBot, a_delivery
from tests.stored import a_run, an_ask

Outcome = Callable[[str], str]


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


class Told:
    """Keeps what lines of the log would say while a step runs."""

    def __init__(self) -> None:
        self.values: list[dict[str, object]] = []

    def __call__(self) -> bool:
        self.values.append(get_contextvars())
        return True


@pytest.fixture
def told() -> Told:
    return Told()


def test_an_asks_steps_say_its_delivery(
    settings: Settings, bot: FakeBot, inbox: DurableInbox, outcome: Outcome, told: Told
) -> None:
    # Another delivery than the one that carries the command now: the ask is the first one's.
    bot.store.asks.open(an_ask(node="N1", delivery_guid="g0"))
    bot.script = {name: [told] for name in ("handle", "acknowledge", "draft", "publish")}
    with Worker(settings, bot):
        inbox.accept(a_delivery("g1", "N1"))
        assert outcome("g1") == outcome("ask:N1:c1") == "SUCCESS"
    ask = {"ask": "ask:N1:c1", "delivery": "g0"}
    assert told.values == [{"delivery": "g1"}, ask, ask, ask]


def test_what_a_delivery_begins_says_it(
    settings: Settings, bot: FakeBot, work: WorkQueue, outcome: Outcome, told: Told
) -> None:
    bot.script = {"repository": [told], "thread": [told], "prepare": [told]}
    work.put("refresh", "refresh:1:g1", [1])
    work.put("sweep_thread", "sweep:g2", [1, 3])
    work.put(RETRAIN, "retrain:run1", ["run1"])
    with Worker(settings, bot):
        for key in ("refresh:1:g1", "sweep:g2", "retrain:run1"):
            assert outcome(key) == "SUCCESS"
    assert sorted(told.values, key=str) == [
        {"delivery": "g1"},
        {"delivery": "g2"},
        {"run": "run1"},
    ]


def test_an_ask_is_counted_by_its_end_with_the_time_it_took(
    settings: Settings, bot: FakeBot, work: WorkQueue, outcome: Outcome
) -> None:
    opened = datetime.now(UTC) - timedelta(seconds=100)
    bot.store.asks.open(an_ask(node="N1", created_at=opened))
    bot.store.asks.set_state("ask:N1:c1", AskState.REFUSED)
    count = sample("treadle_ask_seconds_count", state="refused")
    seconds = sample("treadle_ask_seconds_sum", state="refused")
    work.put("ask", "ask:N1:c1", ["ask:N1:c1"])
    with Worker(settings, bot):
        assert outcome("ask:N1:c1") == "SUCCESS"
    assert sample("treadle_ask_seconds_count", state="refused") == count + 1
    assert sample("treadle_ask_seconds_sum", state="refused") >= seconds + 100


def test_a_run_is_counted_by_its_end(
    settings: Settings, bot: FakeBot, work: WorkQueue, outcome: Outcome
) -> None:
    bot.store.runs.create(a_run("run1"))
    bot.store.runs.finish("run1", RunState.REFUSED, datetime.now(UTC), reason="too few")
    before = sample("treadle_training_runs_ended_total", state="refused")
    work.put(RETRAIN, "retrain:run1", ["run1"])
    with Worker(settings, bot):
        assert outcome("retrain:run1") == "SUCCESS"
    assert sample("treadle_training_runs_ended_total", state="refused") == before + 1


def test_each_try_of_a_step_is_counted_by_its_outcome(
    settings: Settings, bot: FakeBot, work: WorkQueue, outcome: Outcome
) -> None:
    name = "treadle_step_seconds_count"
    again = sample(name, step="refresh.repository", outcome="again")
    done = sample(name, step="refresh.repository", outcome="done")
    bot.script["repository"] = [TransientError("later")]
    work.put("refresh", "refresh:1:g1", [1])
    with Worker(settings, bot):
        assert outcome("refresh:1:g1") == "SUCCESS"
    assert sample(name, step="refresh.repository", outcome="again") == again + 1
    assert sample(name, step="refresh.repository", outcome="done") == done + 1


def test_a_database_that_cannot_say_keeps_no_ask_from_its_answer(
    settings: Settings,
    bot: FakeBot,
    work: WorkQueue,
    outcome: Outcome,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone(key: str) -> None:
        raise OperationalError("SELECT", {}, Exception())

    monkeypatch.setattr(bot.store.asks, "get", gone)
    bot.script = {"publish": [told]}
    work.put("ask", "ask:N1:c1", ["ask:N1:c1"])
    with Worker(settings, bot):
        assert outcome("ask:N1:c1") == "SUCCESS"
    assert told.values == [{"ask": "ask:N1:c1"}]


def test_the_backlog_tells_what_waits_from_what_is_in_hand(
    settings: Settings, bot: FakeBot, work: WorkQueue
) -> None:
    began = datetime.now(UTC) - timedelta(seconds=1)
    bot.script["repository"] = [lambda: bot.stop.wait(20)]
    work.put("refresh", "refresh:1:g1", [1])
    work.put(RETRAIN, "retrain:run1", ["run1"])
    with Worker(settings, bot, group="answers"):
        bot.wait_for("repository")
        found = {(part.queue, part.waits): part for part in work.backlog()}
        bot.stop.set()
    assert {key: part.count for key, part in found.items()} == {
        ("sweeps", False): 1,
        ("training", True): 1,
    }
    assert all(began < part.oldest <= datetime.now(UTC) for part in found.values())
