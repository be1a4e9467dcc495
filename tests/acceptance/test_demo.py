"""The demo ends with 0 only if every link held; otherwise it names the one that broke."""

from pathlib import Path

import pytest

from app.demo import course, run, schooling
from app.demo.story import EXAMS, LESSONS, Lesson
from app.demo.untaught import UNTAUGHT
from app.models.catalogue import BOBBIN

ROWS = 44
"""The fewest, about, of which one part is held out: fewer are held out in turn, and take longer."""
UNTAUGHT_HERE = UNTAUGHT[:8]
"""Of 8 questions 5 have to be gained (p = 1/32)."""


def test_the_whole_loop_with_bobbin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TREADLE_TRAINING_ROWS", str(ROWS))
    monkeypatch.setattr(schooling, "UNTAUGHT", UNTAUGHT_HERE)
    by_topic = {exam.topic: exam for exam in reversed(EXAMS)}
    monkeypatch.setattr(course, "EXAMS", tuple(by_topic.values()))
    code = run.run_demo(tmp_path / "demo", model=BOBBIN)
    said = capsys.readouterr().out
    assert code == 0, said
    assert said.index("Loading the model bobbin …") < said.index("1. A question")
    assert "demonstration model" in said
    assert "the next reply names none" in said


def test_a_broken_link_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = Lesson(question=LESSONS[0].question, says="Nobody ever wrote this.", edit="Never.")
    monkeypatch.setattr(course, "LESSONS", (wrong,))
    monkeypatch.setattr(course, "EXAMS", course.EXAMS[:1])
    assert run.run_demo(tmp_path) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "Broken: the answer to “Where does Shuttle look for its settings?” lacks" in said


def test_a_bot_that_cannot_start_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.local.sys.executable", "/bin/false")
    assert run.run_demo(tmp_path) == 1
    assert "process ended with status 1" in capsys.readouterr().out


def test_a_folder_of_an_earlier_run_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "treadle.db").touch()
    assert run.run_demo(tmp_path) == 1
    assert "name a new folder" in capsys.readouterr().out
