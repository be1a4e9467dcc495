"""The questions that need several sources: what each asks for is spread over the text."""

from collections import Counter
from functools import cache

import pytest

from app.knowledge.passages import passages
from bench import questions
from bench.questions import SITE_PACKAGES
from bench.questions.facts import Inquiry, load, package, plain, share, states

SEVERAL = load("several")
documents = cache(package)


@cache
def text_of(file: str) -> str:
    return (SITE_PACKAGES / file).read_text(encoding="utf-8")


@cache
def cut(file: str) -> tuple[str, ...]:
    return tuple(passage.text for passage in passages(file, text_of(file)))


def test_it_has_its_size() -> None:
    assert len(SEVERAL) >= 100
    counts = Counter(item.package for item in SEVERAL)
    assert len(counts) >= 10
    assert max(counts.values()) <= 15


def test_it_is_about_packages_that_the_held_out_set_is_not_about() -> None:
    held_out = {name.lower() for name in questions.load("test").packages}
    assert held_out.isdisjoint(item.package.lower() for item in SEVERAL)


def test_ids_and_questions_are_those_of_no_other() -> None:
    every = [*SEVERAL, *load("single")]
    assert len({item.id for item in every}) == len(every)
    assert len({plain(item.question) for item in every}) == len(every)


@pytest.mark.parametrize("item", SEVERAL, ids=lambda item: item.id)
def test_each_question_asks_for_two_to_four_facts_of_the_text(item: Inquiry) -> None:
    assert 2 <= len(item.facts) <= 4
    assert len({wording for fact in item.facts for wording in fact.any}) == sum(
        len(fact.any) for fact in item.facts
    )
    for fact in item.facts:
        assert fact.file in documents(item.package).files
        assert states(text_of(fact.file), fact)
        assert any(states(passage, fact) for passage in cut(fact.file))


@pytest.mark.parametrize("item", SEVERAL, ids=lambda item: item.id)
def test_no_passage_states_all_that_a_question_asks_for(item: Inquiry) -> None:
    for file in {fact.file for fact in item.facts}:
        assert [passage for passage in cut(file) if share(passage, item.facts) == 1] == []


@pytest.mark.parametrize("item", SEVERAL, ids=lambda item: item.id)
def test_a_question_tells_nothing_of_its_answer(item: Inquiry) -> None:
    assert 10 <= len(item.question) <= 200
    assert item.question == " ".join(item.question.split())
    asked = plain(item.question)
    assert [wording for fact in item.facts for wording in fact.any if plain(wording) in asked] == []
