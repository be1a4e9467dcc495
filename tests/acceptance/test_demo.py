"""The demo ends with 0 only if every link held; otherwise it names the one that broke."""

from pathlib import Path

import pytest

from app.demo import course, run
from app.demo.story import LESSONS, Lesson
from app.models.catalogue import BOBBIN


def test_the_whole_loop_with_bobbin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
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
