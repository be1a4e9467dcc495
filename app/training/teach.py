"""Teaches one adapter: what people wrote is imitated, then preferred; each stage can go on.

The stages of an adapter have a folder each. While one runs, its checkpoints are there; when it is
done, `done/` with the adapter and its losses, put there in one move. Both stages begin at the base
model with an adapter that changes nothing: the second one's is given the weights that the first one
found, so that the reference of preferences stays the base (TRL would take a copy of the adapter).
"""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datasets import Dataset
from peft import LoraConfig, PeftModel, get_peft_model, set_peft_model_state_dict
from safetensors.torch import load_file
from transformers import PreTrainedModel, PrinterCallback, Trainer
from trl import DPOConfig, SFTConfig
from trl.trainer.dpo_trainer import DataCollatorForPreference
from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

from app.errors import UserError
from app.training.base import LARGE, Base
from app.training.checkpoints import Keeper, newest
from app.training.reach import reach
from app.training.recipe import Dpo, Recipe, Sft
from app.training.reference import Reference
from app.training.rows import Pair, Row
from app.training.watch import Watch, put
from app.training.weighted import APART, WEIGHT, Weighted, WeightedDPO, WeightedSFT

WEIGHTS = "adapter_model.safetensors"
LOSSES = "losses.json"
Losses = dict[str, list[float]]
"""The loss of every step, by stage."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """What an adapter is taught with; `reference` has one entry for each pair."""

    rows: Sequence[Row]
    pairs: Sequence[Pair]
    reference: Sequence[Reference]


@dataclass(frozen=True, kw_only=True, slots=True)
class Taught:
    """An adapter's folder, and the loss of every step of each stage."""

    adapter: Path
    losses: Losses


