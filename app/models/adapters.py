"""LoRA adapters on a loaded model: by immutable names, checked before they are used."""

import json
import re
import warnings
from hashlib import sha256
from pathlib import Path

import torch
from peft import PeftModel
from peft.tuners.tuners_utils import BaseTunerLayer
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from app.errors import UserError
from app.models.net import Net
from app.models.rows import Row, Way

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
PROBE = 8
"""Tokens that are read with and without an adapter to see whether it changes anything."""
LEAST = 1e-5
"""The least change of a logit that counts, as a share of the largest logit."""
_NAME = re.compile(r"[a-z0-9-]+")
_WEIGHT = re.compile(r"base_model\.model\.(?P<module>.+)\.lora_(?P<side>[AB])\.weight")


class Adapters:
    """The adapters of one model. A name stands for the same weights for ever."""

    def __init__(self, net: Net, way: Way) -> None:
        self._net = net
        self._way = way
        self._marks: dict[str, str] = {}
        self._loaded: dict[str, None] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The adapters that can be used now."""
        return tuple(self._loaded)

    def add(self, name: str, folder: Path) -> None:
        """Loads an adapter; one that is loaded stays as it is.

        Raises:
            UserError: the name or the adapter cannot be used, or it changes nothing.
        """
        weights = _checked(name, folder, self._net.base)
        mark = sha256((folder / WEIGHTS).read_bytes() + (folder / CONFIG).read_bytes()).hexdigest()
        if self._marks.get(name, mark) != mark:
            raise UserError(
                f"The adapter name {name} belongs to other weights. Give new weights a new name."
            )
        if name in self._loaded:
            return
        for other in self._marks:
            if other != name and (other.startswith(name) or name.startswith(other)):
                raise UserError(
                    f"The adapter names {name} and {other} begin alike, so their weights would be "
                    "mixed up. Choose names of which none begins with another."
                )
        try:
            self._load(name, folder)
            changes = bool(weights) and self._changes(name)
        except BaseException:
            # Half of one would stay in the model, and change what it says without it.
            self._take_off(name)
            raise
        self._loaded[name] = None
        if not changes:
            self.remove(name)
            raise UserError(
                f"The adapter {name} does not change what the model says. Train it again."
            )
        self._marks[name] = mark

    def remove(self, name: str) -> None:
        """Unloads an adapter; its name stays taken.

        Raises:
            UserError: there is no such adapter.
        """
        if name not in self._loaded:
            raise UserError(f"There is no adapter {name}.")
        del self._loaded[name]
        self._take_off(name)

    def _take_off(self, name: str) -> None:
        """Takes what there is of an adapter, which may be half loaded, out of the model."""
        wrapped = self._net.model
        if not self._loaded:
            if isinstance(wrapped, PeftModel):
                wrapped.unload()
            # Without the wrapper, what peft put into the model before it failed.
            for at, layer in list(self._net.base.named_modules()):
                if isinstance(layer, BaseTunerLayer):
                    self._net.base.set_submodule(at, layer.get_base_layer())
            vars(self._net.base).pop("peft_config", None)
            self._net.model, self._net.adapted = self._net.base, False
        elif isinstance(wrapped, PeftModel) and name in wrapped.peft_config:
            with warnings.catch_warnings():
                # Which adapter is "active" means nothing here: each row names its own.
                warnings.simplefilter("ignore")
                wrapped.delete_adapter(name)

    def _load(self, name: str, folder: Path) -> None:
        try:
            if isinstance(self._net.model, PeftModel):
                self._net.model.load_adapter(str(folder), adapter_name=name, is_trainable=False)
            else:
                self._net.model = PeftModel.from_pretrained(
                    self._net.base, str(folder), adapter_name=name, is_trainable=False
                )
                self._net.adapted = True
        except (ValueError, KeyError, RuntimeError) as error:
            raise UserError(f"The adapter in {folder} cannot be loaded: {error}") from error
        self._net.model.eval()

    def _changes(self, name: str) -> bool:
        """Tells whether logits differ with and without an adapter."""
        plain, adapted = self._probe(""), self._probe(name)
        return float((plain - adapted).abs().max()) > LEAST * float(plain.abs().max())

    def _probe(self, name: str) -> Tensor:
        words = self._net.words
        ids = torch.randint(words, (PROBE,), generator=torch.Generator().manual_seed(0)).tolist()
        with torch.inference_mode():
            batch = self._way.open([Row(stem=self._way.stem(name, ids))], 1)
            return batch.feed([ids[-1:]])


def _checked(name: str, folder: Path, model: nn.Module) -> list[str]:
    """Checks all that can be seen before anything is loaded; returns the weights' names.

    Raises:
        UserError: the adapter cannot be used with this model.
    """
    if not _NAME.fullmatch(name):
        raise UserError(
            f"{name!r} cannot be an adapter's name: use lower-case letters, digits and hyphens."
        )
    try:
        config = json.loads((folder / CONFIG).read_text("utf-8"))
        with safe_open(str(folder / WEIGHTS), framework="pt") as file:
            shapes = {key: tuple(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118
    except (OSError, ValueError, SafetensorError) as error:
        raise UserError(
            f"There is no whole adapter in {folder}: {CONFIG} and {WEIGHTS} are needed."
        ) from error
    if config.get("peft_type") != "LORA" or config.get("use_dora"):
        raise UserError(f"The adapter in {folder} is not plain LoRA, the only kind that is used.")
    for key, shape in shapes.items():
        found = _WEIGHT.fullmatch(key)
        if found and shape[found["side"] == "A"] != _width(model, found["module"], found["side"]):
            raise UserError(
                f"The adapter in {folder} was made for another base model "
                f"({config.get('base_model_name_or_path') or 'not named'})."
            )
    return list(shapes)


def _width(model: nn.Module, module: str, side: str) -> int | None:
    """Returns how many numbers a linear module takes (A) or gives (B); None if it is not there."""
    try:
        target = model.get_submodule(module)
        target = target.get_submodule("base_layer") if hasattr(target, "base_layer") else target
    except AttributeError:
        return None
    weight = getattr(target, "weight", None)
    if weight is None or weight.ndim != 2:
        return None
    # GPT-2 keeps linear weights the other way round than torch does.
    takes, gives = weight.shape if hasattr(target, "nf") else reversed(weight.shape)
    return int(takes if side == "A" else gives)
