"""Dictionaries by version, workers and leases, on both databases."""

import json
import zlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select

import app.store.weights as store_weights
from app.domain import Calibration, Dictionary, DraftRecord, PhraseWeight
from app.store import Store, schema
from tests.stored import NOW, a_reply, a_repository, an_ask, later

MAKE = PhraseWeight(phrase="use `make`", z=2.5, liked=1.1, disliked=0.1)
TOX = PhraseWeight(phrase="tox é", z=-2.25, liked=0.0, disliked=3.0)


@pytest.fixture(autouse=True)
def _known_repository(store: Store) -> None:
    store.repositories.save(a_repository())


def test_there_is_nothing_at_first(store: Store) -> None:
    empty = Dictionary(repository_id=1)
    assert store.weights.latest(1) == empty
    assert store.weights.version(1, 0) == empty
    assert store.weights.newest(1) == 0
    assert store.weights.versions(1) == []
    assert store.weights.save(1, [], NOW) == empty


def test_each_difference_is_a_version(store: Store) -> None:
    first = store.weights.save(1, [MAKE], NOW)
    assert first == Dictionary(repository_id=1, version=1, weights={MAKE.phrase: MAKE})
    second = store.weights.save(1, [MAKE, TOX], later(5))
    assert second.version == 2
    assert store.weights.save(1, [TOX, MAKE], later(6)) == second
    assert store.weights.latest(1) == second
    third = store.weights.save(1, [], later(7))
    assert third == Dictionary(repository_id=1, version=3)
    assert store.weights.newest(1) == 3
    assert store.weights.version(1, 1) == first
    assert store.weights.version(1, 2) == second
    assert [(info.version, info.saved_at, info.phrases) for info in store.weights.versions(1)] == [
        (1, NOW, 1),
        (2, later(5), 2),
        (3, later(7), 0),
    ]


def test_scales_of_principles_are_of_the_version(store: Store) -> None:
    shy = {"k1/some/model": Calibration(temperature=0.5, offset=-1.25, votes=7.5)}
    plain = store.weights.save(1, [MAKE], NOW)
    scaled = store.weights.save(1, [MAKE], later(1), shy)
    assert scaled == replace(plain, version=2, calibrations=shy)
    assert store.weights.save(1, [MAKE], later(2), dict(shy)) == scaled
    assert store.weights.latest(1) == store.weights.version(1, 2) == scaled
    assert store.weights.version(1, 1) == plain
    assert store.weights.save(1, [], later(3), shy).weights == {}
    assert store.weights.save(1, [MAKE], later(4)) == replace(plain, version=4)


def test_scales_alone_are_a_version(store: Store) -> None:
    scales = {"k1/m": Calibration(votes=1.0)}
    assert store.weights.save(1, [], NOW, scales).version == 1


def test_versions_from_before_there_were_scales_are_read(store: Store) -> None:
    store.weights.save(1, [MAKE], NOW)
    with store.engine.connect() as connection:
        packed = connection.execute(select(schema.dictionary.c.weights)).scalar_one()
    assert json.loads(zlib.decompress(packed)) == [["use `make`", 2.5, 1.1, 0.1]]


def test_phrases_that_say_next_to_nothing_are_left_out(store: Store) -> None:
    weak = [PhraseWeight(phrase=f"p{z}", z=z, liked=1, disliked=1) for z in (0.49, -0.49, 0)]
    edge = [PhraseWeight(phrase=f"p{z}", z=z, liked=1, disliked=1) for z in (0.5, -0.5)]
    assert store.weights.save(1, weak, NOW).version == 0
    assert store.weights.save(1, [*weak, *edge], NOW).weights == {one.phrase: one for one in edge}
    assert [info.phrases for info in store.weights.versions(1)] == [2]


def test_a_dictionary_is_packed_before_it_takes_the_database(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = store_weights._pack

    def packing(weights: Mapping[str, PhraseWeight], scales: Mapping[str, Calibration]) -> bytes:
        # Waits for whoever writes: on SQLite it would fail inside of the transaction.
        with ThreadPoolExecutor(1) as other:
            other.submit(store.workers.beat, "a", NOW).result(5)
        return pack(weights, scales)

    monkeypatch.setattr(store_weights, "_pack", packing)
    assert store.weights.save(1, [MAKE], NOW).version == 1


def test_repositories_count_for_themselves(store: Store) -> None:
    store.repositories.save(a_repository(id=2))
    store.weights.save(1, [MAKE], NOW)
    assert store.weights.save(2, [TOX], NOW).version == 1


def test_what_is_not_there_is_an_error(store: Store) -> None:
    with pytest.raises(LookupError, match="no dictionary version 4"):
        store.weights.version(1, 4)
    with pytest.raises(LookupError, match="no repository with the id 9"):
        store.weights.save(9, [MAKE], NOW)


def test_many_at_a_time_make_one_version(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.weights.save(1, [MAKE], NOW), range(16)))
    assert len(store.weights.versions(1)) == 1


def test_a_worker_is_silent_until_it_beats(store: Store) -> None:
    store.workers.beat("a", NOW)
    store.workers.beat("b", later(10))
    assert store.workers.silent(NOW) == []
    assert store.workers.silent(later(5)) == ["a"]
    store.workers.beat("a", later(6))
    assert store.workers.silent(later(5)) == []


def test_a_retired_worker_is_not_missed(store: Store) -> None:
    store.workers.beat("a", NOW)
    store.workers.retire("a")
    assert store.workers.silent(later(5)) == []
    store.workers.beat("a", later(6))
    assert store.workers.silent(later(7)) == ["a"]


def test_a_lease_has_one_holder(store: Store) -> None:
    assert store.workers.lease("sweep", "a", NOW, later(10))
    assert not store.workers.lease("sweep", "b", later(9), later(19))
    assert store.workers.lease("sweep", "a", later(9), later(19))
    assert store.workers.lease("other", "b", later(9), later(19))
    assert not store.workers.lease("sweep", "b", later(18), later(28))
    assert store.workers.lease("sweep", "b", later(19), later(29))
    store.workers.release("sweep", "a")
    assert not store.workers.lease("sweep", "a", later(20), later(30))
    store.workers.release("sweep", "b")
    assert store.workers.lease("sweep", "a", later(20), later(30))


def test_many_at_a_time_leave_one_holder(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        held = list(
            pool.map(
                lambda number: store.workers.lease("sweep", str(number), NOW, later(10)), range(16)
            )
        )
    assert sorted(held) == [False] * 15 + [True]


def test_old_versions_that_nothing_needs_are_deleted(store: Store) -> None:
    store.repositories.save(a_repository(id=2))
    for seconds, z in enumerate((1.0, 2.0, 3.0, 4.0, 5.0)):
        store.weights.save(1, [replace(MAKE, z=z)], later(seconds))
    store.weights.save(2, [MAKE], NOW)
    store.replies.add(a_reply(dictionary_version=2))
    store.asks.open(an_ask())
    draft = DraftRecord(body="", question="", answer="", created_at=NOW, dictionary_version=3)
    store.asks.save_draft(an_ask().key, draft)
    assert store.weights.prune(NOW) == 0
    assert store.weights.prune(later(3)) == 1
    kept = [version.version for version in store.weights.versions(1)]
    # 2 is a reply's, 3 a draft's, 4 too young; 5 and the other repository's are the newest.
    assert kept == [2, 3, 4, 5]
    assert store.weights.prune(later(60)) == 1
    assert [version.version for version in store.weights.versions(1)] == [2, 3, 5]
    assert len(store.weights.versions(2)) == 1
    assert store.weights.save(1, [TOX], later(61)).version == 6
