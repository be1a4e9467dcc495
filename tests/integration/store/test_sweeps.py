"""When replies are looked at next, and what was taken in of them, on both databases."""

from collections.abc import Sequence
from datetime import datetime

import pytest

from app.domain import Reply, ReplyState
from app.store import Store
from tests.stored import NOW, a_reply, a_repository, a_signal, later


@pytest.fixture(autouse=True)
def _known_repository(store: Store) -> None:
    store.repositories.save(a_repository())


def due(store: Store, at: datetime = NOW, installation_id: int = 7, limit: int = 10) -> list[int]:
    return [one.reply.comment_id for one in store.sweeps.due(at, installation_id, limit)]


def added(store: Store, comment_ids: Sequence[int], repository_id: int = 1) -> list[Reply]:
    """Adds replies that are the younger the higher their number."""
    return [
        store.replies.add(
            a_reply(one, posted_at=later(one), repository_id=repository_id), next_sweep=NOW
        )
        for one in comment_ids
    ]


def test_the_youngest_of_those_due_come_first(store: Store) -> None:
    added(store, [10, 30, 20])
    store.replies.add(a_reply(40, posted_at=later(40)), next_sweep=later(1))
    assert due(store) == [30, 20, 10]
    assert due(store, limit=2) == [30, 20]
    assert due(store, later(1)) == [40, 30, 20, 10]


def test_a_new_reply_is_due_at_once(store: Store) -> None:
    stored = store.replies.add(a_reply())
    [one] = store.sweeps.due(NOW, 7, 10)
    assert (one.reply, one.shown, one.taken_at) == (stored, "", None)


def test_each_installation_has_its_own(store: Store) -> None:
    store.repositories.save(a_repository(id=2, name="shed", installation_id=7))
    store.repositories.save(a_repository(id=3, name="barn", installation_id=8))
    assert store.sweeps.installations(NOW) == []
    added(store, [10], 1), added(store, [20], 2), added(store, [30], 3)
    assert store.sweeps.installations(NOW) == [7, 8]
    assert store.sweeps.installations(later(-1)) == []
    assert due(store) == [20, 10], "of all its repositories"
    assert due(store, installation_id=8) == [30]
    assert due(store, installation_id=9) == []


def test_a_look_puts_the_next_off(store: Store) -> None:
    first, second = added(store, [10, 20])
    store.sweeps.note(NOW, {first.id: later(60), second.id: None})
    assert due(store, later(59)) == []
    assert due(store, later(60)) == [10]
    assert due(store, later(10**9)) == [10], "the other never again"
    store.sweeps.note(NOW, {})


def test_a_look_can_be_made_due_sooner_and_not_later(store: Store) -> None:
    first, second, other = added(store, [10, 20, 30])
    store.sweeps.note(NOW, {first.id: later(-5), second.id: later(60), other.id: later(60)})
    store.sweeps.set_due([first.id, second.id], NOW)
    assert due(store) == [20, 10]
    assert store.sweeps.overdue(NOW) == {7: 5.0}
    assert store.sweeps.overdue(later(-6)) == {}


def test_what_was_taken_in_is_known_until_a_newer_look_is_recorded(store: Store) -> None:
    [stored] = added(store, [10])
    store.signals.record(stored.id, [a_signal()], NOW)
    store.sweeps.set_taken(stored.id, "a", NOW)
    [one] = store.sweeps.due(NOW, 7, 1)
    assert (one.shown, one.taken_at) == ("a", NOW)
    store.signals.record(stored.id, [], later(5))
    store.sweeps.set_taken(stored.id, "a", NOW)
    [one] = store.sweeps.due(NOW, 7, 1)
    assert (one.shown, one.taken_at) == ("", later(5)), "the older look comes too late"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (ReplyState.LIVE, [10]),
        (ReplyState.HIDDEN, [10]),
        (ReplyState.UNREACHABLE, [10]),
        (ReplyState.DELETED, []),
    ],
)
def test_the_state_decides_whether_a_reply_is_due(
    store: Store, state: ReplyState, expected: list[int]
) -> None:
    [stored] = added(store, [10])
    store.replies.set_state(stored.id, state)
    found = store.replies.by_id(stored.id)
    assert found is not None
    assert found.state is state
    assert due(store) == expected


def test_replies_where_the_app_may_not_act_are_not_due(store: Store) -> None:
    added(store, [10])
    store.repositories.set_installation_state(7, "suspended", NOW)
    assert due(store) == [] == store.sweeps.installations(NOW)
    store.repositories.set_installation_state(7, "active", NOW)
    assert due(store) == [10]
    store.repositories.remove(1, NOW)
    assert due(store) == []
