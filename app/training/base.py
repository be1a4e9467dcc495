"""The model that an adapter is trained on: loaded, and as it was before again after each stage."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from peft.tuners.tuners_utils import BaseTunerLayer
from safetensors import SafetensorError
from torch import nn
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging as transformers_logging

from app.errors import UserError

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
LARGE = 50_000_000
"""Parameters from which on activations are computed twice rather than kept."""
_FAULTS = (OSError, ValueError, ImportError, SafetensorError)


@dataclass(frozen=True, kw_only=True, slots=True)
class Base:
    """A base model on its device; `most` is how many tokens it reads, 0 where it does not say."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    device: torch.device
    dtype: torch.dtype
    parameters: int
    most: int

    @contextmanager
    def lent(self) -> Iterator[PreTrainedModel]:
        """Gives the model to be changed by peft and trainers, and undoes that."""
        try:
            yield self.model
        finally:
            for name, layer in list(self.model.named_modules()):
                if isinstance(layer, BaseTunerLayer):
                    self.model.set_submodule(name, layer.get_base_layer())
            # peft leaves its configuration there, and TRL a forward pass of its own.
            for name in ("peft_config", "forward"):
                vars(self.model).pop(name, None)
            self.model.requires_grad_(False).train(False)


def load(source: str, *, revision: str = "", device: str = "auto", dtype: str = "auto") -> Base:
    """Loads a model that answering uses already; nothing is fetched, none of its code is run.

    Args:
        source: a folder, or an id on the hub of a model that is on this disk.
        revision: its commit there.
        device: such as "cpu"; "auto" takes a GPU where there is one.
        dtype: of the weights; "auto" takes half precision on a GPU that trains in it.

    Raises:
        UserError: it cannot be had; says what to do.
    """
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    place = _device(device)
    kind = _dtype(dtype, place)
    options = {"revision": revision or None, "local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, **options)
        model = AutoModelForCausalLM.from_pretrained(source, dtype=kind, **options)
    except _FAULTS as error:
        said = (str(error).strip().splitlines() or ["no reason given"])[0][:200]
        raise UserError(
            f"The model {Path(source).name} cannot be loaded to train it: {said} Ask something "
            "first, so that the model is on this disk, or set TREADLE_MODEL to its folder."
        ) from error
    nn.Module.to(model, device=place)
    model.requires_grad_(False).train(False)
    config = model.config.get_text_config(decoder=True)
    return Base(
        model=model,
        tokenizer=tokenizer,
        device=place,
        dtype=kind,
        parameters=sum(weight.numel() for weight in model.parameters()),
        most=getattr(config, "max_position_embeddings", None) or 0,
    )


def _device(name: str) -> torch.device:
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise UserError(
            f"There is no device {name} to train on. Set TREADLE_MODEL_DEVICE."
        ) from error
    return device


def _dtype(name: str, device: torch.device) -> torch.dtype:
    if name != "auto":
        if name not in DTYPES:
            raise UserError(f"There is no number type {name}. Set TREADLE_MODEL_DTYPE.")
        return DTYPES[name]
    half = device.type == "cuda" and torch.cuda.is_bf16_supported()
    return torch.bfloat16 if half else torch.float32
