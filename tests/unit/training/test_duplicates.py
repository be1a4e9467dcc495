import pytest

from app.training.duplicates import Groups, asked, join, kindred
from tests.unit.training.told import TOLD, lesson

ALIKE = {"question": 90.0, "text": 95.0}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How do I run the tests?", "run test"),
        ("how can the TEST be run", "run test"),
        ("Why?", "why?"),
    ],
)
def test_questions_are_compared_by_their_words(question: str, expected: str) -> None:
    assert asked(lesson(1, question=question)) == expected


def test_questions_of_one_form_are_different_questions() -> None:
    made = [
        lesson(at, question=f"How do I set the {name} of the server?")
        for at, name in enumerate(("port", "name", "size", "colour"))
    ]
    assert kindred(made, **ALIKE) == [frozenset({at}) for at in range(4)]


def test_threads_with_one_question_are_kindred_through_others() -> None:
    made = [
        lesson(1, question="How do I run the tests?"),
        lesson(2, question="where are the logs of the server"),
        lesson(2, question="How are tests run?"),
        lesson(3, question="Where are logs of the server?"),
        lesson(4, question="Is there a cache?"),
    ]
    assert kindred(made, **ALIKE) == [frozenset({1, 2, 3}), frozenset({4})]


def test_threads_with_one_pair_are_kindred() -> None:
    pair = {"chosen": "In short: [2] Use the flag.", "rejected": "[2] Use the flag."}
    other = {"chosen": "In short: [5] Use the flag.", "rejected": "[5] Use the flag."}
    assert kindred([lesson(1, **pair), lesson(2, **other)], **ALIKE) == [frozenset({1, 2})]


def test_threads_where_people_want_one_text_are_kindred() -> None:
    # What is imitated in one is preferred in the other.
    made = [
        lesson(1, chosen="[1] Use it.", rejected=""),
        lesson(2, chosen="[4] Use it.", rejected="[4] Do not use it."),
        lesson(3, chosen="", rejected="[1] Use it."),
        lesson(4, chosen="", rejected="[1] Use it."),
    ]
    assert kindred(made, **ALIKE) == [frozenset({1, 2}), frozenset({3}), frozenset({4})]


def test_a_vote_is_not_joined_with_a_pair() -> None:
    pair = lesson(1)
    vote = lesson(1, question=pair.question, rejected="", reply_id=101)
    assert len(join([pair, vote], **ALIKE)) == 2


def test_lessons_of_one_question_are_compared_with_each_other() -> None:
    first = lesson(1, question="Where is it?", chosen="[1] Under the bed.", rejected="")
    second = lesson(2, question="Where is it?", chosen="[1] Behind a tall door.", rejected="")
    third = lesson(3, question="Where is it?", chosen="[2] Behind a tall door.", rejected="")
    joined = join([first, second, third], **ALIKE)
    assert [one.thread for one in joined] == [1, 3]


def test_the_newest_word_stands() -> None:
    old = lesson(
        9, question="Which port?", chosen="[1] The server listens on 8080 here.", rejected=""
    )
    new = lesson(
        1,
        question="Which port?",
        chosen="[1] The server listens on 8081 here.",
        rejected="",
        created_at=TOLD.replace(year=2027),
    )
    (joined,) = join([old, new], **ALIKE)
    assert "8081" in joined.chosen and joined.weight == 1.0


def test_disjoint_sets() -> None:
    groups = Groups(6)
    for left, right in ((4, 1), (5, 4), (2, 3), (1, 5)):
        groups.unite(left, right)
    assert groups.all() == [[0], [1, 4, 5], [2, 3]]
