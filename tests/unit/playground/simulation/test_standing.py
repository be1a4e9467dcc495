"""Where a simulation stands: counts, words, and the way through JSON."""

import json

import pytest

from playground.simulation.standing import Late, Phase, Standing, from_json

STANDING = Standing(
    repository="olivia/shuttle",
    wanted=10,
    phase=Phase.JUDGING,
    asked=10,
    answered=9,
    edited=4,
    voted=2,
    left=1,
    late=(Late(number=7, question="Where?"),),
)


def test_steps_are_replies_and_judgements_and_what_is_late_is_over() -> None:
    # 9 replies and 7 judgements; the one that is late would have been a step of each.
    assert (STANDING.judged, STANDING.step, STANDING.steps) == (7, 18, 20)


def test_the_words_leave_out_what_is_not() -> None:
    assert STANDING.words == (
        "10 of 10 asked, 9 answered, 4 edited, 2 given 👍, 1 left alone, 1 without a reply in time"
    )
    assert "in time" not in Standing(repository="o/r", wanted=1).words


def test_programs_read_back_what_they_are_told() -> None:
    assert from_json(json.loads(json.dumps(STANDING.json()))) == STANDING


@pytest.mark.parametrize(
    ("phase", "final"),
    [
        (Phase.ASKING, False),
        (Phase.JUDGING, False),
        (Phase.DONE, True),
        (Phase.STOPPED, True),
        (Phase.BROKEN, True),
    ],
)
def test_three_phases_are_final(phase: Phase, final: bool) -> None:
    assert phase.final is final
