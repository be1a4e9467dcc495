"""What is asked of whom, and how an answer is compared with what people wanted."""

from collections.abc import Mapping

import pytest

from app.domain import Answer
from app.flows.columns import judged, pick
from app.training.snapshot import Snapshot
from tests.unit.training.told import lesson as a_lesson

WAS = "Run `make check`. [1]"
WANTED = "In short: Run `make check`."


def said(text: str) -> Answer:
    return Answer(text=text, confidence=0.9, score=0.0, abstained=not text)


@pytest.mark.parametrize(
    ("text", "cost", "satisfied"),
    [
        # Word for word what they wanted, but for its mark.
        ("In short: Run `make check`. [1]", 0.0, True),
        # As it was: the three tokens In, short and : are missing of the seven.
        (WAS, None, False),
        # Another sentence, led in as taught: much is left to edit.
        ("In short: The looms are oiled on Mondays. [1]", None, True),
        ("", 1.0, False),
    ],
)
def test_an_answer_is_satisfied_where_it_is_as_taught(
    text: str, cost: float | None, satisfied: bool
) -> None:
    found = judged(said(text), wanted=WANTED, was=WAS)
    assert found.satisfied is satisfied
    assert 0 < found.cost < 1 if cost is None else found.cost == cost


def test_the_cost_is_less_the_nearer_an_answer_is() -> None:
    texts = [WANTED, WAS, "In short: The looms are oiled on Mondays.", ""]
    costs = [judged(said(text), wanted=WANTED, was=WAS).cost for text in texts]
    assert costs == sorted(costs) and len(set(costs)) == 4


@pytest.mark.parametrize(
    ("text", "satisfied"),
    [
        ("The interval is 9 seconds.", True),
        ("The interval is 5 seconds.", False),
        ("The interval is 9 seconds, not 5.", False),
    ],
)
def test_what_was_taken_out_must_not_come_back(text: str, satisfied: bool) -> None:
    was, wanted = "The interval is 5 seconds.", "The interval is 9 seconds."
    assert judged(said(text), wanted=wanted, was=was).satisfied is satisfied


@pytest.mark.parametrize(("text", "satisfied"), [(WAS, True), ("Run make.", False)])
def test_an_answer_that_was_liked_is_to_stay(text: str, satisfied: bool) -> None:
    wanted = "Run `make check`."
    assert judged(said(text), wanted=wanted, was=WAS).satisfied is satisfied


def snapshot(*told: tuple[int, int, str], kin: Mapping[int, int] | None = None) -> Snapshot:
    """Makes a snapshot of lessons as (thread, fold, wanted); `kin` where threads are kindred."""
    lessons = [
        a_lesson(thread, reply_id=at, wanted=wanted) for at, (thread, _, wanted) in enumerate(told)
    ]
    return Snapshot(
        lessons=lessons,
        folds=[fold for _, fold, _ in told],
        count=2,
        kin={thread: thread for thread, _, _ in told} | dict(kin or {}),
        independent=0,
        dropped={},
        redacted=0,
        hash="h",
    )


def test_every_thread_is_asked_once_before_one_is_asked_twice() -> None:
    taken = snapshot((1, 0, "a"), (1, 0, "b"), (1, 0, "c"), (2, 1, "d"), (3, 0, "e"))
    asked = [(lesson.thread, fold) for fold, lesson in pick(taken, {0: "x", 1: "y"}, 4)]
    assert sorted(asked[:3]) == [(1, 0), (2, 1), (3, 0)]
    assert asked[3] == (1, 0)


def test_kindred_threads_are_asked_as_one() -> None:
    taken = snapshot((1, 0, "a"), (2, 0, "b"), (3, 0, "c"), kin={2: 1})
    asked = [lesson.thread for _, lesson in pick(taken, {0: "x"}, 3)]
    assert asked.index(2) == 2


def test_only_what_was_held_out_from_an_adapter_and_is_wanted_is_asked() -> None:
    taken = snapshot((1, 0, "a"), (2, -1, "b"), (3, 1, "c"), (4, 0, ""))
    assert [lesson.thread for _, lesson in pick(taken, {0: "x"}, 9)] == [1]
    assert pick(taken, {0: "x", 1: "y"}, 0) == []
