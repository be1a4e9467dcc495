"""How alike questions are: by words, by learned kin, and by what they find."""

import math

import pytest

from app.domain import Hit, Question
from app.weave.likeness import (
    DIMENSIONS,
    LOOKED_UP,
    covered,
    likeness,
    near,
    parts,
    together,
    vectors,
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


def test_learned_directions_have_one_length() -> None:
    assert len(vectors()) > 4000
    assert all(len(one) == DIMENSIONS for one in vectors().values())
    assert near("certif", "certif") == pytest.approx(1.0)
    assert near("certif", "cert") > near("certif", "color") >= 0.0
    assert near("certif", "nosuchstem") == 0.0


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


def test_each_part_makes_questions_more_alike() -> None:
    least = likeness(0.3, 0.3, 0.1)
    assert least < min(likeness(0.6, 0.3, 0.1), likeness(0.3, 0.6, 0.1), likeness(0.3, 0.3, 0.4))
    # What the one share is ahead of the other by more than two fifths does not count.
    assert likeness(1.0, 0.2, 0.0) == pytest.approx(likeness(0.6, 0.2, 0.0))
