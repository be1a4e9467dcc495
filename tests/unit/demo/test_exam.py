"""The demo's exam: what counts as nearer, and what breaks the promise."""

import pytest

from app.demo.exam import Result, check_results, grade
from app.demo.people import LinkBroken, Posted
from app.demo.story import EXAMS, Exam

EXAM = Exam(
    question="Which file?",
    topic="memory",
    wanted="It reads `new.yml`.",
    needs="new.yml",
    spoils="old.yml",
)


def posted(answer: str) -> Posted:
    return Posted(
        id=1,
        node_id="IC_1",
        url="https://github.com/o/r/issues/1#issuecomment-1",
        body=f"{answer}\n\n**Sources**\n\n1. `README.md`\n\n<!-- treadle {{}} k1 0 -->",
        author="treadle[bot]",
        is_bot=True,
    )


def result(topic: str, *, before: bool, after: bool, gain: float = 0.5) -> Result:
    exam = Exam(question="?", topic=topic, wanted="w", needs="n")
    return Result(
        exam=exam,
        after=posted("n"),
        cost_before=0.5,
        cost_after=0.5 - gain,
        right_before=before,
        right_after=after,
    )


GOOD = [
    result("memory", before=False, after=True),
    result("phrases", before=False, after=True),
    result("kept", before=True, after=True, gain=0.0),
]


def test_the_edit_cost_ignores_sources_and_their_marks() -> None:
    graded = grade(EXAM, posted("It reads `old.yml`. [1]"), posted("It reads `new.yml`. [1]"))
    # One word of three, the file's name, is still to be changed before, and none after.
    assert (graded.cost_before, graded.cost_after) == (pytest.approx(1 / 3, abs=0.1), 0.0)
    assert (graded.right_before, graded.right_after) == (False, True)


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("It reads NEW.YML.", True),
        ("It reads new.yml, no longer old.yml.", False),
        ("It reads nothing.", False),
    ],
)
def test_a_right_answer_says_what_was_wanted_and_not_what_was_struck(
    answer: str, right: bool
) -> None:
    assert EXAM.satisfied(answer) is right


def test_results_that_keep_the_promise_pass() -> None:
    check_results(GOOD)


@pytest.mark.parametrize(
    ("place", "worse", "named"),
    [
        (0, result("memory", before=False, after=False), "through memory"),
        (1, result("phrases", before=True, after=True), "through phrases"),
        (1, result("phrases", before=False, after=True, gain=-1.0), "nearer"),
        (2, result("kept", before=True, after=False), "got lost"),
    ],
)
def test_results_that_break_it_are_named(place: int, worse: Result, named: str) -> None:
    results = [*GOOD]
    results[place] = worse
    with pytest.raises(LinkBroken, match=named):
        check_results(results)


def test_there_are_a_dozen_questions_and_none_of_them_is_taught_with() -> None:
    from app.demo.story import LESSONS

    assert len(EXAMS) == 12
    assert {exam.question for exam in EXAMS}.isdisjoint(lesson.question for lesson in LESSONS)
