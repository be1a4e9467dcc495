"""Evidence is replaced as a whole, memories keep their ids, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.domain import Evidence, MemoryKind, RowKind
from app.store import Store
from app.store import evidence as module
from app.store.digests import memory_digest
from tests.stored import a_mass, a_memory, a_reply, a_repository, a_row, later


@pytest.fixture
def reply_id(store: Store) -> int:
    store.repositories.save(a_repository())
    return store.replies.add(a_reply()).id


def everything() -> Evidence:
    return Evidence(
        memories=(a_memory(), a_memory("So.", kind=MemoryKind.GOOD, before="")),
        masses=(
            a_mass(read_at=later(9)),
            a_mass("tox", -0.25),
            a_mass("tox", -0.25, url="http://h/d"),
        ),
        rows=(
            a_row(),
            a_row(
                kind=RowKind.COH,
                chosen="",
                rejected="",
                text="bad: x good: y",
                form="np",
                segments=((5, 6), (13, 14)),
                people=("ann", "ben"),
            ),
        ),
    )


def test_evidence_comes_back_whole(store: Store, reply_id: int) -> None:
    store.evidence.replace(reply_id, everything())
    found = store.evidence.of_reply(reply_id)
    assert replace(found, memories=()) == replace(everything(), memories=())
    assert [replace(memory, id=0) for memory in found.memories] == list(everything().memories)
    assert store.evidence.memories(1) == list(found.memories)
    assert store.evidence.masses(1) == list(found.masses)
    assert store.evidence.rows(1) == list(found.rows)
    assert store.evidence.memories(2) == []


def test_provenance_names_each_mass_of_a_phrase(store: Store, reply_id: int) -> None:
    store.evidence.replace(reply_id, everything())
    assert store.evidence.provenance(1, "tox") == list(everything().masses[1:])
    assert store.evidence.provenance(1, "npm") == []


def test_changes_are_counted_by_repository(store: Store, reply_id: int) -> None:
    store.repositories.save(a_repository(id=2, name="spindle"))
    assert [store.evidence.changes(one) for one in (1, 2, 3)] == [0, 0, 0]
    assert store.evidence.replace(reply_id, everything()) == 1
    assert store.evidence.replace(reply_id, Evidence()) == 2
    assert [store.evidence.changes(one) for one in (1, 2, 3)] == [2, 0, 0]


def test_changes_at_once_are_each_counted(store: Store, reply_id: int) -> None:
    others = [store.replies.add(a_reply(40 + n, trigger_node_id=f"C{n}")).id for n in range(5)]
    with ThreadPoolExecutor(5) as pool:
        found = list(pool.map(lambda one: store.evidence.replace(one, everything()), others))
    assert sorted(found) == [1, 2, 3, 4, 5]


def test_masses_of_some_replies(
    store: Store, reply_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, third = (
        store.replies.add(a_reply(40 + n, trigger_node_id=f"O{n}")).id for n in range(2)
    )
    for one in (reply_id, other, third):
        store.evidence.replace(one, everything())
    monkeypatch.setattr(module, "_AT_ONCE", 1)
    found = store.evidence.masses(1, {third, reply_id})
    assert [one.reply_id for one in found] == [reply_id] * 3 + [third] * 3
    assert not store.evidence.masses(1, ())
    assert not store.evidence.masses(2, {other})


def test_replacing_adds_nothing_up(store: Store, reply_id: int) -> None:
    store.evidence.replace(reply_id, everything())
    before = store.evidence.of_reply(reply_id)
    store.evidence.replace(reply_id, everything())
    assert store.evidence.of_reply(reply_id) == before


def test_nothing_left_teaches_nothing(store: Store, reply_id: int) -> None:
    store.evidence.replace(reply_id, everything())
    store.evidence.replace(reply_id, Evidence())
    assert store.evidence.of_reply(reply_id) == Evidence()


def test_other_replies_are_left_alone(store: Store, reply_id: int) -> None:
    other = store.replies.add(a_reply(40)).id
    store.evidence.replace(other, everything())
    store.evidence.replace(reply_id, everything())
    store.evidence.replace(reply_id, Evidence())
    assert len(store.evidence.memories(1)) == 2
    assert {mass.reply_id for mass in store.evidence.masses(1)} == {other}


def test_a_memory_keeps_its_id_while_it_is_the_same(store: Store, reply_id: int) -> None:
    store.evidence.replace(reply_id, Evidence(memories=(a_memory("x"), a_memory("y"))))
    x, y = store.evidence.memories(1)
    judged = a_memory("y", weight=0.25, url="http://h/z", created_at=later(5))
    store.evidence.replace(reply_id, Evidence(memories=(a_memory("z"), judged)))
    found = {memory.after: memory for memory in store.evidence.memories(1)}
    assert found.keys() == {"y", "z"}
    assert found["y"] == replace(judged, id=y.id)
    assert found["z"].id > y.id > x.id


@pytest.mark.parametrize(
    "change",
    [{"kind": MemoryKind.BAD}, {"before": "q"}, {"after": "q"}, {"author": "ben"}],
)
def test_another_memory_has_another_id(
    store: Store, reply_id: int, change: dict[str, object]
) -> None:
    store.evidence.replace(reply_id, Evidence(memories=(a_memory(),)))
    (before,) = store.evidence.memories(1)
    store.evidence.replace(reply_id, Evidence(memories=(replace(a_memory(), **change),)))
    (after,) = store.evidence.memories(1)
    assert after.id > before.id


def test_an_id_is_never_given_twice(store: Store, reply_id: int) -> None:
    store.evidence.replace(reply_id, Evidence(memories=(a_memory("x"),)))
    (before,) = store.evidence.memories(1)
    store.evidence.replace(reply_id, Evidence())
    store.evidence.replace(reply_id, Evidence(memories=(a_memory("y"),)))
    (after,) = store.evidence.memories(1)
    assert after.id > before.id


def test_the_same_memory_twice_is_one_with_the_larger_weight(store: Store, reply_id: int) -> None:
    twice = (a_memory(weight=0.5), a_memory(weight=1.0), a_memory(weight=0.25))
    store.evidence.replace(reply_id, Evidence(memories=twice))
    assert [memory.weight for memory in store.evidence.memories(1)] == [1.0]


def test_a_fault_half_way_leaves_all_as_it_was(store: Store, reply_id: int) -> None:
    store.evidence.replace(reply_id, everything())
    before = store.evidence.of_reply(reply_id)
    naive = later(0).replace(tzinfo=None)
    broken = Evidence(memories=(a_memory("new"),), rows=(a_row(created_at=naive),))
    with pytest.raises(Exception, match="without a time zone"):
        store.evidence.replace(reply_id, broken)
    assert store.evidence.of_reply(reply_id) == before


def test_many_at_a_time_leave_one_set(store: Store, reply_id: int) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.evidence.replace(reply_id, everything()), range(16)))
    assert len(store.evidence.memories(1)) == 2
    assert len(store.evidence.masses(1)) == 3
    assert len(store.evidence.rows(1)) == 2


def test_long_texts_have_their_place(store: Store, reply_id: int) -> None:
    # An index on the texts themselves would refuse these on Postgres.
    long = "".join(chr(97 + i * i % 26) for i in range(60_000))
    store.evidence.replace(reply_id, Evidence(memories=(a_memory(long),), masses=(a_mass(long),)))
    assert store.evidence.provenance(1, long)[0].phrase == long


def test_an_unknown_reply_is_an_error(store: Store) -> None:
    with pytest.raises(LookupError, match="no reply with the id 99"):
        store.evidence.replace(99, Evidence())


def test_the_digest_tells_the_parts_apart() -> None:
    one = a_memory(before="ab", after="c")
    other = a_memory(before="a", after="bc")
    assert memory_digest(one) != memory_digest(other)
