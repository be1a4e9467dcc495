"""Ledgers in memory weigh what is stored, whoever stored it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from app.domain import Evidence, PhraseMass, PhraseWeight
from app.feedback.caps import Source
from app.feedback.rulings import NOTHING, Aside, counting
from app.feedback.weights import dictionary
from app.flows import ledgers as module
from app.flows.ledgers import Ledgers
from app.store import Store
from app.store.weights import LEAST_Z
from tests.stored import NOW, a_mass, a_reply, a_repository

ASIDE = Aside(times=((NOW + timedelta(days=1), NOW + timedelta(days=3)),))


@pytest.fixture
def replies(store: Store) -> list[int]:
    store.repositories.save(a_repository())
    return [store.replies.add(a_reply(30 + n, trigger_node_id=f"N{n}")).id for n in range(4)]


def sources(masses: list[PhraseMass]) -> set[Source]:
    return {(one.reply_id, one.person, one.kind) for one in masses if one.person == "ann"}


def weighed_anew(store: Store, now: datetime, without: Aside = NOTHING) -> list[PhraseWeight]:
    masses = list(store.evidence.masses(1))
    found = dictionary(counting(masses, without), now, writers=sources(masses))
    return [one for one in found if abs(one.z) >= LEAST_Z]


def teach(store: Store, reply_id: int, *phrases: str, days: float = 0, person: str = "ann") -> int:
    at = NOW + timedelta(days=days)
    masses = [a_mass(one, 0.5, reply_id=reply_id, at=at, person=person) for one in phrases]
    return store.evidence.replace(reply_id, Evidence(masses=tuple(masses)))


@pytest.fixture
def reads(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What masses were read: None for all of a repository."""
    asked: list[object] = []
    masses = store.evidence.masses

    def noted(repository_id: int, replies: set[int] | None = None) -> object:
        asked.append(None if replies is None else sorted(replies))
        return masses(repository_id, replies)

    monkeypatch.setattr(store.evidence, "masses", noted)
    return asked


def test_own_changes_are_caught_up_with_and_nothing_else_is_read(
    store: Store, replies: list[int], reads: list[object]
) -> None:
    ledgers = Ledgers(store.evidence)
    for number, reply_id in enumerate(replies):
        teach(store, reply_id, "make", f"p{number}", days=number)
    now = NOW + timedelta(days=4)
    writers = sources([a_mass(reply_id=one) for one in replies])
    assert ledgers.weighed(1, now, writers)
    ledgers.replaced(1, replies[2], teach(store, replies[2], "tox", days=2))
    ledgers.replaced(1, replies[3], teach(store, replies[3]))
    now += timedelta(days=1)
    found = ledgers.weighed(1, now, writers)
    assert reads == [None, [replies[2], replies[3]]]
    assert found == weighed_anew(store, now)
    assert {one.phrase for one in found} == {"make", "p0", "p1", "tox"}


@pytest.mark.parametrize("meanwhile", ["before", "after", "alone"])
def test_what_another_process_changed_makes_all_be_read(
    store: Store, replies: list[int], reads: list[object], meanwhile: str
) -> None:
    ledgers = Ledgers(store.evidence)
    teach(store, replies[0], "make")
    writers = sources([a_mass(reply_id=one) for one in replies])
    assert [one.phrase for one in ledgers.weighed(1, NOW, writers)] == ["make"]
    if meanwhile == "before":
        teach(store, replies[1], "tox")
    if meanwhile != "alone":
        ledgers.replaced(1, replies[2], teach(store, replies[2], "own"))
    if meanwhile != "before":
        teach(store, replies[1], "tox")
    found = ledgers.weighed(1, NOW, writers)
    assert found == weighed_anew(store, NOW)
    assert {"make", "tox"} <= {one.phrase for one in found}
    assert reads.count(None) == 3


@pytest.mark.parametrize(
    "other",
    [
        lambda ledgers, writers: ledgers.weighed(1, NOW + timedelta(days=5), writers, ASIDE),
        lambda ledgers, writers: ledgers.weighed(1, NOW + timedelta(days=90), writers),
        lambda ledgers, writers: ledgers.weighed(1, NOW + timedelta(days=5), set()),
    ],
    ids=["set aside", "a later day", "other writers"],
)
def test_what_was_asked_before_leaves_no_trace(
    store: Store, replies: list[int], other: Callable[..., object]
) -> None:
    ledgers = Ledgers(store.evidence)
    teach(store, replies[0], "make", days=0)
    teach(store, replies[1], "tox", days=2)
    teach(store, replies[2], "make", person="ben")
    writers = sources([a_mass(reply_id=one) for one in replies])
    now = NOW + timedelta(days=5)
    first = ledgers.weighed(1, now, writers)
    aside = ledgers.weighed(1, now, writers, ASIDE)
    other(ledgers, writers)
    assert ledgers.weighed(1, now, writers) == first == weighed_anew(store, now)
    assert ledgers.weighed(1, now, writers, ASIDE) == aside == weighed_anew(store, now, ASIDE)
    assert {one.phrase for one in aside} == {"make"}


def test_phrases_that_people_decided_on_are_told_however_weak(
    store: Store, replies: list[int]
) -> None:
    teach(store, replies[0], "make", person="ben")
    ledgers = Ledgers(store.evidence)
    assert ledgers.weighed(1, NOW + timedelta(days=900), set()) == []
    (found,) = ledgers.weighed(1, NOW + timedelta(days=700), set(), also={"make", "tox"})
    assert (found.phrase, round(found.liked, 5)) == ("make", round(0.5 * 2 ** (-700 / 90), 5))


def test_a_repository_too_many_is_read_anew(
    store: Store, replies: list[int], reads: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_MASSES", 3)
    store.repositories.save(a_repository(id=2, name="spindle"))
    other = store.replies.add(a_reply(90, repository_id=2, trigger_node_id="N90")).id
    teach(store, replies[0], "a", "b")
    teach(store, other, "c", "d")
    ledgers = Ledgers(store.evidence)
    for repository_id in (1, 1, 2, 2, 1):
        ledgers.weighed(repository_id, NOW, set())
    assert reads.count(None) == 3
