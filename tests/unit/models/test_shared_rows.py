import pytest
import torch
from torch import nn

from app.models import shared_rows
from app.models.shared_rows import shared_attention


@pytest.mark.parametrize("asked", ["softcap", "s_aux", "position_bias", "sliding_window"])
def test_refuses_attention_of_another_kind(asked: str) -> None:
    part = torch.zeros(1, 1, 1, 2)
    with pytest.raises(ValueError, match=asked):
        shared_attention(nn.Module(), part, part, part, None, shared_rows=None, **{asked: 4})  # type: ignore[arg-type]


@pytest.mark.parametrize("stem", [0, 3])
def test_joins_a_stem_and_own_tokens_under_one_softmax(stem: int) -> None:
    """Against one softmax over all keys side by side, with half of the own tokens hidden."""
    torch.manual_seed(0)
    rows, groups, heads, width, own, size = 2, 2, 3, 2, 4, 5
    query = torch.randn(rows, groups, heads * width, size)
    keys, values = torch.randn(rows, groups, own, size), torch.randn(rows, groups, own, size)
    shared = (torch.randn(groups, stem, size), torch.randn(groups, stem, size)) if stem else None
    hidden = torch.tensor([[0, 0, 1, 1], [0, 0, 0, 1]], dtype=torch.bool).expand(rows, -1, -1)
    found = shared_rows._joined(query, keys, values, hidden, shared)
    for row in range(rows):
        for group in range(groups):
            before = shared[0][group] if shared else torch.empty(0, size)
            before_values = shared[1][group] if shared else torch.empty(0, size)
            every = torch.cat([before, keys[row, group]])
            every_values = torch.cat([before_values, values[row, group]])
            for at in range(heads * width):
                token = at % width
                seen = torch.cat([torch.zeros(stem, dtype=torch.bool), hidden[row, token]])
                scores = (every @ query[row, group, at]).masked_fill(seen, -torch.inf)
                wanted = scores.softmax(0) @ every_values
                assert torch.allclose(found[row, group, at], wanted, atol=1e-5)
