"""Which way of running suits a model: by what it declares, and by a trial."""

import structlog
import torch
from torch import Tensor
from transformers import PretrainedConfig, PreTrainedModel

from app.errors import UserError
from app.models.grouped_rows import GroupedWay
from app.models.memory import is_shortage
from app.models.net import Net
from app.models.rows import Row, Way
from app.models.shared_rows import NAME, SharedWay

log = structlog.get_logger()

PROMPT, TAILS, NEXT = 8, (3, 5, 5), 1
"""Tokens of the trial: of its prompt, of its rows' beginnings, of the step after them."""
TOLERANCE = {torch.float32: 1e-3, torch.float16: 3e-2, torch.bfloat16: 1e-1}
"""How far logits may be off, as a share of the largest."""
UNFIT = (ValueError, TypeError, RuntimeError, AttributeError, KeyError, IndexError)
"""What a model raises that is asked for something that it does not do."""
OTHER_ATTENTION = ("sliding_window", "attention_chunk_size", "attn_logit_softcapping")


def choose(net: Net) -> Way:
    """Returns the fastest way that gives what a plain forward pass gives.

    Raises:
        UserError: none does.
    """
    model = net.base
    try:
        trial = _Trial(net)
    except UNFIT as error:
        raise UserError(_words(error)) from error
    if _attends_to_all(model):
        before = model.config._attn_implementation
        model.set_attn_implementation(NAME)
        shared = SharedWay(net)
        if trial.passes(shared):
            return shared
        model.set_attn_implementation(before)
    for cached in (True, False):
        way = GroupedWay(net, cached=cached)
        if trial.passes(way):
            return way
    raise UserError(
        "The model's answers differ between reading a text at once and in parts, so it cannot "
        "be used. Set MODEL to another model."
    )


def _attends_to_all(model: PreTrainedModel) -> bool:
    """Tells whether a model declares swappable attention to everything before a token."""
    config: PretrainedConfig = model.config.get_text_config(decoder=True)
    kinds = getattr(config, "layer_types", None) or ["full_attention"]
    windowed = any(
        getattr(config, name, None)
        for name in OTHER_ATTENTION
        # Qwen2 names a window and says apart whether it is used: its layers tell.
        if name != "sliding_window" or not getattr(config, "layer_types", None)
    )
    return (
        bool(model._supports_attention_backend)
        and set(kinds) == {"full_attention"}
        and not windowed
        and not getattr(config, "is_encoder_decoder", False)
    )


def _words(error: Exception) -> str:
    """Says why not even a short text can be read."""
    if is_shortage(error):
        return "There is not enough memory to run the model. Set MODEL to a smaller one."
    return (
        f"The model was loaded but cannot read a text: {error}. Try another MODEL_DTYPE or "
        "MODEL_DEVICE, or set MODEL to another model."
    )


class _Trial:
    """Rows of one prompt, two of them equally long, and a step more, against plain passes."""

    def __init__(self, net: Net) -> None:
        self._net = net
        draw = torch.Generator().manual_seed(0)
        words = net.words
        most = PROMPT + max(TAILS) + NEXT
        self._ids = [torch.randint(words, (most,), generator=draw).tolist() for _ in TAILS]
        for ids in self._ids:
            ids[:PROMPT] = self._ids[0][:PROMPT]
        self._wanted = [
            self._plain(ids[: PROMPT + tail + NEXT])
            for ids, tail in zip(self._ids, TAILS, strict=True)
        ]

    def passes(self, way: Way) -> bool:
        """Tells whether a way gives the same logits within rounding."""
        try:
            found = self._run(way)
        except UNFIT as error:
            if is_shortage(error):
                raise UserError(_words(error)) from error
            log.info("way_unfit", way=type(way).__name__, error=type(error).__name__)
            return False
        for got, (wanted, next_wanted) in zip(found, self._wanted, strict=True):
            for one, other in zip(got, (wanted, next_wanted), strict=True):
                scale = float(other.abs().max()) or 1.0
                share = TOLERANCE.get(self._net.base.dtype, 1e-1)
                if not float((one - other).abs().max()) <= share * scale:
                    log.info("way_unfit", way=type(way).__name__, error="difference")
                    return False
        return True

    def _plain(self, ids: list[int]) -> tuple[Tensor, Tensor]:
        tokens = torch.tensor([ids], device=self._net.device)
        logits = self._net(tokens, [""], last=2, use_cache=False).float()[0]
        return logits[0], logits[1]

    def _run(self, way: Way) -> list[tuple[Tensor, Tensor]]:
        stem = way.stem("", self._ids[0][:PROMPT])
        batch = way.open([Row(stem=stem) for _ in TAILS], 1 + max(TAILS) + NEXT)
        ends = [PROMPT + tail for tail in TAILS]
        first = batch.feed(
            [ids[PROMPT - 1 : end] for ids, end in zip(self._ids, ends, strict=True)]
        )
        then = batch.feed([[ids[end]] for ids, end in zip(self._ids, ends, strict=True)])
        return list(zip(first, then, strict=True))
