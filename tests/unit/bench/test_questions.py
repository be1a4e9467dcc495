import re
from collections import Counter
from itertools import combinations

import pytest

from bench.questions import (
    NAMES,
    SITE_PACKAGES,
    Answerable,
    Package,
    QuestionSet,
    Unanswerable,
    contains,
    documents,
    installed_as_recorded,
    load,
    shared_run,
)

SETS = {name: load(name) for name in NAMES}
PACKAGES = [
    pytest.param(name, package, questions, id=f"{part}-{name}")
    for part, questions in SETS.items()
    for name, package in questions.packages.items()
]
READABLE = (".py", ".md", ".rst", ".txt", ".mako", "README", "METADATA")


def every_question(questions: QuestionSet) -> list[Answerable | Unanswerable]:
    return [*questions.answerable, *questions.unanswerable]


@pytest.mark.parametrize(
    ("name", "packages", "answerable", "unanswerable", "fewest"),
    [("dev", 5, 60, 60, 8), ("more", 8, 80, 40, 5), ("test", 7, 100, 100, 8)],
)
def test_sets_have_their_size(name, packages, answerable, unanswerable, fewest):
    questions = SETS[name]
    assert len(questions.packages) >= packages
    assert len(questions.answerable) == answerable
    assert len(questions.unanswerable) == unanswerable
    for kind in (questions.answerable, questions.unanswerable):
        counts = Counter(question.package for question in kind)
        assert counts.keys() == questions.packages.keys()
        assert min(counts.values()) >= fewest


@pytest.mark.parametrize(("first", "second"), list(combinations(NAMES, 2)))
def test_no_package_is_in_two_sets(first, second):
    assert not SETS[first].packages.keys() & SETS[second].packages.keys()


def test_ids_and_questions_are_unique():
    questions = [question for part in SETS.values() for question in every_question(part)]
    assert len({question.id for question in questions}) == len(questions)
    assert len({question.question.lower() for question in questions}) == len(questions)


@pytest.mark.parametrize("part", NAMES)
def test_questions_are_not_in_the_words_of_their_answers(part):
    too_near = [
        (question.id, answer.sentence)
        for question in SETS[part].answerable
        for answer in question.answers
        if shared_run(question.question, answer.sentence) >= 5
    ]
    assert too_near == []


@pytest.mark.parametrize("part", NAMES)
def test_questions_and_answers_are_short_single_lines(part):
    for question in every_question(SETS[part]):
        assert 10 <= len(question.question) <= 200
        assert question.question == " ".join(question.question.split())
    for question in SETS[part].answerable:
        assert question.answers
        assert len(set(question.answers)) == len(question.answers)
        for answer in question.answers:
            assert 10 <= len(answer.sentence) <= 420
            assert answer.sentence == " ".join(answer.sentence.split())


def test_most_packages_are_installed_as_recorded():
    for questions in SETS.values():
        recorded = [installed_as_recorded(*item) for item in questions.packages.items()]
        assert sum(recorded) > len(recorded) / 2


@pytest.mark.parametrize(("name", "package", "questions"), PACKAGES)
def test_answers_stand_in_the_installed_text(
    name: str, package: Package, questions: QuestionSet
) -> None:
    if not installed_as_recorded(name, package):
        return
    paths = documents(package)
    assert 10 <= len(paths) <= 400
    assert all(path.endswith(READABLE) for path in paths)
    assert any(re.fullmatch(rf"{name}-[\d.]+\.dist-info/METADATA", path) for path in paths)
    answers = {
        answer
        for question in questions.answerable
        if question.package == name
        for answer in question.answers
    }
    assert {answer.path for answer in answers} <= set(paths)
    texts = {
        path: (SITE_PACKAGES / path).read_text(encoding="utf-8")
        for path in {answer.path for answer in answers}
    }
    missing = [answer for answer in answers if not contains(texts[answer.path], answer.sentence)]
    assert missing == []


@pytest.mark.parametrize(
    ("first", "second", "run"),
    [
        ("Where is the file?", "It is where the file is.", 2),
        ("set the limit to five", "Please SET the `limit`, to six", 4),
        ("one two", "three four", 0),
        ("", "three four", 0),
    ],
)
def test_shared_run_counts_words(first, second, run):
    assert shared_run(first, second) == run


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Waits until\n        it is done. Then", True),
        ("Waits  until\tit is\n\ndone.", True),
        ("Waits until it was done.", False),
    ],
)
def test_contains_puts_whitespace_aside(text, expected):
    assert contains(text, "Waits until it is done.") is expected


def test_documents_are_the_files_that_the_globs_find(tmp_path):
    (tmp_path / "thing" / "deep").mkdir(parents=True)
    for path in ("thing/b.py", "thing/a.py", "thing/deep/c.py", "thing/a.pyc"):
        (tmp_path / path).write_text("")
    package = Package(version="1", files=("thing/*.py", "thing/**/*.py", "none/*"))
    assert documents(package, tmp_path) == ("thing/a.py", "thing/b.py", "thing/deep/c.py")
