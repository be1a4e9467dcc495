"""The process that trains, from start to end, killed, cancelled, and with nothing to do."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from peft import PeftConfig
from safetensors.torch import load_file
from structlog.testing import capture_logs

from app.domain import Progress
from app.errors import TransientError
from app.layouts import numbered
from app.models.trainer import Ended, Ending, Trainer, Wish, read_progress
from app.training import course, measured, measures
from app.training import work as work_module
from app.training.course import run
from app.training.measured import Measured
from app.training.probes import probes
from app.training.spec import Spec
from app.training.watch import CANCEL, Watch
from app.training.work import main
from tests.integration.training.lessons import lesson, prepare, quick
from tests.tiny_models import save_model

LESSONS = [lesson(at) for at in range(18)]
CODE = """
import os, signal, sys
from app.training import course, measured, watch, work
# What is measured has tests of its own, and takes its time.
course.measure = lambda *_: measured.Measured(change=0.5)
step = watch.Watch.step
def dying(self, phase, at, steps, loss=None):
    step(self, phase, at, steps, loss)
    if sys.argv[2:] == [self.part + phase, str(at)] and loss is not None:
        os.kill(os.getpid(), signal.SIGKILL)
watch.Watch.step = dying
sys.exit(work.main(sys.argv[1:2]))
"""


@pytest.fixture(autouse=True)
def a_guest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps what the process does to itself from the one that the tests run in."""
    monkeypatch.setattr(work_module, "_follow", lambda parent: None)
    monkeypatch.setattr(os, "nice", lambda by: 0)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TOKENIZERS_PARALLELISM"):
        monkeypatch.setenv(name, os.environ.get(name, "1"))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("model"))


def work(folder: Path, *kill: str) -> "subprocess.CompletedProcess[str]":
    """Runs the process; it kills itself as a step of a phase ends, if one is named."""
    return subprocess.run(
        [sys.executable, "-c", CODE, str(folder), *kill],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        timeout=300,
    )


def result(folder: Path) -> dict[str, Any]:
    found = json.loads((folder / "result.json").read_text())
    assert isinstance(found, dict)
    return found


@pytest.mark.crash
def test_a_killed_run_goes_on_as_if_it_had_not_been(model: Path, tmp_path: Path) -> None:
    def folder(name: str) -> Path:
        return prepare(tmp_path / name, model, LESSONS, folds=lambda at: at % 2, count=2)

    whole, killed = folder("whole"), folder("killed")
    assert work(whole).returncode == 0
    # Of 18 lessons each fold is taught 9: 18 rows, 4 a step, and 9 pairs, 2 a step, are 5 steps
    # a stage; what is kept is taught all, in 9 steps a stage. A checkpoint is kept every 3.
    for phase, step, steps, place in (
        ("fold 2 of 2, sft", 5, 5, "fold-1/sft/checkpoint-3"),
        ("kept, dpo", 8, 9, "kept/dpo/checkpoint-6"),
    ):
        died = work(killed, phase, str(step))
        assert died.returncode == -9, died.stderr
        told = json.loads((killed / "progress.json").read_text())
        assert (told["phase"], told["step"], told["steps"]) == (phase, step, steps)
        assert (killed / "checkpoint" / place).is_dir()
        assert not (killed / "result.json").exists()
    done = work(killed)
    assert done.returncode == 0, done.stderr
    assert result(whole)["steps"] == result(killed)["steps"] == 2 * (5 + 5) + 9 + 9
    stages = sorted(path.relative_to(whole) for path in whole.glob("checkpoint/*/*/done"))
    assert len(stages) == 3 * 2
    for stage in stages:
        one, other = (
            json.loads((run / stage / "losses.json").read_text()) for run in (whole, killed)
        )
        assert other == pytest.approx(one, abs=1e-3)
        # Rows in another order would have had other losses.
        assert len({round(loss, 3) for loss in one}) > len(one) / 2
        first, second = (
            load_file(run / stage / "adapter_model.safetensors") for run in (whole, killed)
        )
        for name, weight in first.items():
            assert second[name].numpy() == pytest.approx(weight.numpy(), abs=1e-4)


