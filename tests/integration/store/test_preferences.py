"""Sentences beside memories outlive recomputation and go with their memory, on both databases."""

from dataclasses import replace

import pytest

from app.domain import Evidence, Memory, MemoryKind, Ruling, RulingKind, RulingWhat
from app.store import Store
from app.store.digests import memory_digest
from tests.stored import ANN, a_memory, a_reply, a_repository, later


@pytest.fixture
def kept(store: Store) -> Memory:
    store.repositories.save(a_repository())
    reply = store.replies.add(a_reply())
    store.evidence.replace(reply.id, Evidence(memories=(a_memory(),)))
    [memory] = store.evidence.memories(1)
    return memory


def waiting(store: Store, **given: float) -> list[int]:
    asked = {"least": 0.5, "after": 0, "limit": 10} | given
    return [memory.id for memory in store.preferences.waiting(**asked)]  # type: ignore[arg-type]


def test_a_models_sentence_outlives_recomputation(store: Store, kept: Memory) -> None:
    assert waiting(store) == [kept.id]
    assert store.preferences.write(kept, "Name the command.")
    assert waiting(store) == []
    store.evidence.replace(kept.reply_id, Evidence(memories=(a_memory(weight=0.25),)))
    [again] = store.evidence.memories(1)
    assert (again.weight, again.preference, again.preference_by) == (0.25, "Name the command.", "")


def test_a_persons_sentence_is_not_written_over(store: Store, kept: Memory) -> None:
    assert store.preferences.put(1, kept.id, "Say `make`.", by="ann")
    assert not store.preferences.write(kept, "Name the command.")
    [again] = store.evidence.memories(1)
    assert (again.preference, again.preference_by) == ("Say `make`.", "ann")


def test_nobody_writes_what_a_person_struck_out(store: Store, kept: Memory) -> None:
    assert store.preferences.put(1, kept.id, "", by="ann")
    assert waiting(store) == []


@pytest.mark.parametrize("repository_id, by_id", [(2, 0), (1, 1)])
def test_there_has_to_be_such_a_memory(
    store: Store, kept: Memory, repository_id: int, by_id: int
) -> None:
    assert not store.preferences.put(repository_id, kept.id + by_id, "x", by="ann")


def test_another_text_is_another_memory(store: Store, kept: Memory) -> None:
    store.preferences.write(kept, "Name the command.")
    store.evidence.replace(kept.reply_id, Evidence(memories=(a_memory("use tox"),)))
    [again] = store.evidence.memories(1)
    assert again.preference == ""
    assert not store.preferences.write(kept, "Name the command.")


def test_only_corrections_that_count_wait(store: Store, kept: Memory) -> None:
    good = a_memory("So.", kind=MemoryKind.GOOD, before="")
    store.evidence.replace(kept.reply_id, Evidence(memories=(a_memory(), good)))
    assert waiting(store) == [kept.id]
    assert waiting(store, least=kept.weight + 0.1) == waiting(store, after=kept.id) == []
    name = memory_digest(kept)
    veto = Ruling(
        kind=RulingKind.MEMORY,
        key=name,
        what=RulingWhat.VETOED,
        by=ANN,
        at=later(1),
        url="",
    )
    store.rulings.set(1, veto)
    assert waiting(store) == []
    assert replace(kept, preference="") == kept
