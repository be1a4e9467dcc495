"""The folder of a training run: what the flow and the training process leave there."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.domain import Finding, Verdict
from app.errors import UserError
from app.training.measured import Measured, from_json
from app.training.spec import SPEC, Spec
from app.training.watch import ADAPTER, CHECKPOINT, RESULT, fold_place, put

RUNS_FOLDER = "training"
"""Where in `DATA_DIR` the folders of training runs are."""
VERDICT, TROUBLE = "verdict.json", "trouble.txt"
_METRICS = ("measured", "steps", "seconds", "losses", "too_long")
_STAGES = ("dpo", "sft")
"""The stages of the recipe, the last one first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What the training process said of its work; `metrics` are JSON values to be kept."""

    measured: Sequence[Measured]
    base_hash: str
    metrics: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What the gate said, and as JSON the columns that it was told of, None where none were."""

    verdict: Verdict
    columns: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class RunFolder:
    """One run's folder; `app.training.work` says what else is there."""

    path: Path

    def make(self) -> None:
        """Makes it, for this account alone: people's text will be in it."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.mkdir(mode=0o700, exist_ok=True)

    @property
    def prepared(self) -> bool:
        """Whether all is there that the training process reads; its orders come last."""
        return (self.path / SPEC).exists()

    @property
    def adapter(self) -> Path:
        """Where the adapter is that is kept."""
        return self.path / ADAPTER

    def adapters(self, folds: int) -> Mapping[int, Path]:
        """Returns where the adapter is that was trained without each fold.

        Args:
            folds: how many there are; with one, the adapter that is kept did not see it.
        """
        if folds == 1:
            return {0: self.adapter}
        found = {}
        for fold in range(folds):
            place = self.path / CHECKPOINT / fold_place(fold)
            stages = [place / stage / "done" for stage in _STAGES]
            if there := [stage for stage in stages if stage.is_dir()]:
                found[fold] = there[0]
        return found

    def result(self) -> Result:
        """Returns what the training process said of its work.

        Raises:
            UserError: it cannot be read.
        """
        try:
            found = json.loads((self.path / RESULT).read_text("utf-8"))
            return Result(
                measured=tuple(from_json(one) for one in found["measured"]),
                base_hash=str(found["base_hash"]),
                metrics={name: found[name] for name in _METRICS},
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserError(
                "What the training process measured cannot be read. Start another run."
            ) from error

    def spec(self) -> Spec:
        """Returns the orders that the training process was given.

        Raises:
            UserError: they cannot be read.
        """
        return Spec.read(self.path)

    def save_verdict(self, verdict: Verdict, columns: Mapping[str, Any] | None) -> None:
        """Keeps what the gate said, and the columns that it was told of."""
        findings = [asdict(finding) for finding in verdict.findings]
        put(self.path / VERDICT, {"findings": findings, "columns": columns})

    def verdict(self) -> Judged | None:
        """Returns what the gate said; None where it was not asked yet."""
        try:
            found = json.loads((self.path / VERDICT).read_text("utf-8"))
        except FileNotFoundError:
            return None
        findings = tuple(Finding(**finding) for finding in found["findings"])
        return Judged(verdict=Verdict(findings=findings), columns=found["columns"])

    def save_trouble(self, words: str) -> None:
        """Keeps why a step failed, should no other try do better."""
        if self.path.is_dir():
            (self.path / TROUBLE).write_text(words, "utf-8")

    def trouble(self) -> str:
        """Returns why a step failed the last time; empty where none did."""
        try:
            return (self.path / TROUBLE).read_text("utf-8")
        except FileNotFoundError:
            return ""

    def empty(self) -> None:
        """Deletes what only going on needed; data, orders and results stay for a time.

        The adapter is among the artifacts by then; `app.flows.clearing` deletes the rest.
        """
        for name in (CHECKPOINT, ADAPTER):
            shutil.rmtree(self.path / name, ignore_errors=True)

    def delete(self) -> None:
        """Deletes all of it."""
        shutil.rmtree(self.path, ignore_errors=True)
