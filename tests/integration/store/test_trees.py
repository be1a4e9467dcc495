"""What was tried for asks, on both databases."""

from dataclasses import replace

import pytest

from app.domain import AskTree, Branch, Course, Fault, Outcome, Reason, Tried, WholeText
from app.store import Store
from tests.stored import NOW, a_repository, an_ask, later

BRANCHES = [
    Branch(
        text="Run it. [1]",
        score=1.5,
        logprob=-3.0,
        finished=True,
        chosen=True,
        parts={"phrases": -0.5, "principles": 2.0},
        opinions=[2.5],
    ),
    Branch(parent=0, text=" \x00", ruled_out="it says nothing"),
]
REASON = Reason(fault=Fault.PHRASE, what="run it", odds=-0.5)
TREE = AskTree(
    ask_key="ask:N29:c1",
    repository_id=1,
    question="How?",
    outcome=Outcome.REFUSED,
    min_score=0.0,
    tried=[
        Tried(
            course=Course.TOLD,
            banned=["Run it."],
            text="Run it. [1]",
            score=1.5,
            standing=-0.5,
            reasons=[REASON],
            principles=["Is it short?"],
            branches=BRANCHES,
            left_out=3,
            pieces=5,
        )
    ],
    created_at=NOW,
    drafts=[WholeText(text="Run it.", score=1.5, taught=["http://h/1"])],
    more=2,
)


@pytest.fixture
def asked(store: Store) -> Store:
    store.repositories.save(a_repository())
    store.asks.open(an_ask())
    return store


def test_what_is_kept_comes_back(asked: Store) -> None:
    asked.trees.save(TREE)
    found = asked.trees.get(TREE.ask_key)
    assert found is not None
    (tried,) = found.tried
    assert tried.branches[1].text == " \N{REPLACEMENT CHARACTER}"
    same = replace(TREE.tried[0], branches=[BRANCHES[0], tried.branches[1]])
    assert found == replace(TREE, tried=[same])
    assert asked.trees.get("ask:N1:c1") is None


def test_another_try_takes_the_place_of_the_first(asked: Store) -> None:
    asked.trees.save(TREE)
    asked.trees.save(replace(TREE, outcome=Outcome.ANSWERED, tried=[]))
    found = asked.trees.get(TREE.ask_key)
    assert found is not None and (found.outcome, list(found.tried)) == (Outcome.ANSWERED, [])


def test_which_asks_have_one(asked: Store) -> None:
    asked.trees.save(TREE)
    assert asked.trees.known([TREE.ask_key, "other"]) == {TREE.ask_key}
    assert asked.trees.known([]) == frozenset()


@pytest.mark.parametrize(("before", "left"), [(later(1), 0), (NOW, 1)])
def test_old_ones_are_pruned(asked: Store, before: object, left: int) -> None:
    asked.trees.save(TREE)
    assert asked.trees.prune(before) == 1 - left  # type: ignore[arg-type]
    assert (asked.trees.get(TREE.ask_key) is not None) == bool(left)
