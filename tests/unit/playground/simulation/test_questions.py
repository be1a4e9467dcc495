"""The questions about the sample: each has its sentence, and none is asked twice."""

from app.demo.story import EXAMS, LESSONS
from app.demo.untaught import UNTAUGHT
from playground.code import from_directory
from playground.simulation.crew import SAMPLE
from playground.simulation.questions import questions

TEXT = b"\n".join(from_directory(SAMPLE, ("*.md", "docs/*.md")).values()).decode()
LINES = [line.removeprefix("- ") for line in TEXT.splitlines()]


def test_there_are_enough_of_both() -> None:
    assert len(questions()) >= 80
    assert len(UNTAUGHT) == 16


def test_each_sentence_stands_once_in_the_sample() -> None:
    for one in (*questions(), *UNTAUGHT):
        assert LINES.count(one.sentence) == 1, one


def test_no_question_and_no_sentence_comes_twice() -> None:
    every = (*questions(), *UNTAUGHT)
    assert len({one.question for one in every}) == len(every)
    assert len({one.sentence for one in every}) == len(every)


def test_what_the_demo_teaches_and_asks_is_asked_by_nobody_else() -> None:
    story = {one.question for one in (*LESSONS, *EXAMS)}
    assert story.isdisjoint(one.question for one in (*questions(), *UNTAUGHT))


def test_the_first_questions_already_come_from_every_document() -> None:
    documents = from_directory(SAMPLE, ("*.md", "docs/*.md"))
    first = questions()[: len(documents)]
    for path, text in documents.items():
        assert any(one.sentence in text.decode() for one in first), path
