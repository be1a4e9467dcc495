"""Checkpoints of a stage: when they are kept, and from which one a killed run goes on.

They are those of transformers' trainer: the adapter, the optimizer, the place in the data. It
writes `trainer_state.json` last, so one without that is of a process that was killed at it.
"""
# ruff: noqa: ARG002 - callbacks are told more than they want to know

import json
import shutil
import time
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from app.training.recipe import Checkpoint
from app.training.watch import Watch

STATE = "trainer_state.json"


class Keeper(TrainerCallback):
    """Keeps a checkpoint after so many steps or seconds, and tells of every step."""

    def __init__(self, watch: Watch, phase: str, every: Checkpoint) -> None:
        self._watch = watch
        self._phase = phase
        self._every = every
        self._step = 0
        self._time = 0.0

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Begins to count."""
        self._step, self._time = state.global_step, time.monotonic()
        self._watch.step(self._phase, state.global_step, state.max_steps)

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Asks for a checkpoint where one is due; the last step's is the stage's result."""
        steps, seconds = state.global_step - self._step, time.monotonic() - self._time
        due = steps >= self._every.steps or seconds >= self._every.seconds
        if due and state.global_step < state.max_steps:
            control.should_save = True
            self._step, self._time = state.global_step, time.monotonic()

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **told: Any
    ) -> None:
        """Tells of the step, whose loss is among the `logs` that are told.

        Raises:
            Cancelled: the run is not wanted any more.
        """
        loss = told.get("logs", {}).get("loss")
        if loss is not None:
            self._watch.step(self._phase, state.global_step, state.max_steps, float(loss))


def newest(folder: Path) -> Path | None:
    """Returns the newest whole checkpoint of a stage; others, half written, are removed."""
    found = sorted(folder.glob("checkpoint-*"), key=_step, reverse=True)
    whole = [path for path in found if _is_whole(path)]
    for path in found:
        if path not in whole:
            shutil.rmtree(path)
    return whole[0] if whole else None


def _step(path: Path) -> int:
    return int(path.name.rpartition("-")[2])


def _is_whole(path: Path) -> bool:
    try:
        state = json.loads((path / STATE).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return bool(state["global_step"] == _step(path))
