"""What the web process tells Prometheus of the queue, the workers and the database."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from app.queue.work_queue import WorkQueue
from app.web.metrics import FAMILIES, exposition
from tests.unit.web.bots import NOW, Shown, fill


def lines(bot: Shown, now: datetime) -> list[str]:
    return exposition(bot.store, bot.settings, now).decode("utf-8").splitlines()


def value(found: list[str], name: str) -> float:
    (line,) = (line for line in found if line.startswith(name + " "))
    return float(line.rpartition(" ")[2])


def test_what_waits_is_counted_by_queue(bot: Shown) -> None:
    with closing(WorkQueue(bot.settings)) as queue:
        queue.put("ask", "ask:N1:c1", ["ask:N1:c1"])
        queue.put("ask", "ask:N2:c1", ["ask:N2:c1"])
        queue.put("refresh", "refresh:1:g1", [1])
    found = lines(bot, datetime.now(UTC) + timedelta(seconds=90))
    assert value(found, 'treadle_queue_depth{queue="asks",state="waiting"}') == 2
    assert value(found, 'treadle_queue_depth{queue="asks",state="in hand"}') == 0
    assert value(found, 'treadle_queue_depth{queue="sweeps",state="waiting"}') == 1
    assert 90 <= value(found, 'treadle_queue_oldest_seconds{queue="asks"}') < 120
    # Nothing waits there: an alert needs the 0.
    assert value(found, 'treadle_queue_oldest_seconds{queue="training"}') == 0


def test_nothing_is_younger_than_new(bot: Shown) -> None:
    with closing(WorkQueue(bot.settings)) as queue:
        queue.put("ask", "ask:N1:c1", ["ask:N1:c1"])
    found = lines(bot, datetime.now(UTC) - timedelta(hours=1))
    assert value(found, 'treadle_queue_oldest_seconds{queue="asks"}') == 0


def test_workers_that_live_are_counted(bot: Shown) -> None:
    now = datetime.now(UTC)
    bot.store.workers.beat("w1", now - timedelta(seconds=59))
    bot.store.workers.beat("w2", now - timedelta(seconds=61))
    bot.store.workers.beat("w3", now)
    bot.store.workers.retire("w3")
    assert value(lines(bot, now), "treadle_workers") == 1


def test_a_look_that_waits_is_told(bot: Shown) -> None:
    fill(bot)
    [reply] = bot.store.replies.recent(1, 9)
    name = 'treadle_sweep_overdue_seconds{installation="7"}'
    for ahead, expected in ((-90, 90.0), (5, 0.0)):
        bot.store.sweeps.note(NOW, {reply.id: NOW + timedelta(seconds=ahead)})
        assert value(lines(bot, NOW), name) == expected


def test_every_family_is_there_once(bot: Shown) -> None:
    fill(bot)
    found = lines(bot, datetime.now(UTC))
    for family in FAMILIES:
        name = family.name + "_total" * family.counter
        assert [line for line in found if line.startswith(f"# TYPE {name} ")] != []
    assert value(found, "treadle_database_up") == 1


def test_without_the_database_the_process_still_tells_its_own(
    bot: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise OperationalError("SELECT", {}, Exception())

    monkeypatch.setattr(bot.store.repositories, "all", gone)
    found = lines(bot, datetime.now(UTC))
    assert value(found, "treadle_database_up") == 0
    assert value(found, "process_open_fds") > 0
    assert not [line for line in found if line.startswith("treadle_queue_depth{")]
