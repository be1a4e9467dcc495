import random

import pytest

from app.training.bobbin import choice
from app.training.bobbin.pages import Document

WEFT = Document(
    package="weft",
    name="weft/a.py",
    sentences=(
        *(f"Thread number {n} carries colour {n * n} and knot {n + 50}." for n in range(9)),
        "Short.",
        "x" * 400,
    ),
)


@pytest.mark.parametrize(
    ("sentence", "usable"),
    [
        ("The server listens on a port.", True),
        ("See below.", False),
        ("It is what it is, and so it was.", False),
        ("word " * 80, False),
        ("Two lines of words\nare not one sentence.", False),
        ("A citation such as [1] does not stand here.", False),
    ],
)
def test_usable(sentence: str, usable: bool) -> None:
    assert choice.usable(sentence) is usable


def test_sentences_that_say_the_same_are_not_new() -> None:
    chosen = ["The server listens on port 8080."]
    assert not choice.is_new("The server listens on the port 8080!", chosen)
    assert choice.is_new("Workers write a log.", chosen)


@pytest.mark.parametrize("count", [3, 5])
def test_gathered_sentences_are_of_the_documents(count: int) -> None:
    other = Document(package="b", name="b.py", sentences=("Looms need oil every second week.",))
    allowed = {*WEFT.sentences, *other.sentences}
    for seed in range(30):
        found = choice.gathered(random.Random(seed), WEFT, (other,), count)
        assert 2 <= len(found) <= count
        assert set(found) <= allowed
        assert len(set(found)) == len(found)


def test_gathering_needs_two_sentences() -> None:
    lone = Document(package="b", name="b.py", sentences=("Looms need oil every second week.",))
    with pytest.raises(ValueError, match=r"b\.py"):
        choice.gathered(random.Random(0), lone, (), 4)


def test_outside_sentences_are_not_inside() -> None:
    inside = list(WEFT.sentences[:4])
    for seed in range(20):
        assert not set(inside) & set(choice.outside(random.Random(seed), WEFT, (), inside))