@pytest.fixture
def nothing_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course, "measure", lambda *_: Measured(change=0.5))


def test_a_whole_run(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A random model comes to no end of any of its answers.
    monkeypatch.setattr(measures, "probes", lambda: probes()[:4])
    folder = prepare(tmp_path / "run", model, LESSONS[:6])
    run(folder, Spec.read(folder), Watch(folder))
    found = result(folder)
    (one,) = map(measured.from_json, found["measured"])
    assert [pair.reply_id for pair in one.pairs] == [0, 3]
    assert one.change is not None and one.change > 0
    assert found["seconds"] > 0 and set(found["losses"]) == {"sft", "dpo"}
    assert len(found["base_hash"]) == len(sha256().hexdigest())
    adapter = folder / "adapter"
    assert {path.name for path in adapter.iterdir()} == {
        "adapter_config.json",
        "adapter_model.safetensors",
    }
    config = PeftConfig.from_pretrained(str(adapter))
    assert config.base_model_name_or_path == model.name, "no folder of this machine is told"
    assert all(
        value.isfinite().all() for value in load_file(next(adapter.glob("*.safet*"))).values()
    )


@pytest.mark.usefixtures("nothing_measured")
def test_each_fold_is_taught_without_its_own_and_what_is_kept_with_all(
    model: Path, tmp_path: Path
) -> None:
    folder = prepare(
        tmp_path / "run",
        model,
        LESSONS[:6],
        folds=lambda at: at % 2,
        count=2,
        recipe=replace(quick(), sft=replace(quick().sft, epochs=0)),
    )
    run(folder, Spec.read(folder), Watch(folder))
    found = result(folder)
    assert len(found["measured"]) == 3
    # 3 pairs in each fold, 2 a step: 2 steps; and 3 with all 6.
    assert found["steps"] == 2 + 2 + 3
    assert len(found["losses"]["dpo"]) == 3
    progress = json.loads((folder / "progress.json").read_text())
    assert progress["phase"] == "kept, measuring"


@pytest.mark.usefixtures("nothing_measured")
def test_what_is_done_is_not_done_again(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = prepare(tmp_path / "run", model, LESSONS[:6])
    run(folder, Spec.read(folder), Watch(folder))
    first = result(folder)
    weights = (folder / "adapter" / "adapter_model.safetensors").read_bytes()
    (folder / "result.json").unlink()

    def never(*_: object) -> None:
        raise AssertionError("taught again")

    monkeypatch.setattr("transformers.Trainer.train", never)
    monkeypatch.setattr(course, "measure", never)
    run(folder, Spec.read(folder), Watch(folder))
    assert {**result(folder), "seconds": 0} == {**first, "seconds": 0}
    assert (folder / "adapter" / "adapter_model.safetensors").read_bytes() == weights


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"model": "/nowhere/model"}, 2, "cannot be loaded"),
        ({"device": "tpu9"}, 2, "MODEL_DEVICE"),
        ({"layout": "round"}, 2, "Start another run"),
        ({"recipe": {"length": 1}}, 2, "recipe: length"),
    ],
)
def test_what_people_can_mend_is_said(
    model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, object],
    status: int,
    words: str,
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    folder = prepare(tmp_path / "run", model, LESSONS[:6])
    values = json.loads((folder / "spec.json").read_text())
    (folder / "spec.json").write_text(json.dumps({**values, **change}))
    assert main([str(folder)]) == status
    assert words in json.loads((folder / "failure.json").read_text())["reason"]


