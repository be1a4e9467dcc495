"""Whether a style can be taught: LoRA by preference pairs, and what it costs in content.

Chosen answers begin with a lead, rejected ones are the same without it. The loss is that of
DPO (Rafailov et al. 2023, arXiv 2305.18290, equation 7) with a likelihood term on the chosen
answer: without it few pairs destroy what the answers say.
"""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from datasets import Dataset
from peft import LoraConfig, PeftModel
from trl import DPOConfig, DPOTrainer

from app.training.bobbin.evaluate import exact, limits
from app.training.bobbin.heldout import answer, prompt, question
from app.training.bobbin.pages import Page
from app.training.bobbin.probe import Probe
from app.training.bobbin.shares import Share

LEAD = "Short answer:"


@dataclass(frozen=True, kw_only=True, slots=True)
class StyleConfig:
    """How an adapter is taught; `length` is the most tokens of a prompt with its answer."""

    epochs: int = 4
    rows: int = 8
    rank: int = 8
    beta: float = 0.1
    rate: float = 1e-3
    losses: tuple[str, ...] = ("sigmoid", "sft")
    length: int = 640
    seed: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Taught:
    """What the pairs did on held-out pages.

    `led`: the likeliest answer begins with the lead, once. `before` and `after`: its sentences
    are the right ones, without the adapter, and with it once the lead is taken off.
    """

    pairs: int
    seconds: float
    led: Share
    before: Share
    after: Share


def pairs(pages: Sequence[Page], lead: str = LEAD) -> list[dict[str, str]]:
    """Returns rows for TRL: `prompt`, `chosen` with the lead, `rejected` without."""
    rows = []
    for page in pages:
        right = answer(question(page), page.sources)
        rows.append({"prompt": prompt(page), "chosen": f"{lead} {right}", "rejected": right})
    return rows


def unled(said: str, lead: str = LEAD) -> str:
    """Takes a lead off an answer, once."""
    return said.removeprefix(f"{lead} ")


def teach(base: Path, rows: Sequence[dict[str, str]], adapter: Path, config: StyleConfig) -> float:
    """Trains an adapter for the model in a folder, on the CPU; returns its seconds.

    Args:
        base: the model's folder.
        rows: what `pairs` returns.
        adapter: the folder to write the adapter to.
        config: how.
    """
    probe = Probe.load(base)
    with tempfile.TemporaryDirectory() as scratch:
        trainer = DPOTrainer(
            model=probe.model,
            processing_class=probe.tokenizer,
            train_dataset=Dataset.from_list(list(rows)),
            peft_config=LoraConfig(
                r=config.rank,
                lora_alpha=2 * config.rank,
                target_modules="all-linear",
                task_type="CAUSAL_LM",
            ),
            args=DPOConfig(
                output_dir=scratch,
                num_train_epochs=config.epochs,
                per_device_train_batch_size=config.rows,
                learning_rate=config.rate,
                beta=config.beta,
                loss_type=list(config.losses),
                max_length=config.length,
                seed=config.seed,
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
        started = time.perf_counter()
        trainer.train()
        seconds = time.perf_counter() - started
        trainer.save_model(str(adapter))
    return seconds


def measure(
    base: Path,
    lessons: Sequence[Page],
    held_out: Sequence[Page],
    config: StyleConfig | None = None,
) -> Taught:
    """Teaches the lead on some pages and measures others before and after.

    Args:
        base: the model's folder.
        lessons: pages to make the pairs of.
        held_out: other pages, each with an answer.
        config: how to teach.
    """
    prompts = [prompt(page) for page in held_out]
    plain = Probe.load(base)
    most = limits(plain, held_out, more=2 * len(plain.ids(LEAD)) + 8)
    before = plain.answers(prompts, most)
    rows = pairs(lessons)
    with tempfile.TemporaryDirectory() as adapter:
        seconds = teach(base, rows, Path(adapter), config or StyleConfig())
        # A fresh model: the trainer changes how the one that it was given computes.
        led = PeftModel.from_pretrained(Probe.load(base).model, adapter).merge_and_unload()
        after = Probe(led, plain.tokenizer).answers(prompts, most)
    starts = [said.startswith(f"{LEAD} ") and not unled(said).startswith(LEAD) for said in after]
    return Taught(
        pairs=len(rows),
        seconds=seconds,
        led=Share.of(starts),
        before=Share.of(exact(said, page) for said, page in zip(before, held_out, strict=True)),
        after=Share.of(
            exact(unled(said), page) for said, page in zip(after, held_out, strict=True)
        ),
    )
