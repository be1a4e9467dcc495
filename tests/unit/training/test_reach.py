"""Which layers an adapter changes, over names as models have them."""

import pytest
from torch import nn
from transformers.pytorch_utils import Conv1D

from app.training.reach import ALL, reach


class Block(nn.Module):
    """A block as of Llama."""

    def __init__(self) -> None:
        super().__init__()
        self.self_attn = nn.ModuleDict({"q_proj": nn.Linear(2, 2)})
        self.mlp = nn.ModuleDict({"up_proj": nn.Linear(2, 2), "act": nn.ReLU()})


def model(blocks: int) -> nn.Module:
    whole = nn.Module()
    whole.model = nn.Module()
    whole.model.layers = nn.ModuleList([Block() for _ in range(blocks)])
    whole.lm_head = nn.Linear(2, 2)
    return whole


@pytest.mark.parametrize(
    ("modules", "last", "expected"),
    [
        ("all", 1.0, ALL),
        ("mlp", 1.0, [f"model.layers.{at}.mlp.up_proj" for at in range(5)]),
        ("mlp", 0.4, ["model.layers.3.mlp.up_proj", "model.layers.4.mlp.up_proj"]),
        ("mlp", 0.01, ["model.layers.4.mlp.up_proj"]),
        ("all", 0.2, ["model.layers.4.self_attn.q_proj", "model.layers.4.mlp.up_proj"]),
    ],
)
def test_layers_are_named_from_the_output_on(modules, last, expected):
    assert reach(model(5), modules, last) == expected


def test_layers_of_older_models_are_found():
    whole = nn.Module()
    whole.h = nn.ModuleList([nn.ModuleDict({"mlp": nn.ModuleDict({"c_fc": Conv1D(2, 2)})})])
    inner = nn.Module()
    inner.transformer = whole
    assert reach(inner, "mlp", 1.0) == ["transformer.h.0.mlp.c_fc"]


def test_where_there_are_none_none_are_named():
    assert reach(nn.Linear(2, 2), "mlp", 0.5) == []