@pytest.mark.usefixtures("nothing_measured")
@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        (replace(quick(), length=16), "longer than the 16 tokens"),
        (
            replace(
                quick(),
                sft=replace(quick().sft, epochs=0),
                dpo=replace(quick().dpo, sigmoid=0.0, sft=0.0),
            ),
            "changed nothing",
        ),
    ],
)
def test_a_run_that_can_teach_nothing_says_so(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recipe: Any, words: str
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    folder = prepare(tmp_path / "run", model, LESSONS[:6], recipe=recipe)
    assert main([str(folder)]) == 2
    assert words in json.loads((folder / "failure.json").read_text())["reason"]
    assert not (folder / "adapter").exists()


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("CUDA out of memory.")])
def test_too_little_memory_is_said(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def short(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(course, "load", short)
    folder = prepare(tmp_path / "run", model, LESSONS[:6])
    assert main([str(folder)]) == 2
    assert "not enough memory" in json.loads((folder / "failure.json").read_text())["reason"]


def test_a_fault_of_ours_is_no_failure_of_theirs(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("shapes")

    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(course, "load", broken)
    folder = prepare(tmp_path / "run", model, LESSONS[:6])
    with pytest.raises(RuntimeError, match="shapes"):
        main([str(folder)])
    assert not (folder / "failure.json").exists()


def test_a_cancelled_run_ends(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    folder = prepare(tmp_path / "run", model, LESSONS[:6])
    told = Watch.step

    def cancelling(self: Watch, phase: str, step: int, *rest: Any) -> None:
        if (phase, step) == ("dpo", 1):
            (folder / CANCEL).touch()
        told(self, phase, step, *rest)

    monkeypatch.setattr(Watch, "step", cancelling)
    assert main([str(folder)]) == 3
    assert not (folder / "result.json").exists() and not (folder / "failure.json").exists()


def test_the_worker_cancels_it(model: Path, tmp_path: Path) -> None:
    """The process itself, as it is started where people answer questions."""
    recipe = quick()
    recipe = replace(recipe, sft=replace(recipe.sft, epochs=100))
    folder = prepare(tmp_path / "run", model, LESSONS[:6], recipe=recipe)

    def look(progress: Progress | None) -> Wish:
        begun = progress is not None and progress.phase == "sft" and progress.step > 0
        return Wish.CANCEL if begun else Wish.GO_ON

    assert Trainer().run(folder, look) == Ended(ending=Ending.CANCELLED)
    assert (folder / CANCEL).exists() and not (folder / "result.json").exists()
    told = read_progress(folder)
    assert told is not None and 0 < told.step < told.steps


WORD = "xylophone"
PRINTING = """
import sys
from app.training import course, measures, work
measures.probes = lambda: ()
def broken(lessons, *_):
    raise ValueError(f"{lessons[0].people} said {lessons[0].chosen}")
if sys.argv[1] == "broken":
    course.pairs = broken
sys.exit(work.main(sys.argv[2:]))
"""


@pytest.mark.parametrize("way", ["whole", "broken"])
def test_what_people_said_is_not_printed(model: Path, tmp_path: Path, way: str) -> None:
    said = {
        "question": f"where is the {WORD}?",
        "prompt": numbered.page([f"The {WORD} is here."], f"where is the {WORD}?"),
        "chosen": f"In short: [1] The {WORD} is here.",
        "rejected": f"[1] The {WORD} is here.",
        "wanted": f"In short: The {WORD} is here.",
        "people": (f"{WORD}-fan",),
        "urls": (f"https://github.example/{WORD}",),
    }
    lessons = [lesson(0, **said), *LESSONS[1:6]]
    folder = prepare(tmp_path / "run", model, lessons, folds=lambda at: 0 if at == 3 else -1)
    trainer = Trainer(program=(sys.executable, "-c", PRINTING, way))
    with capture_logs() as logged:
        if way == "whole":
            assert trainer.run(folder, lambda _: Wish.GO_ON) == Ended(ending=Ending.DONE)
        else:
            with pytest.raises(TransientError):
                trainer.run(folder, lambda _: Wish.GO_ON)
            places = logged[-1]["places"]
            assert places[-1] == "treadle: ValueError"
            assert any("course.py" in place for place in places)
    assert WORD in (folder / "snapshot.jsonl").read_text()
    for told in ("log.txt", "progress.json", "result.json"):
        path = folder / told
        assert WORD not in (path.read_text() if path.exists() else "")
    assert WORD not in str(logged)
