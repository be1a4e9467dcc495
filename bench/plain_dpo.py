"""A step of preference training, as the product does it and as TRL does it by itself.

Both teach the same pairs with the same shape of adapter, rates and losses. TRL's `DPOTrainer` is
given texts and asks the reference at every step; the product gives tokens and weights, asks the
reference once, writes its progress at every step, and keeps checkpoints.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from datasets import Dataset
from peft import LoraConfig
from trl import DPOConfig, DPOTrainer

from app.domain import Lesson
from app.layouts import Layout
from app.training.base import Base, load
from app.training.recipe import Recipe
from app.training.reference import reference
from app.training.rows import Reading, pairs
from app.training.teach import Material, Teacher
from app.training.watch import Watch


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What training took, by the clock and by the processor, which others cannot lengthen."""

    steps: int
    seconds: float
    processor_seconds: float


def treadle(model: Path, lessons: Sequence[Lesson], recipe: Recipe) -> Cost:
    """Teaches as the product does, the preference stage alone."""
    alone = replace(recipe, sft=replace(recipe.sft, epochs=0))
    base = _load(model)

    def teach(folder: Path) -> int:
        watch = Watch(folder)
        reading = Reading(base.tokenizer, base.model, Layout.NUMBERED)
        own = pairs(lessons, reading, alone, alone.length)
        asked = folder / "reference.json"
        told = reference(base, own, asked, rows=alone.rows_at_once, watch=watch)
        material = Material(rows=(), pairs=own, reference=told)
        taught = Teacher(base=base, recipe=alone, seed=0, watch=watch).teach(
            material, folder / "kept"
        )
        return len(taught.losses["dpo"]) if taught else 0

    return _timed(teach)


def plain(model: Path, lessons: Sequence[Lesson], recipe: Recipe) -> Cost:
    """Teaches the same pairs with TRL's own trainer."""
    base = _load(model)
    rows = [
        {"prompt": one.prompt, "chosen": one.chosen, "rejected": one.rejected} for one in lessons
    ]

    def teach(folder: Path) -> int:
        trainer = DPOTrainer(
            model=base.model,
            processing_class=base.tokenizer,
            train_dataset=Dataset.from_list(rows),
            peft_config=LoraConfig(
                r=recipe.lora.rank,
                lora_alpha=recipe.lora.alpha,
                target_modules="all-linear",
                task_type="CAUSAL_LM",
            ),
            args=DPOConfig(
                output_dir=str(folder),
                num_train_epochs=recipe.dpo.epochs,
                per_device_train_batch_size=recipe.dpo.rows,
                learning_rate=recipe.dpo.rate,
                warmup_steps=recipe.warm,
                max_grad_norm=recipe.clip,
                beta=recipe.dpo.beta,
                loss_type=["sigmoid", "sft"],
                loss_weights=[recipe.dpo.sigmoid, recipe.dpo.sft],
                max_length=recipe.length,
                seed=0,
                use_cpu=True,
                bf16=False,
                activation_checkpointing=False,
                save_strategy="no",
                logging_strategy="no",
                report_to="none",
                disable_tqdm=True,
                dataloader_pin_memory=False,
            ),
        )
        trainer.train()
        trainer.save_model(str(folder / "kept"))
        return int(trainer.state.global_step)

    return _timed(teach)


def _load(model: Path) -> Base:
    return load(str(model), device="cpu", dtype="float32")


def _timed(teach: Callable[[Path], int]) -> Cost:
    with TemporaryDirectory() as folder:
        started, worked = time.perf_counter(), time.process_time()
        steps = teach(Path(folder))
        return Cost(
            steps=steps,
            seconds=time.perf_counter() - started,
            processor_seconds=time.process_time() - worked,
        )
