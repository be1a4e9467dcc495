"""The questions by facts: what is read, what counts as stated, and that the text has it."""

from collections import Counter

import pytest

from bench import questions
from bench.questions import SITE_PACKAGES
from bench.questions.facts import Fact, Inquiry, load, package, plain, share, states

SINGLE = load("single")


def fact(*wordings: str) -> Fact:
    return Fact(any=wordings, file="thing/METADATA")


@pytest.mark.parametrize(
    ("text", "wordings", "expected"),
    [
        ("Set ``port`` to 80.", ["80"], True),
        ("Set ``port`` to 8080.", ["80"], False),
        ("It waits 5 s.", ["0.5 s"], False),
        ("Pass `--all-files` to it.", ["--ALL-files"], True),
        ("Waits until\n   all is done.", ["until all is"], True),
        ("Raises :class:`~Timeout` then.", ["raises Timeout"], True),
        ("A **bold** word.", ["bold word"], True),
        ("One of two.", ["three", "two"], True),
        ("One of two.", ["three", "four"], False),
        ("", ["three"], False),
    ],
)
def test_a_fact_is_stated_by_whole_words_whatever_its_marks(
    text: str, wordings: list[str], expected: bool
) -> None:
    assert states(text, fact(*wordings)) is expected


def test_share_counts_the_facts_that_are_stated() -> None:
    facts = [fact("one"), fact("two"), fact("three"), fact("four", "vier")]
    # One, three and vier of four.
    assert share("One, three, vier.", facts) == 0.75


def test_a_packages_documents_are_its_code_and_prose_without_tests() -> None:
    found = package("rich")
    assert found.version
    assert "rich/console.py" in found.files
    assert any(path.endswith(".dist-info/METADATA") for path in found.files)
    assert not any("RECORD" in path or path.endswith(".pyc") for path in found.files)


def test_single_has_its_size() -> None:
    assert len(SINGLE) >= 100
    counts = Counter(item.package for item in SINGLE)
    assert len(counts) >= 10
    assert max(counts.values()) <= 15


def test_single_is_about_packages_that_the_held_out_set_is_not_about() -> None:
    held_out = {name.lower() for name in questions.load("test").packages}
    assert held_out.isdisjoint(item.package.lower() for item in SINGLE)


def test_ids_and_questions_are_unique() -> None:
    assert len({item.id for item in SINGLE}) == len(SINGLE)
    assert len({plain(item.question) for item in SINGLE}) == len(SINGLE)


@pytest.mark.parametrize("item", SINGLE, ids=lambda item: item.id)
def test_the_facts_of_a_question_stand_in_one_file_and_not_in_the_question(item: Inquiry) -> None:
    [file] = {one.file for one in item.facts}
    assert file in package(item.package).files
    text = (SITE_PACKAGES / file).read_text(encoding="utf-8")
    assert share(text, item.facts) == 1
    assert share(item.question, item.facts) == 0
    assert item.question == " ".join(item.question.split())
