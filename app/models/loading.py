"""A model and its tokenizer from a folder or the hub, and in words why they cannot be had."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
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
from app.models.jobs import ModelSpec
from app.models.memory import is_shortage

LARGE = 50_000_000
"""Parameters above which half precision pays."""
DTYPES = {
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}


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
    local = _is_folder(spec.source)
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            spec.source,
            revision=spec.revision or None,
            local_files_only=local,
            trust_remote_code=False,
        )
        model = AutoModelForCausalLM.from_pretrained(
            spec.source,
            revision=spec.revision or None,
            local_files_only=local,
            trust_remote_code=False,
            dtype="auto",
        )
        parameters = sum(weight.numel() for weight in model.parameters())
        dtype = _dtype(spec.dtype, device, parameters)
        nn.Module.to(model, device=device, dtype=dtype).requires_grad_(False).train(False)
    except (MemoryError, RuntimeError, OSError, ValueError, ImportError, SafetensorError) as error:
        raise UserError(_words(spec, error)) from error
    return Loaded(
        model=model, tokenizer=tokenizer, device=device, dtype=dtype, parameters=parameters
    )


def _is_folder(source: str) -> bool:
    """Tells whether a source is a folder.

    Raises:
        UserError: it can only be a folder, and there is none, or no model is in it.
    """
    folder = Path(source).expanduser()
    if folder.is_dir():
        config = folder / "config.json"
        if not config.is_file():
            raise UserError(
                f"There is no model in the folder {source}: it has no config.json. Set MODEL to "
                "a folder that a model was saved in."
            )
        try:
            json.loads(config.read_text("utf-8"))
        except ValueError as error:
            raise UserError(_damaged(source)) from error
        return True
    if source.startswith(("/", "./", "../", "~")) or source.count("/") > 1:
        raise UserError(f"There is no folder {source}. Set MODEL to a folder or an id on the hub.")
    return False


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


def _words(spec: ModelSpec, error: Exception) -> str:
    """Says why a model cannot be loaded and what to do."""
    source, said = spec.source, str(error)
    if is_shortage(error):
        return f"There is not enough memory for the model {source}. Set MODEL to a smaller one."
    if isinstance(error, SafetensorError):
        return _damaged(source)
    if "trust_remote_code" in said or "custom code" in said:
        return (
            f"The model {source} comes with code of its own, which is never run here. Set MODEL "
            "to one that transformers knows."
        )
    if isinstance(error, ImportError):
        return f"The model {source} needs a package that is not installed: {_line(said)}"
    if isinstance(error, ValueError):
        return (
            f"The model {source} is not a causal language model that transformers knows: "
            f"{_line(said)}. Set MODEL to one that is."
        )
    if _is_local(source):
        return _damaged(source)
    return (
        f"The model {source} is not on this disk and could not be had from the hub: "
        f"{_line(said)}. Download it where there is a network, or set MODEL to its folder."
    )


def _is_local(source: str) -> bool:
    return Path(source).expanduser().is_dir()


def _damaged(source: str) -> str:
    return (
        f"The files of the model in {source} are damaged or incomplete. Copy or download the "
        "folder again."
    )


def _line(text: str) -> str:
    """Returns the first line of a library's message, cut to one sentence's length."""
    lines = text.strip().splitlines() or ["no reason given"]
    return lines[0].rstrip(".")[:200]
