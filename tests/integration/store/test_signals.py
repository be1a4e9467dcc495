"""Signals and revisions, each counted once, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import update

from app.domain import Permission, Person, Revision, SignalKind
from app.store import Store
from app.store.schema import signal as signals
from tests.stored import ANN, BEN, NOW, a_reply, a_repository, a_signal, later


@pytest.fixture
def reply_id(store: Store) -> int:
    store.repositories.save(a_repository())
    return store.replies.add(a_reply()).id


def test_signals_are_recorded_and_read(store: Store, reply_id: int) -> None:
    up = a_signal(reply_id=reply_id, url="http://h/r", permission=Permission.ADMIN)
    hide = a_signal(
        "spam", BEN, reply_id=reply_id, kind=SignalKind.HIDE, value=-0.5, first_seen=later(1)
    )
    assert store.signals.record(reply_id, [hide, up], later(3))
    up, hide = (replace(one, read_at=later(3)) for one in (up, hide))
    assert store.signals.of_reply(reply_id) == [up, hide]
    assert store.signals.of_repository(1, 10) == [hide, up]
    assert store.signals.of_repository(1, 1) == [hide]
    assert store.signals.of_repository(2, 10) == []
    assert store.signals.live(1, 10) == [up, hide]
    assert store.signals.live(1, 1) == [hide]
    assert store.replies.ids(1) == [reply_id]
    store.signals.record(reply_id, [up], later(4))
    assert store.signals.live(1, 10) == [up], "what was taken back is not live"


def test_the_same_again_changes_nothing(store: Store, reply_id: int) -> None:
    assert store.signals.record(reply_id, [a_signal()], NOW)
    assert not store.signals.record(reply_id, [a_signal(first_seen=later(9))], later(9))
    assert [signal.first_seen for signal in store.signals.of_reply(reply_id)] == [NOW]
    assert not store.signals.record(reply_id, [a_signal(), a_signal()], later(9))
    assert len(store.signals.of_reply(reply_id)) == 1


def test_when_it_was_first_read_is_kept_until_it_is_read_anew(store: Store, reply_id: int) -> None:
    def read() -> list[datetime | None]:
        return [signal.read_at for signal in store.signals.of_reply(reply_id)]

    store.signals.record(reply_id, [a_signal()], later(1))
    assert read() == [later(1)]
    store.signals.record(reply_id, [a_signal(trust=0.5, read_at=NOW)], later(2))
    assert read() == [later(1)]
    store.signals.record(reply_id, [], later(3))
    assert read() == [later(1)]
    store.signals.record(reply_id, [a_signal()], later(4))
    assert read() == [later(4)], "it counts anew"


def test_a_signal_of_before_it_was_noted_stays_without(store: Store, reply_id: int) -> None:
    store.signals.record(reply_id, [a_signal()], NOW)
    with store.engine.begin() as connection:
        connection.execute(update(signals).values(read_at=None))
    assert not store.signals.record(reply_id, [a_signal()], later(5))
    [found] = store.signals.of_reply(reply_id)
    assert (found.read_at, found.known_at) == (None, NOW)


def test_an_earlier_sight_wins(store: Store, reply_id: int) -> None:
    store.signals.record(reply_id, [a_signal()], NOW)
    assert store.signals.record(reply_id, [a_signal(first_seen=later(-9))], later(9))
    assert [signal.first_seen for signal in store.signals.of_reply(reply_id)] == [later(-9)]


def test_a_signal_that_went_is_kept_as_removed_and_may_come_back(
    store: Store, reply_id: int
) -> None:
    store.signals.record(reply_id, [a_signal(), a_signal("-1", BEN)], NOW)
    assert store.signals.record(reply_id, [a_signal("-1", BEN)], later(5))
    removed = {signal.content: signal.removed_at for signal in store.signals.of_reply(reply_id)}
    assert removed == {"+1": later(5), "-1": None}
    assert not store.signals.record(reply_id, [a_signal("-1", BEN)], later(6))
    removed = {signal.content: signal.removed_at for signal in store.signals.of_reply(reply_id)}
    assert removed == {"+1": later(5), "-1": None}
    assert store.signals.record(reply_id, [a_signal(), a_signal("-1", BEN)], later(7))
    removed = {signal.content: signal.removed_at for signal in store.signals.of_reply(reply_id)}
    assert removed == {"+1": None, "-1": None}


def test_an_older_look_changes_nothing(store: Store, reply_id: int) -> None:
    """Looks at the seconds 1, 10 and 5: what was seen last stays, in whatever order they end."""
    up, down = a_signal(), a_signal("-1", BEN)
    store.signals.record(reply_id, [up], later(1))
    assert store.signals.record(reply_id, [down], later(10))
    before = store.signals.of_reply(reply_id)
    assert not store.signals.record(reply_id, [up], later(5))
    assert not store.signals.record(reply_id, [], later(5))
    assert store.signals.of_reply(reply_id) == before
    assert {signal.content: signal.removed_at for signal in before} == {"+1": later(10), "-1": None}
    assert store.signals.record(reply_id, [up, down], later(11))


@pytest.mark.parametrize(
    "change",
    [
        {"trust": 0.5},
        {"value": -1.0},
        {"permission": Permission.READ},
        {"url": "http://h/x"},
        {"person": Person(id=ANN.id, login="anna")},
    ],
)
def test_a_new_judgement_of_a_signal_is_a_change(
    store: Store, reply_id: int, change: dict[str, object]
) -> None:
    store.signals.record(reply_id, [a_signal()], NOW)
    after = a_signal(reply_id=reply_id, **change)
    assert store.signals.record(reply_id, [after], later(5))
    assert store.signals.of_reply(reply_id) == [replace(after, read_at=NOW)]


def test_an_unknown_reply_is_an_error(store: Store) -> None:
    with pytest.raises(LookupError, match="no reply with the id 99"):
        store.signals.record(99, [], NOW)
    with pytest.raises(LookupError, match="no reply with the id 99"):
        store.revisions.record(99, [])


def test_many_at_a_time_count_once(store: Store, reply_id: int) -> None:
    with ThreadPoolExecutor(8) as pool:
        changed = list(
            pool.map(lambda _: store.signals.record(reply_id, [a_signal()], NOW), range(16))
        )
    assert sorted(changed) == [False] * 15 + [True]
    assert len(store.signals.of_reply(reply_id)) == 1


def test_revisions_are_what_github_shows(store: Store, reply_id: int) -> None:
    first = Revision(body="a", editor=None, edited_at=NOW)
    second = Revision(body="b\0", editor=BEN, edited_at=later(5))
    kept = replace(second, body="b�")
    assert store.revisions.record(reply_id, [first, second])
    assert store.revisions.of_reply(reply_id) == [first, kept]
    assert not store.revisions.record(reply_id, [first, second])
    hidden = Revision(body=None, editor=BEN, edited_at=later(5), deleted=True)
    assert store.revisions.record(reply_id, [first, hidden])
    assert store.revisions.of_reply(reply_id) == [first, hidden]
    assert store.revisions.record(reply_id, [])
    assert store.revisions.of_reply(reply_id) == []
