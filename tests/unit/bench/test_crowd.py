"""How the crowd is counted."""

import io
import os
from types import SimpleNamespace

import pytest
from rich.console import Console

from bench.crowd import _of, most_in, outcome_of, show


@pytest.mark.parametrize(
    ("times", "seconds", "most"),
    [
        ([], 60, 0),
        ([5], 60, 1),
        ([0, 30, 59.9, 60], 60, 3),
        ([0, 60, 120], 60, 1),
        ([0, 1, 2, 100, 101, 102, 103], 10, 4),
    ],
)
def test_the_most_in_any_span(times: list[float], seconds: float, most: int) -> None:
    assert most_in(times, seconds) == most


@pytest.mark.parametrize(("percent", "wait"), [(50, 2.0), (75, 3.0), (95, 4.0), (100, 4.0)])
def test_the_wait_that_so_many_do_not_exceed(percent: int, wait: float) -> None:
    assert _of([4.0, 1.0, 3.0, 2.0], percent) == wait
    assert _of([], percent) == 0.0


def test_the_load_of_the_machine_stands_beside_the_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (3.14, 2.0, 1.0))
    crowd = SimpleNamespace(
        asked={1: 0.0, 2: 5.0}, replied={1: [2.0]}, crowded={2}, changes={}, load_before=7.5
    )
    outcome = outcome_of("limited", crowd, kills=0, missed=0)  # type: ignore[arg-type]
    assert (outcome.answered_once, outcome.lost) == (1, 1)
    assert (outcome.load_before, outcome.load_after) == (7.5, 3.1)
    table = io.StringIO()
    show([outcome], Console(file=table, width=80))
    rows = [line.strip(" │┃").split() for line in table.getvalue().splitlines()]
    assert ["load", "before", "│", "7.5"] in rows
    assert ["load", "after", "│", "3.1"] in rows
