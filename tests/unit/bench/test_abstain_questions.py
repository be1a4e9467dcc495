"""The questions of `ABSTAINING`: as many answered as not, of several kinds, in own words."""

from collections import Counter
from itertools import combinations

import pytest

from bench.questions import (
    ABSTAINING,
    NAMES,
    SITE_PACKAGES,
    contains,
    documents,
    installed_as_recorded,
    load,
    shared_run,
)

SETS = {name: load(name) for name in (*NAMES, *ABSTAINING)}


@pytest.mark.parametrize("name", ABSTAINING)
def test_as_many_are_answered_as_not(name):
    questions = SETS[name]
    assert len(questions.answerable) == len(questions.unanswerable) == 100
    for part in (questions.answerable, questions.unanswerable):
        assert Counter(item.package for item in part) == dict.fromkeys(questions.packages, 10)


@pytest.mark.parametrize("name", ABSTAINING)
def test_no_kind_of_unanswerable_question_is_rare(name):
    kinds = Counter(item.kind for item in SETS[name].unanswerable)
    assert kinds["near"] >= 40
    assert kinds["other product"] >= 30
    assert kinds["off topic"] >= 20


@pytest.mark.parametrize(("first", "second"), list(combinations(SETS, 2)))
def test_no_package_is_in_two_sets(first, second):
    assert not SETS[first].packages.keys() & SETS[second].packages.keys()


def test_ids_and_questions_are_unique():
    every = [item for part in SETS.values() for item in (*part.answerable, *part.unanswerable)]
    assert len({item.id for item in every}) == len(every)
    assert len({item.question.lower() for item in every}) == len(every)


@pytest.mark.parametrize("name", ABSTAINING)
def test_questions_are_not_in_the_words_of_their_answers(name):
    assert [
        item.id
        for item in SETS[name].answerable
        for answer in item.answers
        if shared_run(item.question, answer.sentence) >= 5
    ] == []


@pytest.mark.parametrize("name", ABSTAINING)
def test_answers_stand_in_the_installed_text(name):
    missing = []
    for package, recorded in SETS[name].packages.items():
        if not installed_as_recorded(package, recorded):
            continue
        paths = documents(recorded)
        for item in SETS[name].answerable:
            if item.package == package:
                missing += [
                    item.id
                    for answer in item.answers
                    if answer.path not in paths
                    or not contains(
                        (SITE_PACKAGES / answer.path).read_text("utf-8"), answer.sentence
                    )
                ]
    assert missing == []
