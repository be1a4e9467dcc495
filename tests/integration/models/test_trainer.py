"""The training process from start to end, played by small scripts."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.domain import Progress
from app.errors import TransientError
from app.models import trainer
from app.models.trainer import Ended, Ending, Trainer, Wish

BEGIN = """
import json, os, sys, time
from pathlib import Path
folder = Path(sys.argv[1])
(folder / "pids").open("a").write(f"{os.getpid()}\\n")
def put(name, value): (folder / name).write_text(json.dumps(value))
"""
OBEDIENT = """
while not (folder / "cancel").exists():
    time.sleep(0.01)
sys.exit(3)
"""


def run(folder: Path, code: str, *wishes: Wish, hours: float = 1.0) -> tuple[Ended, list[object]]:
    """Runs a script to its end; the wishes are said one after the other, the last for ever."""
    seen: list[object] = []

    def look(progress: Progress | None) -> Wish:
        seen.append(progress)
        return wishes[min(len(seen), len(wishes)) - 1] if wishes else Wish.GO_ON

    program = (sys.executable, "-c", BEGIN + code)
    return Trainer(program=program, hours=hours).run(folder, look), seen


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer, "LOOK_SECONDS", 0.02)


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def pids(folder: Path) -> list[int]:
    return [int(line) for line in (folder / "pids").read_text().split()]


def test_a_training_that_ends_well(tmp_path: Path) -> None:
    ended, _ = run(tmp_path, 'put("result.json", {})')
    assert ended == Ended(ending=Ending.DONE)
    again, _ = run(tmp_path, 'put("result.json", {})')
    assert again == ended
    assert len(pids(tmp_path)) == 1, "what is done is not done again"


def test_progress_is_shown_as_it_comes(tmp_path: Path) -> None:
    code = """
put("progress.json", {"phase": "sft", "step": 3, "steps": 40, "loss": 1.5})
while not (folder / "go").exists():
    time.sleep(0.01)
put("result.json", {})
"""
    seen: list[Progress | None] = []

    def look(progress: Progress | None) -> Wish:
        seen.append(progress)
        if progress is not None:
            (tmp_path / "go").touch()
        return Wish.GO_ON

    Trainer(program=(sys.executable, "-c", BEGIN + code)).run(tmp_path, look)
    assert Progress(phase="sft", step=3, steps=40, loss=1.5) in seen


@pytest.mark.parametrize("text", ["", "[]", '{"step": null}', '{"loss": "much"}', "\udcff"])
def test_progress_that_is_none_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "progress.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert trainer.read_progress(tmp_path) is None


def test_a_fault_that_people_can_mend_is_told(tmp_path: Path) -> None:
    ended, _ = run(tmp_path, 'put("failure.json", {"reason": "Too little memory."}); sys.exit(2)')
    assert ended == Ended(ending=Ending.FAILED, reason="Too little memory.")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("os.kill(os.getpid(), 9)", "is there enough memory"),
        ("sys.exit(1)", "status 1"),
        ("sys.exit(2)", "status 2"),
        ("sys.exit(0)", "status 0"),
    ],
)
def test_one_that_dies_may_be_tried_again(tmp_path: Path, code: str, words: str) -> None:
    with pytest.raises(TransientError, match=words):
        run(tmp_path, code)
    ended, _ = run(tmp_path, 'put("result.json", {})')
    assert ended.ending is Ending.DONE


def test_of_one_that_dies_only_places_in_code_are_logged(tmp_path: Path) -> None:
    code = """
print("Warning: what somebody wrote", "treadle: what somebody wrote", sep=chr(10))
print("treadle: /app/training/teach.py:12 in teach", "treadle: KeyError", sep=chr(10))
sys.exit(1)
"""
    with capture_logs() as logged, pytest.raises(TransientError):
        run(tmp_path, code)
    (died,) = [line for line in logged if line["event"] == "training.died"]
    assert died["places"] == ["treadle: /app/training/teach.py:12 in teach", "treadle: KeyError"]
    assert "somebody" not in str(logged)


def test_a_cancelled_one_ends_by_itself(tmp_path: Path) -> None:
    ended, _ = run(tmp_path, OBEDIENT, Wish.CANCEL)
    assert ended.ending is Ending.CANCELLED
    assert (tmp_path / "cancel").exists()


def test_a_cancelled_one_that_does_not_listen_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer, "CANCEL_SECONDS", 0.1)
    monkeypatch.setattr(trainer, "END_SECONDS", 0.1)
    code = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
put("deaf", 1)
time.sleep(60)
"""
    program = (sys.executable, "-c", BEGIN + code)

    def look(_: object) -> Wish:
        return Wish.CANCEL if (tmp_path / "deaf").exists() else Wish.GO_ON

    assert Trainer(program=program).run(tmp_path, look).ending is Ending.CANCELLED
    assert not lives(pids(tmp_path)[0])


def test_a_stop_leaves_it_to_be_taken_up(tmp_path: Path) -> None:
    def look(_: object) -> Wish:
        return Wish.STOP if (tmp_path / "pids").exists() else Wish.GO_ON

    program = (sys.executable, "-c", BEGIN + "time.sleep(60)")
    assert Trainer(program=program).run(tmp_path, look).ending is Ending.STOPPED
    assert not lives(pids(tmp_path)[0])
    assert not (tmp_path / "cancel").exists()
    again, _ = run(tmp_path, 'put("result.json", {})')
    assert again.ending is Ending.DONE


def test_one_that_takes_too_long_fails_in_words(tmp_path: Path) -> None:
    ended, _ = run(tmp_path, "time.sleep(60)", hours=1e-9)
    assert ended.ending is Ending.FAILED
    assert "TREADLE_TRAINING_HOURS" in ended.reason


def test_it_is_given_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREADLE_WEBHOOK_SECRET", "hush")
    monkeypatch.setenv("GITHUB_TOKEN", "hush")
    run(tmp_path, 'put("result.json", dict(os.environ))')
    assert "hush" not in json.loads((tmp_path / "result.json").read_text()).values()


def test_another_starts_only_when_an_orphan_has_ended(tmp_path: Path) -> None:
    """The process of a worker that was killed lives on; whoever takes over waits for its end."""
    orphan_code = (
        BEGIN
        + """
while not (folder / "let go").exists():
    time.sleep(0.01)
put("result.json", {"by": "orphan"})
"""
    )
    worker = f"""
import sys
from pathlib import Path
from app.models.trainer import Trainer, Wish
program = (sys.executable, "-c", {orphan_code!r})
Trainer(program=program).run(Path(sys.argv[1]), lambda _: Wish.GO_ON)
"""
    killed = subprocess.Popen([sys.executable, "-c", worker, str(tmp_path)])
    deadline = time.monotonic() + 30
    while not ((tmp_path / "pids").exists() and pids(tmp_path)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    killed.kill()
    killed.wait()
    threading.Timer(0.3, (tmp_path / "let go").touch).start()
    ended, _ = run(tmp_path, 'put("result.json", {"by": "second"})')
    assert ended.ending is Ending.DONE
    assert json.loads((tmp_path / "result.json").read_text()) == {"by": "orphan"}
    assert len(pids(tmp_path)) == 1


def test_an_orphan_that_does_not_end_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer, "ORPHAN_SECONDS", 0.05)
    with trainer._alone(tmp_path), pytest.raises(TransientError, match="still runs"):
        run(tmp_path, 'put("result.json", {})')
