"""Picks: the chosen draft over the others, by whom people trust."""

import pytest

from app.domain import AskTree, Outcome, Permission, Person, RowOrigin, Tried
from app.feedback.picks import Pick, picked
from tests.stored import ANN, BEN, NOW

TREE = AskTree(
    ask_key="ask:N29:c1",
    repository_id=1,
    question="Where?",
    outcome=Outcome.ANSWERED,
    min_score=0.0,
    tried=[
        Tried(text="In the root."),
        Tried(text="Nowhere."),
        Tried(text=""),
        Tried(text="In  the root.\n"),
        Tried(text="Nowhere."),
        Tried(text="In docs."),
    ],
    created_at=NOW,
)


def a_pick(place: int = 0, person: Person = BEN, permission: Permission = Permission.WRITE) -> Pick:
    return Pick(place=place, person=person, permission=permission, at=NOW, url="http://h/tree")


def test_the_picked_draft_is_chosen_over_each_other_once() -> None:
    found = picked(TREE, a_pick(), number=3, asker=ANN, reply_id=9)
    assert [(row.chosen, row.rejected) for row in found] == [
        ("In the root.", "Nowhere."),
        ("In the root.", "In docs."),
    ]
    (row, _) = found
    assert (row.origin, row.reply_id, row.number, row.people) == (RowOrigin.PICK, 9, 3, ("ben",))


@pytest.mark.parametrize(
    ("person", "permission", "weight"),
    [
        (BEN, Permission.WRITE, 1.0),
        (BEN, Permission.TRIAGE, 0.5),
        (BEN, Permission.READ, None),
        (ANN, Permission.READ, None),
        (Person(id=9, login="bot", is_bot=True), Permission.ADMIN, None),
    ],
)
def test_trust_decides(person: Person, permission: Permission, weight: float | None) -> None:
    found = picked(TREE, a_pick(person=person, permission=permission), number=3, asker=ANN)
    assert {row.weight for row in found} == (set() if weight is None else {weight})


@pytest.mark.parametrize("place", [-1, 2, 6])
def test_only_a_draft_with_words_can_be_picked(place: int) -> None:
    with pytest.raises(ValueError, match="no draft"):
        picked(TREE, a_pick(place), number=3, asker=ANN)
