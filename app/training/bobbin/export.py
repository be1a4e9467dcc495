"""Writes bobbin as a Hugging Face folder that any tool can load."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

FACTS = "training.json"


def export(
    model: LlamaForCausalLM,
    weights: Mapping[str, torch.Tensor],
    tokenizer: PreTrainedTokenizerFast,
    facts: Mapping[str, object],
    folder: Path,
) -> None:
    """Writes model, tokenizer and facts of the training; replaces what was there as a whole.

    Args:
        model: what is to be loaded as; itself left as it is.
        weights: by their names in the model; written in bfloat16, as safetensors.
        tokenizer: is written beside it.
        facts: JSON values, written as `training.json`.
        folder: where to.
    """
    aside = folder.with_suffix(".new")
    shutil.rmtree(aside, ignore_errors=True)
    # What comes out is tied to what goes in, and kept once.
    smaller = {
        name: value.to(torch.bfloat16)
        for name, value in weights.items()
        if name != "lm_head.weight"
    }
    model.save_pretrained(aside, state_dict=smaller)
    config = aside / "config.json"
    written = json.loads(config.read_text("utf-8"))
    written["dtype"] = "bfloat16"
    config.write_text(json.dumps(written, indent=1, sort_keys=True) + "\n", "utf-8")
    tokenizer.save_pretrained(aside)
    (aside / FACTS).write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    old = folder.with_suffix(".old")
    if folder.exists():
        folder.replace(old)
    aside.replace(folder)
    shutil.rmtree(old, ignore_errors=True)
