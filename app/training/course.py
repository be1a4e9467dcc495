"""The course of a run: teach, measure, keep; whatever is done is not done again.

With one split, the adapter that is measured is the one that is kept. With several folds, one is
taught for each and measured on what it did not see, and the one that is kept is taught with
everything; of that one, only what needs no held-out lessons is measured.
"""

import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from safetensors.torch import load_file
from torch import Tensor

from app.domain import Lesson
from app.errors import UserError
from app.training import measured
from app.training.base import load
from app.training.base_hash import base_hash
from app.training.measures import MeasureConfig, measure
from app.training.reference import Reference, reference
from app.training.rows import Ids, Pair, Reading, fitting, pairs, rows
from app.training.snapshot import Snapshot, read
from app.training.spec import Spec
from app.training.teach import WEIGHTS, Losses, Material, Taught, Teacher
from app.training.watch import ADAPTER, CHECKPOINT, RESULT, Watch, fold_place, put

CONFIG = "adapter_config.json"
MEASURED = "measured.json"
_Key = tuple[Ids, Ids, Ids]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One adapter of a run: which lessons teach it, which it is measured on, if it is kept.

    `name` is what people are told, `place` its folder among the checkpoints.
    """

    name: str
    place: str
    taught: Sequence[Lesson]
    held_out: Sequence[Lesson]
    kept: bool


def parts(snapshot: Snapshot) -> list[Part]:
    """Says which adapters a run makes; the one that is kept is the last."""
    if snapshot.count == 1:
        taught, held_out = snapshot.training(0), _by_kin(snapshot, 0)
        return [Part(name="kept", place="kept", taught=taught, held_out=held_out, kept=True)]
    single = [
        Part(
            name=f"fold {fold + 1} of {snapshot.count}",
            place=fold_place(fold),
            taught=snapshot.training(fold),
            held_out=_by_kin(snapshot, fold),
            kept=False,
        )
        for fold in range(snapshot.count)
    ]
    kept = Part(name="kept", place="kept", taught=snapshot.lessons, held_out=(), kept=True)
    return [*single, kept]


def _by_kin(snapshot: Snapshot, fold: int) -> list[Lesson]:
    """Returns what is held out, kindred threads as one: what they show, they show once."""
    return [
        replace(lesson, thread=snapshot.kin[lesson.thread]) for lesson in snapshot.held_out(fold)
    ]


def run(folder: Path, spec: Spec, watch: Watch) -> None:
    """Does a whole run, or what is left of it.

    Raises:
        Cancelled: the run is not wanted any more.
        UserError: it cannot be done; says what to do.
    """
    started = time.monotonic()
    if spec.threads:
        torch.set_num_threads(spec.threads)
    try:
        made = _Course(folder, spec, watch).run()
    except (MemoryError, RuntimeError) as error:
        if not _is_shortage(error):
            raise
        raise UserError(
            "There is not enough memory to train the model. Set TREADLE_MODEL to a smaller one, "
            "or train on a larger machine (treadle work --queue training)."
        ) from error
    put(folder / RESULT, {**made, "seconds": round(time.monotonic() - started, 1)})


class _Course:
    def __init__(self, folder: Path, spec: Spec, watch: Watch) -> None:
        self._folder = folder
        self._spec = spec
        self._watch = watch
        watch.step("model", 0, 1)
        self._base = load(spec.model, revision=spec.revision, device=spec.device, dtype=spec.dtype)
        self._reading = Reading(self._base.tokenizer, self._base.model, spec.layout)
        most = spec.recipe.length
        self._most = min(most, self._base.most) if self._base.most else most
        self._teacher = Teacher(base=self._base, recipe=spec.recipe, seed=spec.seed, watch=watch)
        self._teacher.check()

    def run(self) -> dict[str, Any]:
        snapshot = read(self._folder)
        planned = parts(snapshot)
        known = self._reference(snapshot.lessons)
        fits = fitting(snapshot.lessons, self._reading, self._most)
        found = []
        losses: list[Losses] = []
        for part in planned:
            self._watch.part = "" if len(planned) == 1 else f"{part.name}, "
            taught = self._taught(part, known)
            losses.append(taught.losses)
            found.append(self._measured(part, taught))
        self._keep(taught)
        return {
            "measured": found,
            "steps": sum(len(stage) for one in losses for stage in one.values()),
            "losses": losses[-1],
            "too_long": len(snapshot.lessons) - len(fits),
            "base_hash": base_hash(self._spec.model, self._spec.revision),
        }

    def _reference(self, lessons: Sequence[Lesson]) -> dict[_Key, Reference]:
        """Returns what the base thinks of all pairs, by their tokens."""
        every = pairs(lessons, self._reading, self._spec.recipe, self._most)
        kept = self._folder / CHECKPOINT / "reference.json"
        kept.parent.mkdir(exist_ok=True)
        at_once = self._spec.recipe.rows_at_once
        told = reference(self._base, every, kept, rows=at_once, watch=self._watch)
        return dict(zip(map(_key, every), told, strict=True))

    def _taught(self, part: Part, known: dict[_Key, Reference]) -> Taught:
        recipe = self._spec.recipe
        own = pairs(part.taught, self._reading, recipe, self._most)
        material = Material(
            rows=rows(part.taught, self._reading, recipe, self._most),
            pairs=own,
            reference=[known[_key(pair)] for pair in own],
        )
        taught = self._teacher.teach(material, self._folder / CHECKPOINT / part.place)
        if taught is None:
            raise UserError(
                f"None of {len(part.taught)} lessons can be taught: with their prompts they are "
                f"longer than the {self._most} tokens that the model reads in training."
            )
        _check(load_file(taught.adapter / WEIGHTS))
        return taught

    def _measured(self, part: Part, taught: Taught) -> Any:
        """Measures an adapter, or returns what was measured of it before."""
        kept = self._folder / CHECKPOINT / part.place / MEASURED
        if not kept.exists():
            self._watch.step("measuring", 0, 1)
            # What is general is measured of the adapter that is kept, and of that alone.
            config = MeasureConfig(layout=self._spec.layout, questions=None if part.kept else 0)
            with self._base.lent() as model:
                adapted = PeftModel.from_pretrained(model, str(taught.adapter))
                # What is too long to be read whole is no more measured than it is learned.
                held_out = fitting(part.held_out, self._reading, self._most)
                found = measure(adapted, self._base.tokenizer, held_out, config)
            put(kept, measured.to_json(found))
        return json.loads(kept.read_text("utf-8"))

    def _keep(self, taught: Taught) -> None:
        """Puts the adapter's files where they are looked for."""
        target = self._folder / ADAPTER
        if target.exists():
            return
        aside = target.with_name(f"{ADAPTER}.new")
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        shutil.copyfile(taught.adapter / WEIGHTS, aside / WEIGHTS)
        config = json.loads((taught.adapter / CONFIG).read_text("utf-8"))
        # A folder of this machine is nobody else's affair.
        put(aside / CONFIG, {**config, "base_model_name_or_path": Path(self._spec.model).name})
        aside.replace(target)


def _key(pair: Pair) -> _Key:
    return pair.prompt, pair.chosen, pair.rejected


def _check(weights: Mapping[str, Tensor]) -> None:
    """Looks whether an adapter can change anything.

    Raises:
        UserError: it cannot, or its numbers are none.
    """
    if not all(bool(value.isfinite().all()) for value in weights.values()):
        raise UserError(
            "Training came apart: the adapter's weights are no numbers. The recipe's rates are "
            "too high for this model."
        )
    # LoRA begins with B at zero (Hu et al. 2021, arXiv 2106.09685), and so changes nothing.
    if not any(bool(value.any()) for name, value in weights.items() if "lora_B" in name):
        raise UserError(
            "The adapter changed nothing of what the model says: the recipe's rates are too low, "
            "or nothing was learned from what people said."
        )


def _is_shortage(error: BaseException) -> bool:
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    said = str(error).lower()
    return any(one in said for one in ("not enough memory", "allocate memory", "out of memory"))
