"""Rows one after the other, of replies that are there; and whose words they are."""

import pytest

from app.domain import Evidence, PreferenceRow, ReplyState, Revision, RowKind
from app.store import Store
from app.store.digests import memory_digest
from tests.stored import (
    ANN,
    BEN,
    NOW,
    a_memory,
    a_reply,
    a_repository,
    a_row,
    a_signal,
)


@pytest.fixture(autouse=True)
def repository(store: Store) -> None:
    store.repositories.save(a_repository())


def taught(store: Store, comment: int, number: int = 3, **given: object) -> int:
    reply = store.replies.add(a_reply(comment, number=number, **given))
    rows = (
        a_row(reply_id=reply.id, number=number),
        a_row(reply_id=reply.id, number=number, kind=RowKind.COH, form="pn"),
        a_row(reply_id=reply.id, number=number, kind=RowKind.UNPAIRED, rejected=""),
    )
    store.evidence.replace(reply.id, Evidence(rows=rows))
    return reply.id


def test_rows_come_by_thread_and_without_hindsight(store: Store) -> None:
    first, second, third = (
        taught(store, 30, 5),
        taught(store, 40, 3),
        taught(store, 50, 5),
    )
    found: list[PreferenceRow] = list(store.preference_rows.stream(1))
    assert [row.reply_id for row in found] == [second, second, first, first, third, third]
    assert {row.kind for row in found} == {RowKind.PAIR, RowKind.UNPAIRED}
    assert store.preference_rows.count(1) == 6
    assert list(store.preference_rows.stream(2)) == []


@pytest.mark.parametrize(
    "state", [ReplyState.DELETED, ReplyState.UNREACHABLE, ReplyState.TAKEN_BACK]
)
def test_replies_that_are_gone_give_none(store: Store, state: ReplyState) -> None:
    store.replies.set_state(taught(store, 30), state)
    assert list(store.preference_rows.stream(1)) == []
    assert store.preference_rows.count(1) == 0


def test_whose_words_they_are(store: Store) -> None:
    asked = taught(store, 30, asker=ANN)
    edited = taught(store, 40, asker=BEN)
    voted = taught(store, 50, asker=BEN)
    store.revisions.record(edited, [Revision(body="b", editor=ANN, edited_at=NOW)])
    store.signals.record(voted, [a_signal(reply_id=voted, person=ANN)], NOW)
    assert store.preference_rows.words_of(1, {ANN.id}) == ({asked, edited}, {"ann"})
    assert store.preference_rows.words_of(1, set()) == (frozenset(), frozenset())
    assert store.preference_rows.words_of(2, {ANN.id}) == (frozenset(), frozenset())


def test_replies_are_found_by_their_memories(store: Store) -> None:
    reply_id = taught(store, 30)
    memory = a_memory(reply_id=reply_id)
    store.evidence.replace(reply_id, Evidence(memories=(memory,)))
    name = memory_digest(memory)
    assert store.preference_rows.remembered_as(1, [name, "other"]) == {reply_id}
    assert store.preference_rows.remembered_as(2, [name]) == frozenset()
