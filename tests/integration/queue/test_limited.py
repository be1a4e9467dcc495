"""Work that has to wait for limits, and whose turn it is; on both databases."""

from collections.abc import Callable

import pytest

from app.domain import Job
from app.errors import RateLimited
from app.github.throttle import Rank, _rank
from app.inbox import DurableInbox
from app.jobs import Worker
from app.queue.names import MISSED
from app.queue.work_queue import WorkQueue
from app.settings import Settings
from tests.integration.queue.fakes import FakeBot, a_delivery

Outcome = Callable[[str], str]
ANSWER = ["acknowledge", "draft", "publish"]


def limited(times: int) -> list[object]:
    return [RateLimited("wait", retry_after=0.05) for _ in range(times)]


def ask(key: str, place: int) -> Job:
    return Job(name="ask", key=f"ask:{key}:c1", args=(f"ask:{key}:c1",), place=place)


def test_waiting_for_a_limit_is_no_failed_try(
    settings: Settings, bot: FakeBot, inbox: DurableInbox, outcome: Outcome
) -> None:
    bot.script["publish"] = limited(2 * settings.attempts)
    with Worker(settings, bot):
        inbox.accept(a_delivery())
        assert outcome("g1") == outcome("ask:N1:c1") == "SUCCESS"
    steps = ["handle", "acknowledge", "draft", *["publish"] * (2 * settings.attempts + 1)]
    assert bot.steps() == steps


def test_a_limit_that_never_ends_is_given_up(
    settings: Settings,
    bot: FakeBot,
    inbox: DurableInbox,
    outcome: Outcome,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.trying.LIMITED_FOR", 0.25)
    bot.script["publish"] = limited(9)
    with Worker(settings, bot):
        inbox.accept(a_delivery())
        assert outcome("g1") == outcome("ask:N1:c1") == "SUCCESS"
    assert bot.steps() == ["handle", "acknowledge", "draft", *["publish"] * 3, "apologise"]


@pytest.mark.parametrize("step", ["due", "thread", "repository"])
def test_only_answers_may_take_the_last(
    settings: Settings, bot: FakeBot, work: WorkQueue, outcome: Outcome, step: str
) -> None:
    ranks: list[Rank] = []
    bot.script[step] = [lambda: ranks.append(_rank.get())]
    bot.script["draft"] = [lambda: ranks.append(_rank.get()) or True]
    with Worker(settings, bot):
        if step == "thread":
            work.put("sweep_thread", "sweep:1", [1, 3])
        if step == "repository":
            work.put("refresh", "refresh:1", [1])
        bot.wait_for(step)
        work.put_job(ask("N1", 0))
        assert outcome("ask:N1:c1") == "SUCCESS"
    assert ranks == [Rank.BACKGROUND, Rank.ANSWER]


def test_installations_take_turns(
    settings: Settings,
    bot: FakeBot,
    work: WorkQueue,
    outcome: Outcome,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.jobs.ASKS_IN_HAND", 1)
    one_at_a_time = settings.model_copy(update={"ask_concurrency": 1})
    for place in range(4):
        work.put_job(ask(f"A{place}", place))
    for place in range(2):
        work.put_job(ask(f"B{place}", place))
    with Worker(one_at_a_time, bot):
        for key in ("A3", "B1"):
            assert outcome(f"ask:{key}:c1") == "SUCCESS"
    drafted = [call[1].split(":")[1] for call in bot.calls if call[0] == "draft"]
    assert drafted == ["A0", "B0", "A1", "B1", "A2", "A3"]


@pytest.mark.parametrize(("minutes", "looks"), [(10, 1), (0, 0)])
def test_a_start_looks_for_deliveries_that_never_arrived(
    settings: Settings,
    bot: FakeBot,
    work: WorkQueue,
    outcome: Outcome,
    monkeypatch: pytest.MonkeyPatch,
    minutes: int,
    looks: int,
) -> None:
    monkeypatch.setattr("app.jobs.MISSED_AFTER", 0.0)
    with Worker(settings.model_copy(update={"missed_minutes": minutes}), bot):
        work.put_job(ask("N1", 0))
        assert outcome("ask:N1:c1") == "SUCCESS"
        for _ in range(looks):
            bot.wait_for("ask_again")
    assert bot.steps().count("ask_again") == looks


def test_one_look_at_a_time(
    settings: Settings, bot: FakeBot, work: WorkQueue, outcome: Outcome
) -> None:
    def second() -> None:
        work.put(MISSED, "missed:2", ["now", None])
        assert outcome("missed:2") == "SUCCESS"

    bot.script["ask_again"] = [second]
    with Worker(settings, bot):
        work.put(MISSED, "missed:1", ["now", None])
        assert outcome("missed:1") == "SUCCESS"
        work.put(MISSED, "missed:3", ["now", None])
        assert outcome("missed:3") == "SUCCESS"
    assert bot.steps().count("ask_again") == 2
