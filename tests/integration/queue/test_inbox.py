"""Deliveries and work by their key, with no worker about, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.errors import TransientError
from app.inbox import DurableInbox
from app.queue.work_queue import WorkQueue
from app.settings import load
from tests.integration.queue.fakes import a_delivery


def test_a_delivery_is_accepted_once(inbox: DurableInbox, work: WorkQueue) -> None:
    assert inbox.accept(a_delivery())
    assert not inbox.accept(a_delivery())
    assert inbox.accept(a_delivery("g2"))
    assert sorted(work.unfinished()) == ["g1", "g2"]


def test_a_delivery_is_accepted_once_by_many_at_a_time(
    inbox: DurableInbox, work: WorkQueue
) -> None:
    with ThreadPoolExecutor(8) as pool:
        accepted = list(pool.map(lambda n: inbox.accept(a_delivery(f"g{n % 4}")), range(32)))
    assert accepted.count(True) == 4
    assert sorted(work.unfinished()) == ["g0", "g1", "g2", "g3"]


def test_it_is_ready_when_its_tables_are_there(inbox: DurableInbox) -> None:
    assert inbox.ready()


def test_a_database_without_tables_is_not_ready(tmp_path: Path) -> None:
    inbox = DurableInbox(load({}, data_dir=tmp_path))
    assert not inbox.ready()
    with pytest.raises(TransientError, match="cannot be reached"):
        inbox.accept(a_delivery())
    inbox.close()


def test_a_database_that_is_down_is_not_ready(tmp_path: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"
    inbox = DurableInbox(load({}, data_dir=tmp_path, database_url=url))
    assert not inbox.ready()
    with pytest.raises(TransientError, match="cannot be reached"):
        inbox.accept(a_delivery())
    inbox.close()


def test_waiting_work_is_not_pruned(inbox: DurableInbox, work: WorkQueue) -> None:
    inbox.accept(a_delivery())
    assert work.prune(datetime(2100, 1, 1, tzinfo=UTC)) == 0
    assert work.unfinished() == ["g1"]


def test_nobody_has_begun_anything(inbox: DurableInbox, work: WorkQueue) -> None:
    inbox.accept(a_delivery())
    assert work.release("w1") == 0
    assert not work.revive("ask", [])
    assert not work.revive("ask", ["ask:N1:c1"])
