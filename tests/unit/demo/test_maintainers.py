"""Simulated maintainers in the demo: progress is printed, and what did not come is named."""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from app.demo import maintainers
from app.demo.maintainers import crowd, simulate
from app.demo.people import LinkBroken
from app.demo.waiting import Waiting
from playground.server import Playground
from playground.simulation.rule import RULE
from playground.simulation.standing import Late, Phase, Standing
from tests.unit.demo.played import Alive

START = Standing(repository="olivia/shuttle", wanted=4)
DONE = replace(START, phase=Phase.DONE, asked=4, answered=4, edited=3, voted=1)


class Simulator:
    """Is one step further at each look."""

    def __init__(self, *later: Standing) -> None:
        self._later: Iterator[Standing] = iter(later)
        self.started: list[tuple[str, int, float]] = []

    def start(self, url: str, count: int, *, patience: float) -> Standing:
        self.started.append((url, count, patience))
        return START

    @property
    def standing(self) -> Standing:
        return next(self._later)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintainers, "PAUSE", 0.0)


def run(simulator: Simulator) -> tuple[Standing, Alive]:
    alive = Alive()
    waiting = Waiting(alive, seconds=7.0)  # type: ignore[arg-type]
    world = SimpleNamespace(simulator=simulator)
    playground = SimpleNamespace(url="http://127.0.0.1:1", world=world)
    return simulate(cast(Playground, playground), count=4, waiting=waiting), alive


def test_the_rule_and_the_progress_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    half = replace(START, asked=4, answered=4)
    simulator = Simulator(half, half, DONE)
    last, alive = run(simulator)
    assert last == DONE
    assert alive.checks == 3
    assert simulator.started == [("http://127.0.0.1:1", 4, 7.0)]
    said = " ".join(capsys.readouterr().out.split())
    assert RULE in said
    assert said.count("4 of 4 asked, 4 answered, 0 edited") == 1
    assert "3 edited, 1 given 👍" in said


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (replace(DONE, phase=Phase.BROKEN, said="No reply came."), "an end: No reply came."),
        (replace(DONE, phase=Phase.STOPPED, said="Stopped."), "an end: Stopped."),
        (replace(DONE, late=(Late(number=7, question="Where?"),)), "1 replies .* time: #7 Where?"),
        (replace(DONE, edited=0, voted=0, left=4), "no reply to judge"),
    ],
)
def test_what_did_not_come_is_named(last: Standing, words: str) -> None:
    with pytest.raises(LinkBroken, match=words):
        run(Simulator(last))


@pytest.mark.parametrize(
    ("rows", "questions"),
    # One more for each eight, a part of eight too, and never more than there are.
    [(8, 9), (24, 27), (25, 29), (64, 72), (84, 84), (1000, 84)],
)
def test_a_few_more_are_asked_than_rows_are_wanted(rows: int, questions: int) -> None:
    assert crowd(rows) == questions
