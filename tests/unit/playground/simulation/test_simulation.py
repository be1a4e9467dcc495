"""A simulation's course with people who only remember, and a clock that is moved by hand."""

from collections.abc import Collection, Mapping
from typing import cast

import pytest

from playground.simulation import simulation
from playground.simulation.crew import Crew, Said
from playground.simulation.questions import Question
from playground.simulation.simulation import AT_ONCE, PATIENCE, Simulation
from playground.simulation.standing import Late, Phase, Standing

SOURCES = "\n\n**Sources**\n\n1. `README.md`"


def questions(count: int) -> list[Question]:
    return [Question(question=f"Question {at}?", sentence=f"{at}.") for at in range(1, count + 1)]


class Remembering:
    """The nth question is answered at the look that `answered` says, or never.

    Each look for replies takes a second.
    """

    def __init__(self, answered: Mapping[int, int]) -> None:
        self.now = 0.0
        self.looks = 0
        self.most_waiting = 0
        self.done: list[tuple[str, int, int]] = []
        self._answered = answered
        self._asked = 0

    def arrive(self) -> None:
        """Nothing has to be made."""

    def ask(self, at: int, question: str) -> int:
        assert at == self._asked
        self._asked += 1
        return self._asked

    def replies(self, numbers: Collection[int]) -> list[Said]:
        self.looks += 1
        self.now += 1.0
        self.most_waiting = max(self.most_waiting, len(numbers))
        there = [number for number in numbers if self._answered.get(number, 10**9) <= self.looks]
        # A second comment by the bot in the same thread is no second reply.
        return [Said(id=900 + number, number=number, body="") for number in there for _ in "ab"]

    def body(self, comment_id: int) -> str:
        return f"Run it. [1]{SOURCES}"

    def edit(self, at: int, comment_id: int, body: str) -> None:
        self.done.append(("edit", at, comment_id))

    def vote(self, at: int, comment_id: int, content: str) -> None:
        self.done.append(("vote", at, comment_id))


def run(monkeypatch: pytest.MonkeyPatch, people: Remembering, count: int) -> Standing:
    monkeypatch.setattr(simulation.time, "monotonic", lambda: people.now)
    crew = cast(Crew, people)
    return Simulation(crew, questions(count), lambda standing: None, pause=0.0).run()


def test_so_many_wait_at_once_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    people = Remembering({number: number for number in range(1, 31)})
    last = run(monkeypatch, people, 30)
    assert people.most_waiting == AT_ONCE
    assert (last.phase, last.answered, last.edited) == (Phase.DONE, 30, 30)
    assert people.done == [("edit", at, 901 + at) for at in range(30)]


def test_what_does_not_come_in_time_is_named_and_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = Remembering({1: 1, 3: 2})
    last = run(monkeypatch, people, 3)
    assert last.phase is Phase.DONE
    assert last.late == (Late(number=2, question="Question 2?"),)
    assert (last.answered, last.edited, last.step, last.steps) == (2, 2, 6, 6)
    # The look after the last second of its patience is the last.
    assert people.looks == int(PATIENCE) + 1


def test_a_bot_that_answers_nothing_ends_it_at_the_first_that_is_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = Remembering({})
    last = run(monkeypatch, people, 40)
    assert (last.phase, last.asked, people.done) == (Phase.BROKEN, AT_ONCE, [])
    assert last.said.startswith(f"No reply came to the first {AT_ONCE} questions within 180 s.")
    assert "Is the bot running" in last.said


def test_nothing_is_judged_before_the_last_reply_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = Remembering({1: 1, 2: 50})
    told: list[Standing] = []
    monkeypatch.setattr(simulation.time, "monotonic", lambda: people.now)
    Simulation(cast(Crew, people), questions(2), told.append, pause=0.0).run()
    judging = [one for one in told if one.phase is Phase.JUDGING]
    assert all(one.answered == 2 for one in judging)
    assert all(one.judged == 0 for one in told if one.phase is Phase.ASKING)
