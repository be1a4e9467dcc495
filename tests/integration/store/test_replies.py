"""Replies on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.domain import Passage
from app.store import Store
from tests.stored import NOW, a_reply, a_repository, a_signal, later


@pytest.fixture(autouse=True)
def _known_repository(store: Store) -> None:
    store.repositories.save(a_repository())


def test_a_reply_gets_an_id_and_is_found(store: Store) -> None:
    source = Passage(path="a.md", start_line=1, end_line=2, title="A", text="Use make.")
    value = a_reply(sources=(source,), dictionary_version=3)
    stored = store.replies.add(value)
    assert stored.id > 0
    assert stored == replace(value, id=stored.id)
    assert store.replies.by_id(stored.id) == stored
    assert store.replies.by_trigger("N29", "c1") == stored
    assert store.replies.by_comment(1, 30) == stored
    assert store.replies.by_url(value.url) == stored
    assert store.replies.on_thread(1, 3) == [stored]


def test_what_is_not_there_is_none(store: Store) -> None:
    store.replies.add(a_reply())
    assert store.replies.by_id(99) is None
    assert store.replies.by_trigger("N29", "c2") is None
    assert store.replies.by_trigger("N29") is None
    assert store.replies.by_comment(1, 31) is None
    assert store.replies.by_url("http://h/") is None
    assert store.replies.on_thread(1, 4) == []


def test_one_command_has_one_reply(store: Store) -> None:
    first = store.replies.add(a_reply())
    again = store.replies.add(a_reply(comment_id=31, trigger_node_id="N29", answer="Other."))
    assert again == first
    other = store.replies.add(a_reply(comment_id=32, trigger_node_id="N29", command_key="c2"))
    assert other.id != first.id


def test_one_command_has_one_reply_for_many_at_a_time(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = {reply.id for reply in pool.map(lambda _: store.replies.add(a_reply()), range(16))}
    assert len(ids) == 1
    assert len(store.replies.on_thread(1, 3)) == 1


def test_judged_are_those_with_the_field_that_people_said_something_of(store: Store) -> None:
    store.repositories.save(a_repository(id=2))
    judged = {"principles": {"k1": 1.5}}
    added = {
        comment_id: store.replies.add(
            a_reply(comment_id, posted_at=later(comment_id), block=block, repository_id=home)
        )
        for comment_id, block, home in (
            (10, judged, 1),
            (20, {"v": 1}, 1),
            (30, judged, 1),
            (40, judged, 1),
            (50, judged, 2),
        )
    }
    for comment_id in (10, 20, 30, 50):
        store.signals.record(added[comment_id].id, [a_signal()], NOW)
    found = store.replies.judged(1, "principles", 9)
    assert found == [added[30], added[10]], "newest first; nobody said anything of the fourth"
    assert store.replies.judged(1, "principles", 1) == [added[30]]


def test_recent_is_newest_first(store: Store) -> None:
    for comment_id, seconds in ((10, 0), (20, 5), (30, -5)):
        store.replies.add(a_reply(comment_id, posted_at=later(seconds)))
    assert [reply.comment_id for reply in store.replies.recent(1, 2)] == [20, 10]
    assert [reply.comment_id for reply in store.replies.on_thread(1, 3)] == [30, 10, 20]
