"""Siblings: which texts of a thread are paired, and what a pair carries."""

from typing import Any

import pytest

from app.domain import PreferenceRow, RowKind, RowOrigin
from app.feedback.siblings import siblings
from tests.stored import NOW, later

QUESTION = "Where does the configuration go?"


def a_row(reply: int, *, good: str = "", bad: str = "", **given: Any) -> PreferenceRow:
    values: dict[str, Any] = {
        "kind": RowKind.UNPAIRED,
        "repository_id": 1,
        "reply_id": reply,
        "number": 3,
        "prompt": QUESTION,
        "chosen": good,
        "rejected": bad,
        "weight": 1.0,
        "people": ("ann",),
        "urls": (f"http://h/{reply}",),
        "created_at": NOW,
        "origin": RowOrigin.VOTES,
    }
    return PreferenceRow(**values | given)


def test_a_pair_weighs_its_weaker_side_and_names_both() -> None:
    good = a_row(1, good="In the root.", weight=0.5)
    bad = a_row(2, bad="Nowhere.", people=("ben",), created_at=later(60))
    (pair,) = siblings([good, bad])
    assert (pair.kind, pair.chosen, pair.rejected) == (RowKind.PAIR, "In the root.", "Nowhere.")
    assert (pair.reply_id, pair.weight, pair.created_at) == (1, 0.5, later(60))
    assert (pair.people, pair.urls) == (("ann", "ben"), ("http://h/1", "http://h/2"))
    assert pair.origin is RowOrigin.SIBLINGS


def test_a_hidden_sibling_is_told() -> None:
    bad = a_row(2, bad="Nowhere.", origin=RowOrigin.HIDE)
    (pair,) = siblings([a_row(1, good="In the root."), bad])
    assert pair.origin is RowOrigin.HIDE


@pytest.mark.parametrize(
    ("question", "paired"),
    [
        ("where do the configurations go", True),
        ("Where does the configuration go, please?", True),
        ("Where does the licence go?", False),
        ("Who wrote the tests?", False),
    ],
)
def test_questions_have_to_be_nearly_the_same(question: str, paired: bool) -> None:
    found = siblings([a_row(1, good="In the root."), a_row(2, bad="Nowhere.", prompt=question)])
    assert bool(found) is paired


@pytest.mark.parametrize(("words", "alike"), [(300, True), (400, False)])
def test_long_questions_have_to_be_the_same(words: int, alike: bool) -> None:
    long = " ".join(f"w{number}" for number in range(1000, 1000 + words))
    good = a_row(1, good="In the root.", prompt=long)
    found = siblings([good, a_row(2, bad="Nowhere.", prompt=f"{long} loom")])
    assert bool(found) is alike
    assert len(siblings([good, a_row(2, bad="Nowhere.", prompt=long.upper())])) == 1


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [a_row(1, good="A"), a_row(2, good="B")],
        # Both words are on texts of one reply: an edit's, and they pair by themselves.
        [a_row(1, good="A"), a_row(1, bad="B")],
        [a_row(1, good="Same text"), a_row(2, bad="Same  text\n")],
        [a_row(1, good="A"), a_row(2, bad="B", kind=RowKind.COH)],
    ],
)
def test_what_is_no_pair(rows: list[PreferenceRow]) -> None:
    assert siblings(rows) == []


def test_a_text_on_both_sides_is_in_no_pair() -> None:
    rows = [a_row(1, good="A"), a_row(2, bad="A"), a_row(3, bad="B"), a_row(4, good="C")]
    assert [(pair.chosen, pair.rejected) for pair in siblings(rows)] == [("C", "B")]


def test_the_same_pair_comes_once_at_its_best() -> None:
    rows = [a_row(1, good="A", weight=0.5), a_row(2, good="A"), a_row(3, bad="B")]
    assert [pair.weight for pair in siblings(rows)] == [1.0]


def test_threads_are_not_mixed() -> None:
    with pytest.raises(ValueError, match="one thread"):
        siblings([a_row(1, good="A"), a_row(2, bad="B", number=4)])


def test_each_question_is_compared_once_and_pairs_are_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared = []

    def ratio(*texts: str, **_: object) -> float:
        compared.append(texts)
        return 100.0

    monkeypatch.setattr("rapidfuzz.fuzz.ratio", ratio)
    good = [a_row(number, good=f"A{number}") for number in range(30)]
    bad = [a_row(100 + number, bad=f"B{number}", prompt="Where?") for number in range(30)]
    assert len(siblings([*good, *bad])) == 900
    assert len(compared) == 1
    monkeypatch.setattr("app.feedback.siblings.MOST_PAIRS", 800)
    assert len(siblings([*good, *bad])) == 800
    monkeypatch.setattr("app.feedback.siblings.MOST_SIDES", 2)
    found = siblings([*good, *bad])
    assert [(row.chosen, row.rejected) for row in found] == [
        ("A0", "B0"),
        ("A0", "B1"),
        ("A1", "B0"),
        ("A1", "B1"),
    ]
