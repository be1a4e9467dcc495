"""What votes say of passages is replaced as a whole and goes with its reply, on both databases."""

from dataclasses import replace

import pytest

from app.domain import Regard
from app.store import Store
from tests.stored import a_reply, a_repository, later


def a_regard(**given: object) -> Regard:
    made = Regard(
        repository_id=1,
        reply_id=1,
        question=a_reply().question,
        path="docs/a b.md",
        digest="a" * 32,
        mass=-0.5,
        trust=1.0,
        at=later(60),
        person="ann",
        url="http://h/c",
    )
    return replace(made, **given)  # type: ignore[arg-type]


@pytest.fixture
def reply_id(store: Store) -> int:
    store.repositories.save(a_repository())
    return store.replies.add(a_reply()).id


def test_regards_come_back_with_the_question(store: Store, reply_id: int) -> None:
    found = [a_regard(reply_id=reply_id), a_regard(reply_id=reply_id, person="ben", mass=0.25)]
    assert store.regards.replace(reply_id, found)
    assert store.regards.of(1) == found
    assert store.regards.of(2) == []


def test_the_same_again_changes_nothing_and_none_undoes_them(store: Store, reply_id: int) -> None:
    store.regards.replace(reply_id, [a_regard()])
    assert not store.regards.replace(reply_id, [a_regard()])
    assert store.regards.replace(reply_id, [])
    assert store.regards.of(1) == []


def test_a_reply_that_is_not_there_has_none(store: Store, reply_id: int) -> None:
    with pytest.raises(LookupError):
        store.regards.replace(reply_id + 1, [a_regard()])
