"""How alike questions are: by words, by learned kin, and by what they find."""

import math

import pytest

from app.domain import Hit, Question
from app.weave.likeness import (
    KIN,
    LOOKED_UP,
    NAMES,
    Signs,
    covered,
    likeness,
    parts,
    spelt_alike,
    together,
)
from app.weave.question import Asked, take_apart

from .made import corpus, passage


def asked(text: str) -> Asked:
    return take_apart(Question(text=text), corpus().rarity)


def rare(word: str) -> float:
    return 4.0


def hits(*names: str, score: float = 2.0) -> list[Hit]:
    return [Hit(passage=passage("text", name), score=score) for name in names]


MANY = [f"{n}.md" for n in range(LOOKED_UP)]


def test_words_are_covered_by_themselves_and_less_by_kin() -> None:
    question = asked("Where is the port of the server set?")
    own = parts(question)
    assert covered(question, own, rare) == pytest.approx(1.0)
    assert 0.0 < covered(question, frozenset({"port"}), rare) < 1.0
    assert covered(question, frozenset(), rare) == 0.0


def test_one_word_in_common_says_little() -> None:
    question = asked("port?")
    assert covered(question, parts(question), rare) == pytest.approx(0.5)


@pytest.mark.parametrize(("share", "expected"), [(0.1, 1.0), (0.4, 1.0), (0.45, 0.0), (0.9, 0.0)])
def test_a_word_that_stands_everywhere_tells_nothing(share: float, expected: float) -> None:
    question = asked("Which port has the server?")
    found = covered(question, parts(question), lambda word: -math.log(share))
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    "first, second, expected",
    [
        (hits(*MANY), hits(*MANY, score=5.0), 1.0),
        (hits(*MANY[:20]), hits(*MANY[20:]), 0.0),
        ([], hits(*MANY), 0.0),
        # Half of what each found: 20 of 40, of like scores.
        (hits(*MANY), hits(*MANY[:20], *(f"x{n}.md" for n in range(20))), 0.5),
        # Ten passages, a quarter of those that are looked up: 1 / 16.
        (hits(*MANY[:10]), hits(*MANY[:10]), 0.0625),
    ],
)
def test_what_two_searches_find_together(
    first: list[Hit], second: list[Hit], expected: float
) -> None:
    assert together(first, second) == pytest.approx(expected)


@pytest.mark.parametrize(
    "first, second",
    [
        # Kin by a line of the thesaurus, read from either side, and by a turn of speech.
        ("Which directory?", "Which folder?"),
        ("Which folder?", "Which directory?"),
        ("Why does it quit concurrently?", "Why does it quit at the same time?"),
        ("Why does it quit at the same time?", "Why does it quit concurrently?"),
    ],
)
def test_kin_covers_each_other(first: str, second: str) -> None:
    question, words = asked(first), parts(asked(second))
    assert covered(question, words, rare, kin=0.0) < covered(question, words, rare) < 1.0


def test_kin_counts_less() -> None:
    question = asked("folder?")
    assert covered(question, frozenset({"directori"}), rare) == pytest.approx(0.5 * KIN)
    assert covered(question, frozenset({"directori"}), rare, kin=0.0) == 0.0


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ("executemany", "ExecuteMany!", 0.999, 1.0),
        ("jsonb columns", "json column", 0.4, 0.9),
        ("colour", "port", 0.0, 0.0),
        # Common words have no say, and nothing is like nothing.
        ("How do I do it?", "How do I do it?", 0.0, 0.0),
        ("", "port", 0.0, 0.0),
        (
            "\u043f\u043e\u0440\u0442 \u0441\u0435\u0440\u0432\u0435\u0440\u0430",
            "\u043f\u043e\u0440\u0442",
            0.3,
            0.9,
        ),
    ],
)
def test_words_that_are_spelt_alike(first: str, second: str, low: float, high: float) -> None:
    assert low <= spelt_alike(first, second, rare) <= high + 1e-9
    assert spelt_alike(first, second, rare) == pytest.approx(spelt_alike(second, first, rare))


def test_a_name_that_stands_everywhere_is_not_spelt() -> None:
    assert spelt_alike("the loom", "loom", rare) == pytest.approx(1.0)
    assert spelt_alike("the loom", "loom", lambda stem: 0.3) == 0.0


def of(**told: float) -> Signs:
    return Signs(**{name: told.get(name, 0.3) for name in NAMES})


@pytest.mark.parametrize("name", NAMES)
def test_each_sign_makes_questions_more_alike(name: str) -> None:
    assert likeness(of()) < likeness(of(**{name: 0.6})) < 1.0
