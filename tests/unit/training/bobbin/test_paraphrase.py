import random

import pytest

from app.training.bobbin import paraphrase
from app.training.bobbin.paraphrase import Bit


@pytest.mark.parametrize(
    ("verb", "participle", "running", "third"),
    [
        ("pass", "passed", "passing", "passes"),
        ("use", "used", "using", "uses"),
        ("stop", "stopped", "stopping", "stops"),
        ("copy", "copied", "copying", "copies"),
        ("write", "written", "writing", "writes"),
        ("submit", "submitted", "submitting", "submits"),
        ("open", "opened", "opening", "opens"),
        ("agree", "agreed", "agreeing", "agrees"),
    ],
)
def test_forms_of_a_verb(verb: str, participle: str, running: str, third: str) -> None:
    assert paraphrase.past(verb) == participle
    assert paraphrase.ongoing(verb) == running
    assert paraphrase.third(verb) == third


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("returns", {"return", "returning", "returned"}),
        ("column", {"columns"}),
        ("rows", {"row"}),
        ("encrypted", {"encrypt", "encrypts", "encrypting"}),
        ("optional", {"optional"}),
    ],
)
def test_other_forms(word: str, others: set[str]) -> None:
    assert set(paraphrase.forms(word)) == others


@pytest.mark.parametrize("word", ["database", "directory", "configuration", "argument"])
def test_abbreviations_go_both_ways(word: str) -> None:
    short = paraphrase.kin()[word][0]
    assert len(short) < len(word)
    assert word in paraphrase.kin()[short]


def test_relatives_come_from_the_thesaurus_too() -> None:
    rng = random.Random(0)
    said = {paraphrase.relative(rng, "deprecated") for _ in range(200)}
    assert "no longer" in said
    assert len(said) > 3


def test_a_relative_has_the_form_of_the_word() -> None:
    rng = random.Random(1)
    said = {paraphrase.relative(rng, "deleting") for _ in range(60)}
    assert "removing" in said
    assert "remove" not in said


def test_a_word_without_relatives_stays() -> None:
    assert paraphrase.relative(random.Random(0), "xyzzyq") == "xyzzyq"


def test_a_typo_is_one_slip() -> None:
    rng = random.Random(3)
    for _ in range(100):
        made = paraphrase.typo(rng, "database")
        assert abs(len(made) - 8) <= 1
        assert made[0] == "d"
    assert paraphrase.typo(rng, "url") == "url"


@pytest.mark.parametrize(
    ("word", "other"),
    [("serialize", "serialise"), ("behaviour", "behavior"), ("color", "colour"), ("row", "row")],
)
def test_spelling_on_both_sides_of_the_ocean(word: str, other: str) -> None:
    assert paraphrase.spelt(word) == other


def test_bits_of_no_sentence_are_not_varied() -> None:
    rng = random.Random(0)
    aside = Bit("database")
    assert all(paraphrase.vary(rng, aside, 1.0) == aside for _ in range(50))


def test_a_varied_bit_remembers_its_place() -> None:
    rng = random.Random(0)
    bit = Bit("max_retries", 4, 15, ("max", "retri"), 1.3)
    made = {paraphrase.vary(rng, bit, 1.0) for _ in range(100)}
    assert {(each.start, each.end) for each in made} == {(4, 15)}
    assert {each.text for each in made} == {"max_retries", "max retries"}


def test_distance_zero_keeps_most_words() -> None:
    rng = random.Random(0)
    bit = Bit("database", 0, 8, ("databas",), 1.0)
    same = sum(paraphrase.vary(rng, bit, 0.0).text == "database" for _ in range(200))
    assert same > 180


def test_trimming_leaves_something_that_says_much() -> None:
    rng = random.Random(0)
    bits = [Bit("the"), Bit("worker", 4, 10, ("worker",), 1.0), Bit("of")]
    for _ in range(100):
        assert bits[1] in paraphrase.trim(rng, bits, 1.0)
