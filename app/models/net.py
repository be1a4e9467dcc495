"""The model as a function from tokens to logits, with an adapter for each row."""

import inspect
import time
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

BASE = "__base__"
"""What peft calls a row without an adapter."""


class Net:
    """A causal model; `model` is wrapped anew when the first adapter comes.

    Attributes:
        model: what is called, a model of transformers or peft's wrapper around it.
        adapted: whether it is such a wrapper.
        base: the model itself.
        words: how many tokens there are.
        seconds: time spent in forward passes.
    """

    def __init__(self, model: PreTrainedModel, device: torch.device) -> None:
        self.base = model
        self.model: nn.Module = model
        self.device = device
        self.adapted = False
        self.seconds = 0.0
        self.words = _words(model)
        self._cuts = "logits_to_keep" in inspect.signature(model.forward).parameters

    def __call__(
        self, tokens: Tensor, adapters: Sequence[str], *, last: int, **inputs: object
    ) -> Tensor:
        """Returns the logits after the last tokens, [rows, last, vocabulary].

        Args:
            tokens: [rows, tokens].
            adapters: the adapter's name for each row, "" for none.
            last: how many of the tokens' logits are wanted.
            inputs: what else the model is given.
        """
        if self._cuts:
            inputs["logits_to_keep"] = last
        if self.adapted:
            inputs["adapter_names"] = [name or BASE for name in adapters]
        started = time.perf_counter()
        logits: Tensor = self.model(input_ids=tokens, **inputs).logits[:, -last:]
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        self.seconds += time.perf_counter() - started
        return logits


def _words(model: PreTrainedModel) -> int:
    """Returns how many tokens a model knows."""
    table = model.get_input_embeddings().weight
    assert isinstance(table, Tensor)
    return table.shape[0]
