"""The general way: rows of one stem and equal length run together on a copy of its cache.

Nothing is padded and no mask is made, so it suits models of any attention (sliding windows,
soft caps, recurrent states). Where a model has no cache of transformers' kind, `cached` is
False and every row is read from its beginning each time.
"""

import copy
from collections import defaultdict
from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import DynamicCache

from app.models.net import Net
from app.models.rows import Layers, Row, Stem


class _Group:
    """Rows of one stem that are equally long."""

    def __init__(self, net: Net, stem: Stem, rows: list[int]) -> None:
        self.rows = rows
        self._net = net
        self._adapter = stem.adapter
        self._cache = copy.deepcopy(stem.cache)
        self._read = torch.empty((len(rows), 0), dtype=torch.long, device=net.device)
        if isinstance(self._cache, DynamicCache):
            if stem.length:
                self._cache.batch_repeat_interleave(len(rows))
        else:
            before = torch.tensor(stem.ids[:-1], dtype=torch.long, device=net.device)
            self._read = before.repeat(len(rows), 1)

    def feed(self, tokens: Tensor, last: int) -> Tensor:
        """Returns the logits after the last tokens, [rows, last, vocabulary]."""
        adapters = [self._adapter] * len(self.rows)
        if isinstance(self._cache, DynamicCache):
            return self._net(
                tokens, adapters, last=last, past_key_values=self._cache, use_cache=True
            )
        self._read = torch.cat([self._read, tokens], 1)
        return self._net(self._read, adapters, last=last, use_cache=False)

    def select(self, rows: list[int], places: list[int]) -> None:
        """Goes on with some rows; they are called `places` from now on."""
        at = torch.tensor([self.rows.index(row) for row in rows], device=self._net.device)
        self.rows = places
        if isinstance(self._cache, DynamicCache):
            self._cache.batch_select_indices(at)
        else:
            self._read = self._read[at]


class GroupedRows:
    """A batch of rows in groups; see `rows.Batch`."""

    def __init__(self, net: Net, rows: Sequence[Row]) -> None:
        self._net = net
        self._rows = rows
        self._groups: list[_Group] = []

    def feed(self, ids: Sequence[Sequence[int]], *, every: bool = False) -> Tensor:
        """Reads more tokens; see `rows.Batch`. After the first time, one each."""
        if not self._groups:
            alike: dict[tuple[Stem, int], list[int]] = defaultdict(list)
            for at, row in enumerate(self._rows):
                alike[row.stem, len(ids[at])].append(at)
            self._groups = [_Group(self._net, stem, rows) for (stem, _), rows in alike.items()]
        width = max(map(len, ids)) if every else 1
        found: Tensor | None = None
        for group in self._groups:
            tokens = torch.tensor([list(ids[row]) for row in group.rows], device=self._net.device)
            logits = group.feed(tokens, tokens.shape[1] if every else 1).float()
            if found is None:
                found = logits.new_zeros(len(ids), width, logits.shape[-1])
            found[group.rows, -logits.shape[1] :] = logits
        assert found is not None
        return found if every else found[:, -1]

    def select(self, rows: Sequence[int]) -> None:
        """Goes on with these rows alone."""
        going = []
        for group in self._groups:
            here = [row for row in rows if row in group.rows]
            if here:
                group.select(here, [rows.index(row) for row in here])
                going.append(group)
        self._groups = going

    def kept(self, row: int, count: int) -> Layers:  # noqa: ARG002
        """Nothing: caches of any kind cannot be cut and joined."""
        return ()


class GroupedWay:
    """Runs any causal model; see `rows.Way`."""

    keeps = False

    def __init__(self, net: Net, *, cached: bool) -> None:
        self._net = net
        self._cached = cached

    def stem(self, adapter: str, ids: Sequence[int]) -> Stem:
        """Reads a prompt."""
        if not self._cached:
            return Stem(adapter=adapter, ids=tuple(ids), cache=None)
        cache = DynamicCache(config=self._net.base.config)
        if len(ids) > 1:
            tokens = torch.tensor([ids[:-1]], device=self._net.device)
            self._net(tokens, [adapter], last=1, past_key_values=cache, use_cache=True)
        return Stem(adapter=adapter, ids=tuple(ids), cache=cache)

    def open(self, rows: Sequence[Row], room: int) -> GroupedRows:  # noqa: ARG002
        """Opens a batch."""
        return GroupedRows(self._net, rows)
