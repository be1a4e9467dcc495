"""Encoded pages as tensors."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from app.training.bobbin.encode import Encoded


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Pages as tensors; B pages padded to T tokens, all integers.

    `ids`, `labels`, `roles` are (B, T). `copied`, `homed`, `same`, `blamed` and `voted`
    are (n, 3): page, position, position to look at; `cited` and `linked` are (n, 4): page,
    position, first position of the span and the one after its last.
    """

    ids: Tensor
    labels: Tensor
    roles: Tensor
    copied: Tensor
    homed: Tensor
    cited: Tensor
    linked: Tensor
    same: Tensor
    blamed: Tensor
    voted: Tensor


def collate(pages: Sequence[Encoded], length: int, padding: int) -> Batch:
    """Puts pages into one batch."""
    ids = torch.full((len(pages), length), padding)
    labels = torch.full((len(pages), length), padding)
    roles = torch.zeros((len(pages), length), dtype=torch.int64)
    for row, one in enumerate(pages):
        size = len(one.ids)
        ids[row, :size] = torch.tensor(one.ids)
        labels[row, :size] = torch.tensor(one.labels)
        roles[row, :size] = torch.tensor([int(role) for role in one.roles])

    def rows(name: str, width: int) -> Tensor:
        found = [(row, *entry) for row, one in enumerate(pages) for entry in getattr(one, name)]
        return torch.tensor(found, dtype=torch.int64).view(-1, width)

    return Batch(
        ids=ids,
        labels=labels,
        roles=roles,
        copied=rows("copied", 3),
        homed=rows("homed", 3),
        cited=rows("cited", 4),
        linked=rows("linked", 4),
        same=rows("same", 3),
        blamed=rows("blamed", 3),
        voted=rows("voted", 3),
    )
