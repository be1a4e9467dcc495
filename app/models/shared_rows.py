"""The fast way: rows of one prompt attend to one copy of its keys and values.

A row's attention is over its stem's tokens and its own. The former is one matrix product for
all rows of a stem, the latter one for each row; both are joined under one softmax, so that
nothing is approximated (https://arxiv.org/abs/2402.05099). Linear layers run over all rows
of the batch, of whatever stems and adapters. Works for models that leave attention to the
functions registered with transformers and attend to everything before a token.

Shapes: R rows, T tokens read at once, H key-value heads, G query heads for each of them,
S tokens of a row's own so far, P tokens of a stem, D dimension of a head.
"""

from collections.abc import Sequence
from itertools import groupby

import torch
from torch import Tensor, nn
from transformers import AttentionInterface

from app.models.net import Net
from app.models.rows import Layers, Row, Stem

NAME = "treadle_shared"
PROMPT_CHUNK = 512
MOST_SCORES = 1 << 25
"""Attention scores computed at once: 128 MiB of them."""
UNKNOWN = ("softcap", "s_aux", "position_bias", "sliding_window")
"""What attention functions can be asked for and this one does not do."""


class SharedRows:
    """A batch whose rows share their stems' keys and values; see `rows.Batch`."""

    def __init__(self, net: Net, rows: Sequence[Row], room: int) -> None:
        self._net = net
        self._rows = list(rows)
        self._most = max(row.length for row in rows) + room
        self._lengths = torch.tensor([row.length for row in rows])
        self._own: list[tuple[Tensor, Tensor]] = []
        self._written = (torch.empty(0), torch.empty(0), torch.empty(0))
        self._hidden = torch.empty(0)
        self._used = 0
        self._gather()

    def feed(self, ids: Sequence[Sequence[int]], *, every: bool = False) -> Tensor:
        """Reads more tokens; see `rows.Batch`."""
        width, device = max(map(len, ids)), self._net.device
        counts = torch.tensor([len(one) for one in ids])
        tokens = torch.tensor([[0] * (width - len(one)) + list(one) for one in ids], device=device)
        columns = torch.arange(width)
        pads = (width - counts)[:, None]
        slots = self._lengths[:, None] + columns - pads
        at_row, at_column = (columns >= pads).nonzero(as_tuple=True)
        slots_written = slots[at_row, at_column]
        self._written = (at_row.to(device), at_column.to(device), slots_written.to(device))
        self._lengths = self._lengths + counts
        self._used = int(self._lengths.max())
        # What stands at a pad is computed and never read: it only needs some valid place.
        slots = slots.clamp(min=0)
        self._hidden = (torch.arange(self._used) > slots[:, :, None]).to(device)
        stems = torch.tensor([row.stem.length for row in self._rows])
        logits = self._net(
            tokens,
            [row.stem.adapter for row in self._rows],
            last=width if every else 1,
            position_ids=(stems[:, None] + slots).to(device),
            use_cache=False,
            shared_rows=self,
        ).float()
        return logits if every else logits[:, -1]

    def select(self, rows: Sequence[int]) -> None:
        """Goes on with these rows alone."""
        at = torch.tensor(rows)
        self._rows = [self._rows[row] for row in rows]
        self._lengths = self._lengths[at]
        at = at.to(self._net.device)
        self._own = [(keys[at], values[at]) for keys, values in self._own]
        self._gather()

    def kept(self, row: int, count: int) -> Layers:
        """Copies a row's own layers; see `rows.Batch`."""
        return tuple(
            (keys[row, :, :count].clone(), values[row, :, :count].clone())
            for keys, values in self._own
        )

    def write(self, layer: int, keys: Tensor, values: Tensor) -> None:
        """Keeps the keys and values, [R, H, T, D], of the tokens that are being read."""
        if layer == len(self._own):
            self._own.append(self._room(layer, keys, values))
        rows, columns, slots = self._written
        for kept, new in zip(self._own[layer], (keys, values), strict=True):
            kept[rows, :, slots] = new[rows, :, columns]

    def attend(self, layer: int, query: Tensor, scaling: float) -> Tensor:
        """Returns each token's attention to all before it, [R, T, heads, D].

        Args:
            layer: the layer's number.
            query: [R, heads, T, D].
            scaling: what scores are multiplied with.
        """
        keys, values = (kept[:, :, : self._used] for kept in self._own[layer])
        count, heads, width, size = query.shape
        groups = keys.shape[1]
        query = (query * scaling).reshape(count, groups, -1, size)
        found = []
        for start, stop, stem in self._runs:
            shared = stem[layer] if stem else None
            reach = self._used + (shared[0].shape[1] if shared else 0)
            step = max(1, MOST_SCORES // (heads * width * reach))
            for first in range(start, stop, step):
                part = slice(first, min(first + step, stop))
                found.append(
                    _joined(query[part], keys[part], values[part], self._hidden[part], shared)
                )
        joined = torch.cat(found) if len(found) > 1 else found[0]
        return joined.view(count, heads, width, -1).transpose(1, 2).contiguous()

    def _gather(self) -> None:
        """Finds the runs of rows that share a stem."""
        self._runs: list[tuple[int, int, Layers]] = []
        at = 0
        for stem, run in groupby((row.stem for row in self._rows), key=lambda stem: stem):
            stop = at + len(list(run))
            assert isinstance(stem.cache, tuple)
            self._runs.append((at, stop, stem.cache))
            at = stop

    def _room(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Makes room for a layer's keys and values and puts in what rows came with."""
        made = []
        for part, like in enumerate((keys, values)):
            count, heads, _, size = like.shape
            kept = like.new_zeros(count, heads, self._most, size)
            for at, row in enumerate(self._rows):
                if row.kept:
                    kept[at, :, : row.length] = row.kept[layer][part]
            made.append(kept)
        return made[0], made[1]


def _joined(
    query: Tensor,
    keys: Tensor,
    values: Tensor,
    hidden: Tensor,
    shared: tuple[Tensor, Tensor] | None,
) -> Tensor:
    """Attends to a stem and to the rows' own tokens under one softmax.

    Args:
        query: [R, H, G * T, D], scaled.
        keys: the rows' own, [R, H, S, D].
        values: the same.
        hidden: what a token may not see of its own row, [R, T, S].
        shared: the stem's keys and values, [H, P, D] each, if it has any.

    Returns:
        [R, H, G * T, D].
    """
    count, heads, many, size = query.shape
    own = (query @ keys.transpose(2, 3)).float()
    own.view(count, heads, -1, *hidden.shape[1:]).masked_fill_(hidden[:, None, None], -torch.inf)
    top = own.amax(-1, keepdim=True)
    if shared is None:
        weights = own.sub_(top).exp_()
        total = weights.sum(-1, keepdim=True)
        return ((weights.to(values.dtype) @ values) / total).to(values.dtype)
    stem_keys, stem_values = shared
    together = query.transpose(0, 1).reshape(heads, count * many, size)
    far = (together @ stem_keys.transpose(1, 2)).float().view(heads, count, many, -1)
    top = torch.maximum(top, far.amax(-1, keepdim=True).transpose(0, 1))
    near = own.sub_(top).exp_()
    far = far.sub_(top.transpose(0, 1)).exp_()
    total = near.sum(-1, keepdim=True) + far.sum(-1, keepdim=True).transpose(0, 1)
    flat = far.view(heads, count * many, -1).to(stem_values.dtype) @ stem_values
    summed = near.to(values.dtype) @ values + flat.view(heads, count, many, -1).transpose(0, 1)
    return (summed / total).to(values.dtype)


def shared_attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    shared_rows: SharedRows,
    scaling: float | None = None,
    **asked: object,
) -> tuple[Tensor, None]:
    """The attention function that transformers calls in each layer.

    Raises:
        ValueError: the model wants attention of another kind.
    """
    strange = [name for name in UNKNOWN if asked.get(name) is not None]
    if strange or attention_mask is not None:
        raise ValueError(f"attention of another kind: {', '.join(strange) or 'masked'}")
    layer = module.layer_idx
    assert isinstance(layer, int)
    shared_rows.write(layer, key, value)
    scaling = query.shape[-1] ** -0.5 if scaling is None else scaling
    return shared_rows.attend(layer, query, scaling), None


AttentionInterface.register(NAME, shared_attention)


class SharedWay:
    """Runs a model whose attention is `shared_attention`; see `rows.Way`."""

    keeps = True

    def __init__(self, net: Net) -> None:
        self._net = net

    def stem(self, adapter: str, ids: Sequence[int]) -> Stem:
        """Reads a prompt in chunks, so that long ones need little memory."""
        empty = Stem(adapter=adapter, ids=(0,), cache=())
        before = ids[:-1]
        cache: Layers = ()
        if before:
            batch = self.open([Row(stem=empty)], len(before))
            for start in range(0, len(before), PROMPT_CHUNK):
                batch.feed([before[start : start + PROMPT_CHUNK]])
            cache = batch.kept(0, len(before))
        return Stem(adapter=adapter, ids=tuple(ids), cache=cache)

    def open(self, rows: Sequence[Row], room: int) -> SharedRows:
        """Opens a batch."""
        return SharedRows(self._net, rows, room)
