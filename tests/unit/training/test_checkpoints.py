import json
from pathlib import Path

import pytest
from transformers import TrainerControl, TrainerState, TrainingArguments

from app.training import checkpoints
from app.training.checkpoints import STATE, Keeper, newest
from app.training.recipe import Checkpoint
from app.training.watch import CANCEL, Cancelled, Watch


def save(folder: Path, step: int, state: object) -> Path:
    path = folder / f"checkpoint-{step}"
    path.mkdir()
    (path / STATE).write_text(state if isinstance(state, str) else json.dumps(state))
    return path


def test_the_newest_whole_checkpoint_is_found_and_broken_ones_go(tmp_path: Path) -> None:
    assert newest(tmp_path / "none") is None
    save(tmp_path, 9, {"global_step": 9})
    whole = save(tmp_path, 20, {"global_step": 20})
    cut = save(tmp_path, 40, '{"global_step": 4')
    strange = save(tmp_path, 30, {"global_step": 9})
    bare = tmp_path / "checkpoint-100"
    bare.mkdir()
    assert newest(tmp_path) == whole, "20 is later than 9"
    assert not cut.exists() and not strange.exists() and not bare.exists()


def play(keeper: Keeper, tmp_path: Path, steps: int, first: int = 0) -> list[int]:
    """Runs so many steps; returns those after which a checkpoint is kept."""
    args = TrainingArguments(output_dir=str(tmp_path), use_cpu=True)
    state = TrainerState(global_step=first, max_steps=steps)
    kept = []
    keeper.on_train_begin(args, state, TrainerControl())
    for step in range(first + 1, steps + 1):
        state.global_step = step
        control = TrainerControl()
        keeper.on_step_end(args, state, control)
        if control.should_save:
            kept.append(step)
        keeper.on_log(args, state, control, logs={"loss": 0.5})
    return kept


@pytest.mark.parametrize(
    ("steps", "first", "every", "wanted"),
    [(10, 0, 4, [4, 8]), (8, 0, 4, [4]), (10, 3, 4, [7]), (10, 0, 100, [])],
)
def test_a_checkpoint_is_kept_every_so_many_steps_but_the_last(
    tmp_path: Path, steps: int, first: int, every: int, wanted: list[int]
) -> None:
    keeper = Keeper(Watch(tmp_path), "sft", Checkpoint(steps=every, seconds=1e6))
    assert play(keeper, tmp_path, steps, first) == wanted


def test_slow_steps_keep_one_by_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr(checkpoints.time, "monotonic", lambda: next(clock))
    keeper = Keeper(Watch(tmp_path), "sft", Checkpoint(steps=100, seconds=25))
    # Each look at the clock is 10 seconds later: the third step is 30 after the beginning.
    assert play(keeper, tmp_path, 9) == [3, 6]


def test_every_step_is_told(tmp_path: Path) -> None:
    keeper = Keeper(Watch(tmp_path), "dpo", Checkpoint(steps=100, seconds=1e6))
    play(keeper, tmp_path, 5)
    told = json.loads((tmp_path / "progress.json").read_text())
    assert told == {"phase": "dpo", "step": 5, "steps": 5, "loss": 0.5}


def test_a_step_ends_what_is_cancelled(tmp_path: Path) -> None:
    keeper = Keeper(Watch(tmp_path), "dpo", Checkpoint(steps=100, seconds=1e6))
    (tmp_path / CANCEL).touch()
    with pytest.raises(Cancelled):
        play(keeper, tmp_path, 5)
