"""Rows of tokens of unlike length as one tensor."""

from collections.abc import Sequence

import torch
from torch import Tensor


def padded(rows: Sequence[Sequence[int]], *, left: bool) -> tuple[Tensor, Tensor]:
    """Returns tokens and which of them are real, both [row, place]; padding is token 0.

    Args:
        rows: the tokens of each; there is at least one row.
        left: whether the padding comes before the tokens, not behind them.
    """
    width = max(map(len, rows))
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    mask = torch.zeros(len(rows), width, dtype=torch.long)
    for at, row in enumerate(rows):
        span = slice(width - len(row), width) if left else slice(0, len(row))
        ids[at, span] = torch.tensor(row)
        mask[at, span] = 1
    return ids, mask
