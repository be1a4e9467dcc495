"""The folder of a run, as the process that works in it sees it: progress, wishes, results."""

import json
import math
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.domain import Progress

CANCEL, FAILURE, PROGRESS, RESULT = "cancel", "failure.json", "progress.json", "result.json"
ADAPTER, CHECKPOINT = "adapter", "checkpoint"


class Cancelled(Exception):
    """Whoever asked for the run wants it no more."""


class Watch:
    """Tells how far a run is, and hears whether it is still wanted.

    Attributes:
        part: what stands before every phase, such as "fold 1 of 4, "; empty where there is one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.part = ""

    def step(self, phase: str, step: int, steps: int, loss: float | None = None) -> None:
        """Tells that so many steps of a phase are done.

        Raises:
            Cancelled: the run is not wanted any more.
        """
        if (self._folder / CANCEL).exists():
            raise Cancelled
        known = loss is not None and math.isfinite(loss)
        progress = Progress(
            phase=self.part + phase, step=step, steps=steps, loss=loss if known else None
        )
        put(self._folder / PROGRESS, asdict(progress))


def fold_place(fold: int) -> str:
    """Returns the folder, among the checkpoints, of what is taught without a fold."""
    return f"fold-{fold}"


def put(path: Path, value: Any) -> None:
    """Writes JSON in one move: what is there is whole, however the process ends."""
    aside = path.with_name(f"{path.name}.new")
    with aside.open("w", encoding="utf-8") as file:
        json.dump(value, file, allow_nan=False)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
