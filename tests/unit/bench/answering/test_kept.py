"""Outcomes on disk: a run goes on where it was stopped, and only that run."""

from pathlib import Path

from bench.answering.kept import Kept
from tests.unit.bench.answering.made import outcome

PAIR = [outcome("treadle"), outcome("greedy", facts=0.5)]


def test_a_run_finds_what_it_kept(tmp_path: Path) -> None:
    path = tmp_path / "new" / "run.jsonl"
    Kept(path, {"model": "one"}).add(PAIR)
    again = Kept(path, {"model": "one"})
    assert again.outcomes == PAIR
    assert again.has("one")
    assert not again.has("two")


def test_what_is_of_another_run_is_let_go(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    Kept(path, {"model": "one"}).add(PAIR)
    assert Kept(path, {"model": "two"}).outcomes == []
    Kept(path, {"model": "two"}).add(PAIR)
    assert Kept(path, {"model": "two"}, fresh=True).outcomes == []


def test_a_line_that_was_not_written_to_its_end_is_let_go(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    Kept(path, {}).add(PAIR)
    with path.open("a") as file:
        file.write('[{"group": "single", "id": "tw')
    again = Kept(path, {})
    assert again.outcomes == PAIR
    more = [outcome("treadle", "two")]
    again.add(more)
    assert Kept(path, {}).outcomes == PAIR + more


def test_a_run_that_is_over_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    Kept(path, {}).drop()
    assert not path.exists()
