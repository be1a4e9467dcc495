"""Which of a model's layers an adapter changes."""

import re

from torch import nn
from transformers.pytorch_utils import Conv1D

_PLACE = re.compile(r"\.(\d+)\.")
_ATTENTION = re.compile(r"attn|attention", re.IGNORECASE)
ALL = "all-linear"
"""What peft takes for every linear layer but the one that gives the logits."""


def reach(model: nn.Module, modules: str, last: float) -> list[str] | str:
    """Names the linear layers that an adapter changes, as peft's `target_modules`.

    Args:
        model: any causal model.
        modules: "all" of a block, or "mlp": all but its attention.
        last: the share of the blocks, counted from the one that is nearest to the output, in
            (0, 1]; one block at least.

    Returns:
        Whole names, none where the model's blocks have no such layers; `ALL` where every one of
        the model's is meant.
    """
    if modules == "all" and last == 1:
        return ALL
    named = {
        name: int(place[1])
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Linear | Conv1D) and (place := _PLACE.search(name))
    }
    blocks = max(named.values(), default=-1) + 1
    first = min(blocks - 1, round(blocks * (1 - last)))
    chosen = [
        name
        for name, place in named.items()
        if place >= first and (modules == "all" or not _ATTENTION.search(name))
    ]
    return chosen
