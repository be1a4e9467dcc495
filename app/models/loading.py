"""A model and its tokenizer from a folder or the hub, and in words why they cannot be had."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import nn
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
from transformers.utils import logging as transformers_logging

from app.errors import UserError
from app.models.jobs import ModelSpec
from app.models.memory import is_shortage

LARGE = 50_000_000
"""Parameters above which half precision pays."""
DTYPES = {
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}

FAULTS = (MemoryError, RuntimeError, OSError, ValueError, ImportError, SafetensorError)
"""What loading raises for models that cannot be had or used."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """A model on its device, ready for inference."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    device: torch.device
    dtype: torch.dtype
    parameters: int


def load(spec: ModelSpec) -> Loaded:
    """Loads a model. Code that comes with a model is never run.

    Raises:
        UserError: it cannot be had or used; says what to do.
    """
    if spec.threads:
        torch.set_num_threads(spec.threads)
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    device = _device(spec.device)
    options: dict[str, Any] = {
        "revision": spec.revision or None,
        "local_files_only": _is_folder(spec.source),
        "trust_remote_code": False,
    }
    try:
        config = AutoConfig.from_pretrained(spec.source, **options)
        if config.model_type not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
            raise ValueError(f"it is of the kind {config.model_type}")
        tokenizer = AutoTokenizer.from_pretrained(spec.source, **options)
        found: Any = AutoModelForCausalLM.from_pretrained(
            spec.source, dtype="auto", output_loading_info=True, **options
        )
        model, info = found
        parameters = sum(weight.numel() for weight in model.parameters())
        dtype = _dtype(spec.dtype, device, parameters)
        nn.Module.to(model, device=device, dtype=dtype).requires_grad_(False).train(False)
    except FAULTS as error:
        raise UserError(_words(spec.source, error)) from error
    if info["missing_keys"]:
        raise UserError(
            f"The model {spec.source} lacks some of its weights, such as "
            f"{min(info['missing_keys'])}: it is damaged, or no causal language model. Download "
            "it again, or set MODEL to another."
        )
    return Loaded(
        model=model, tokenizer=tokenizer, device=device, dtype=dtype, parameters=parameters
    )


def _is_folder(source: str) -> bool:
    """Tells whether a source is a folder.

    Raises:
        UserError: it can only be a folder, and there is none, or no whole model is in it.
    """
    folder = Path(source).expanduser()
    if not folder.is_dir():
        if source.startswith(("/", "./", "../", "~")) or source.count("/") > 1:
            raise UserError(
                f"There is no folder {source}. Set MODEL to a folder or an id on the hub."
            )
        return False
    if not (folder / "config.json").is_file():
        raise UserError(
            f"There is no model in the folder {source}: it has no config.json. Set MODEL to a "
            "folder that a model was saved in."
        )
    for path in sorted(folder.glob("*.json")):
        try:
            json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise UserError(f"{_damaged(source)} {path.name} cannot be read.") from error
    return True


def _device(name: str) -> torch.device:
    """Returns the device of that name, or the best for "auto".

    Raises:
        UserError: there is no such device.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise UserError(
            f"There is no device {name} for the model. Set MODEL_DEVICE to cpu or auto."
        ) from error
    return device


def _dtype(name: str, device: torch.device, parameters: int) -> torch.dtype:
    """Returns the type of that name; for "auto", half precision for large models where the
    processor computes in it.

    Raises:
        UserError: there is no such type.
    """
    if name != "auto":
        if name not in DTYPES:
            raise UserError(
                f"There is no number type {name}. Set MODEL_DTYPE to auto, {', '.join(DTYPES)}."
            )
        return DTYPES[name]
    if parameters <= LARGE:
        return torch.float32
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    able = torch.cpu.get_capabilities()
    native = device.type == "cpu" and (able.get("avx512_bf16") or able.get("amx_bf16"))
    return torch.bfloat16 if native else torch.float32


def _words(source: str, error: Exception) -> str:
    """Says why a model cannot be loaded and what to do."""
    said = str(error)
    if is_shortage(error):
        return f"There is not enough memory for the model {source}. Set MODEL to a smaller one."
    if isinstance(error, SafetensorError):
        return _damaged(source)
    if "trust_remote_code" in said:
        return (
            f"The model {source} comes with code of its own, which is never run here. Set MODEL "
            "to one that transformers knows."
        )
    if isinstance(error, ImportError):
        return f"The model {source} needs a package that is not installed: {_line(said)}."
    if isinstance(error, OSError):
        if Path(source).expanduser().is_dir():
            return f"{_damaged(source)} {_line(said)}."
        return (
            f"The model {source} is not on this disk and could not be had from the hub: "
            f"{_line(said)}. Download it where there is a network, or set MODEL to its folder."
        )
    return (
        f"The model {source} cannot be used as a causal language model: {_line(said)}. Set MODEL "
        "to one that transformers knows as such."
    )


def _damaged(source: str) -> str:
    return (
        f"The files of the model in {source} are damaged or incomplete. Copy or download the "
        "folder again."
    )


def _line(text: str) -> str:
    """Returns the first line of a library's message, cut to one sentence's length."""
    lines = text.strip().splitlines() or ["no reason given"]
    return lines[0].rstrip(".")[:200]