@dataclass(frozen=True, kw_only=True, slots=True)
class Teacher:
    """What all adapters of a run share."""

    base: Base
    recipe: Recipe
    seed: int
    watch: Watch

    def check(self) -> None:
        """Looks whether an adapter can be put on the model at all.

        Raises:
            UserError: it cannot.
        """
        # Refused rather than done to all layers instead: that is another recipe, of which more is
        # lost, and who reads the verdict would not know.
        if not reach(self.base.model, self.recipe.lora.modules, self.recipe.lora.last):
            raise UserError(
                "Models of this kind "
                f"({self.base.model.config.model_type}) lack the layers that the recipe changes "
                "(lora.modules, lora.last), or have them in a form that takes no adapter, as "
                "fused experts. Set TREADLE_TRAINING_RECIPE to a copy of the recipe "
                "with `modules: all` and `last: 1.0`, or TREADLE_MODEL to another model."
            )
        with self.base.lent() as model:
            try:
                get_peft_model(model, self._lora)
            except ValueError as error:
                # peft has none for layers that keep a state, such as Mamba's.
                raise UserError(
                    f"No adapter can be trained for models of this kind ({model.config.model_type})"
                    ": set TREADLE_MODEL to one of another."
                ) from error

    def teach(self, material: Material, folder: Path) -> Taught | None:
        """Teaches an adapter, or goes on from where a process was killed that did.

        Args:
            material: what is taught; the same each time for a folder.
            folder: where checkpoints and results are kept.

        Returns:
            None where there is nothing that the recipe can teach.

        Raises:
            Cancelled: the run is not wanted any more.
        """
        done: Path | None = None
        losses: Losses = {}
        for name, build, wanted in (
            ("sft", self._imitate, self.recipe.sft.epochs and material.rows),
            ("dpo", self._prefer, self.recipe.dpo.epochs and material.pairs),
        ):
            if wanted:
                done = self._stage(name, build, material, folder / name, after=done)
                losses[name] = json.loads((done / LOSSES).read_text("utf-8"))
        return None if done is None else Taught(adapter=done, losses=losses)

    def _stage(
        self,
        name: str,
        build: Callable[[PreTrainedModel, Material, Path], Trainer],
        material: Material,
        folder: Path,
        *,
        after: Path | None,
    ) -> Path:
        """Runs a stage to its end; returns the folder with its adapter."""
        done = folder / "done"
        if done.exists():
            return done
        with self.base.lent() as model:
            trainer = build(model, material, folder)
            trainer.remove_callback(PrinterCallback)
            trainer.add_callback(Keeper(self.watch, name, self.recipe.checkpoint))
            adapted = trainer.model
            assert isinstance(adapted, PeftModel)
            if after is not None:
                set_peft_model_state_dict(adapted, load_file(after / WEIGHTS))
            checkpoint = newest(folder)
            trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
            aside = folder / "done.new"
            shutil.rmtree(aside, ignore_errors=True)
            adapted.save_pretrained(str(aside), save_embedding_layers=False)
            put(aside / LOSSES, [one["loss"] for one in trainer.state.log_history if "loss" in one])
        aside.replace(done)
        for old in folder.glob("checkpoint-*"):
            shutil.rmtree(old)
        return done

    def _imitate(self, model: PreTrainedModel, material: Material, folder: Path) -> Trainer:
        columns = {
            "input_ids": [list(row.ids) for row in material.rows],
            "labels": [list(row.labels) for row in material.rows],
            WEIGHT: [row.weight for row in material.rows],
        }
        collate = DataCollatorForLanguageModeling(pad_token_id=self._padding)
        return WeightedSFT(
            model=model,
            processing_class=self.base.tokenizer,
            train_dataset=Dataset.from_dict(columns),
            data_collator=Weighted(collate),
            peft_config=self._lora,
            args=SFTConfig(max_length=None, **self._arguments(self.recipe.sft, folder)),
        )

    def _prefer(self, model: PreTrainedModel, material: Material, folder: Path) -> Trainer:
        stage = self.recipe.dpo
        columns = {
            "prompt_ids": [list(pair.prompt) for pair in material.pairs],
            "chosen_ids": [list(pair.chosen) for pair in material.pairs],
            "rejected_ids": [list(pair.rejected) for pair in material.pairs],
            WEIGHT: [pair.weight for pair in material.pairs],
            APART: [pair.apart for pair in material.pairs],
            "ref_chosen_logps": [chosen for chosen, _ in material.reference],
            "ref_rejected_logps": [rejected for _, rejected in material.reference],
        }
        collate = DataCollatorForPreference(pad_token_id=self._padding)
        return WeightedDPO(
            model=model,
            processing_class=self.base.tokenizer,
            train_dataset=Dataset.from_dict(columns),
            data_collator=Weighted(collate),
            peft_config=self._lora,
            args=DPOConfig(
                max_length=None,
                beta=stage.beta,
                loss_type=["sigmoid", "sft"],
                loss_weights=[stage.sigmoid, stage.sft],
                **self._arguments(stage, folder),
            ),
        )

    @property
    def _padding(self) -> int:
        # What pads is masked; any token will do where the tokenizer has none for it.
        return self.base.tokenizer.pad_token_id or 0

    @property
    def _scale(self) -> float:
        """Makes a rate for a model of another width (Yang et al. 2022, arXiv 2203.03466)."""
        config = self.base.model.config.get_text_config(decoder=True)
        return min(1.0, self.recipe.width / (getattr(config, "hidden_size", None) or 1))

    @property
    def _lora(self) -> LoraConfig:
        shape = self.recipe.lora
        return LoraConfig(
            r=shape.rank,
            lora_alpha=shape.alpha,
            lora_dropout=shape.dropout,
            target_modules=reach(self.base.model, shape.modules, shape.last),
            task_type="CAUSAL_LM",
        )

    def _arguments(self, stage: Sft | Dpo, folder: Path) -> dict[str, Any]:
        """Returns what both stages tell the trainer."""
        at_once = min(stage.rows, self.recipe.rows_at_once)
        return {
            "output_dir": str(folder),
            "num_train_epochs": stage.epochs,
            "per_device_train_batch_size": at_once,
            "gradient_accumulation_steps": -(-stage.rows // at_once),
            "learning_rate": stage.rate * self._scale,
            "lr_scheduler_type": "linear",
            "warmup_steps": self.recipe.warm,
            "max_grad_norm": self.recipe.clip,
            "seed": self.seed,
            "use_cpu": self.base.device.type == "cpu",
            "bf16": str(self.base.dtype) == "torch.bfloat16",
            "fp16": str(self.base.dtype) == "torch.float16",
            "activation_checkpointing": self.base.parameters > LARGE,
            # Asked for by `Keeper`. One is enough: an older one goes when a newer one is whole.
            "save_strategy": "no",
            "save_total_limit": 1,
            "logging_steps": 1,
            "report_to": "none",
            "disable_tqdm": True,
            "dataloader_pin_memory": False,
            # The weights' columns are none that TRL knows.
            "remove_unused_columns": False,
        }
