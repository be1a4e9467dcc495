"""Counts, days and the newest of each thing, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import AskState, Evidence, MemoryKind, SignalKind
from app.store import Store
from app.store.figures import Day, Spent
from tests.stored import (
    BEN,
    NOW,
    a_memory,
    a_reply,
    a_repository,
    a_row,
    a_signal,
    an_ask,
    later,
)


@pytest.fixture
def reply_id(store: Store) -> int:
    store.repositories.save(a_repository())
    return store.replies.add(a_reply()).id


def test_nothing_is_counted_as_nothing(store: Store) -> None:
    figures = store.counting.of_repository(1)
    assert figures.replies == figures.asks == figures.signals == figures.rows == {}
    assert figures.removed == figures.masses == 0
    assert store.counting.days(NOW) == []


def test_each_thing_is_counted_by_what_it_is(store: Store, reply_id: int) -> None:
    up = a_signal(reply_id=reply_id)
    down = a_signal("-1", BEN, reply_id=reply_id, value=-1.0)
    edit = a_signal("hash", reply_id=reply_id, kind=SignalKind.EDIT)
    store.signals.record(reply_id, [up, down, edit], NOW)
    store.signals.record(reply_id, [up, edit], later(60))
    store.evidence.replace(
        reply_id,
        Evidence(memories=(a_memory(), a_memory(kind=MemoryKind.GOOD)), rows=(a_row(),)),
    )
    store.asks.open(an_ask())
    store.asks.open(an_ask("N30"))
    store.asks.set_state(an_ask().key, AskState.FAILED)
    figures = store.counting.of_repository(1)
    assert figures.replies == {"live": 1}
    assert figures.asks == {"failed": 1, "queued": 1}
    assert figures.signals == {"edit": 1, "reaction": 1}
    assert figures.reactions == {"+1": 1}
    assert figures.removed == 1
    assert figures.memories == {"correction": 1, "good": 1}
    assert figures.rows == {"pair": 1}


def test_another_repository_counts_for_itself(store: Store, reply_id: int) -> None:
    store.repositories.save(a_repository(id=2, name="other"))
    other = store.replies.add(a_reply(50, repository_id=2))
    store.signals.record(other.id, [a_signal(reply_id=other.id)], NOW)
    assert store.counting.of_repository(1).signals == {}
    assert store.counting.of_repository(2).signals == {"reaction": 1}
    assert store.counting.days(NOW, 1) == []
    assert len(store.counting.days(NOW, 2)) == len(store.counting.days(NOW)) == 1


def test_days_add_up_trust_times_strength(store: Store, reply_id: int) -> None:
    first = a_signal(reply_id=reply_id, trust=1.0, value=1.0)
    signals = [
        first,
        replace(first, person=BEN, trust=0.5, value=0.5),
        replace(first, content="-1", trust=0.5, value=-1.0),
        replace(first, content="hash", kind=SignalKind.EDIT, trust=1.0, value=1.0),
        replace(first, content="heart", first_seen=NOW + timedelta(days=1)),
        replace(first, content="rocket", first_seen=NOW - timedelta(days=1)),
    ]
    store.signals.record(reply_id, signals, NOW)
    today = NOW.date()
    # 1 * 1 + 0.5 * 0.5 = 1.25 liked, 0.5 * 1 disliked; what was before NOW is left out.
    assert store.counting.days(NOW) == [
        Day(day=today, liked=1.25, disliked=0.5, corrected=1.0),
        Day(day=today + timedelta(days=1), liked=1.0, disliked=0.0, corrected=0.0),
    ]


def test_what_was_taken_back_is_in_no_day(store: Store, reply_id: int) -> None:
    store.signals.record(reply_id, [a_signal(reply_id=reply_id)], NOW)
    store.signals.record(reply_id, [], later(1))
    assert store.counting.days(NOW) == []


def test_the_newest_come_first(store: Store, reply_id: int) -> None:
    second = store.replies.add(a_reply(40)).id
    old, new = a_memory(), a_memory(after="newer", created_at=later(60))
    store.evidence.replace(reply_id, Evidence(memories=(old, new), rows=(a_row(chosen="first"),)))
    store.evidence.replace(second, Evidence(rows=(a_row(chosen="second"),)))
    assert [one.after for one in store.evidence.newest_memories(1, 1)] == ["newer"]
    assert len(store.evidence.newest_memories(1, 9)) == 2
    assert [one.chosen for one in store.evidence.newest_rows(1, 9)] == ["second", "first"]
    assert len(store.evidence.newest_rows(1, 1)) == 1
    store.asks.open(an_ask())
    store.asks.open(an_ask("N31", created_at=later(9)))
    assert [one.comment_node_id for one in store.asks.newest(1, 9)] == ["N31", "N29"]
    assert len(store.asks.newest(1, 1)) == 1
    assert store.asks.newest(2, 9) == []


def test_what_replies_cost_is_added_up_by_model(store: Store) -> None:
    store.repositories.save(a_repository())
    usage = {"read": 3_000_000_000, "cached": 20, "written": 7, "cost": 0.5}
    blocks = [
        {"model": "bobbin", "usage": {"read": 100, "cached": 60, "written": 5, "cost": 0.0}},
        {"model": "big", "usage": usage},
        {"model": "big", "usage": {**usage, "cost": 0.25}},
        {"model": "extract", "usage": {"read": 0, "cached": 0, "written": 0, "cost": 0.0}},
        # Of an older version, and one that was cut.
        {"model": "extract", "tokens": 900},
        {"model": "big", "usage": {}},
    ]
    for number, block in enumerate(blocks):
        store.replies.add(a_reply(100 + number, block=block))
    assert store.counting.spent(1) == [
        Spent(model="big", read=6_000_000_000, cached=40, written=14, cost=0.75),
        Spent(model="bobbin", read=100, cached=60, written=5, cost=0.0),
    ]
    assert store.counting.spent(2) == []
