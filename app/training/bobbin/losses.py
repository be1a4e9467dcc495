"""What bobbin's training minimises: next tokens by role, and where three heads look."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import LlamaForCausalLM

from app.training.bobbin.batches import Batch
from app.training.bobbin.encode import Role
from app.training.bobbin.net import Head


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """What each part of the loss counts.

    `text_share` of the plain text's tokens are predicted at all, in a pattern that is fixed
    by position. The heads: `link_head` looks from a question's word to the source's word
    that it stands for, `cite_head` from where a number is written to its sentence, `copy_head`
    from a token of the answer to the next one in the source.
    """

    text: float = 0.3
    text_every: int = 4
    copy: float = 1.0
    decide: float = 1.0
    verdict: float = 0.4
    link_head: Head = Head(layer=1, place=0)  # noqa: RUF009 - frozen
    cite_head: Head = Head(layer=3, place=0)  # noqa: RUF009
    copy_head: Head = Head(layer=3, place=1)  # noqa: RUF009
    linked: float = 0.3
    cited: float = 0.5
    copied: float = 0.5

    @property
    def heads(self) -> tuple[Head, Head, Head]:
        return self.link_head, self.cite_head, self.copy_head


def parts(
    model: LlamaForCausalLM,
    states: Tensor,
    scores: list[Tensor],
    batch: Batch,
    weights: Weights,
) -> dict[str, Tensor]:
    """Returns each part of the loss, in nats, not yet weighted; absent parts are 0.

    Args:
        model: whose output layer is used.
        states: last hidden states, (B, T, width).
        scores: of `weights.heads`, (B, T, T) each, before the softmax.
        batch: what was read.
        weights: which heads, and how much plain text.
    """
    roles = batch.roles.flatten()
    # Plain text costs as much to predict as answers and teaches less: a part of it will do.
    thin = torch.arange(roles.numel()) % weights.text_every == 0
    chosen = ((roles != Role.NONE) & ((roles != Role.TEXT) | thin)).nonzero().squeeze(1)
    logits = model.lm_head(states.flatten(0, 1)[chosen]).float()
    each = cross_entropy(logits, batch.labels.flatten()[chosen], reduction="none")
    kinds = roles[chosen]
    link, cite, copy = scores
    return {
        "text": _mean(each[kinds == Role.TEXT]),
        "copy": _mean(each[kinds == Role.COPY]),
        "decide": _mean(each[kinds == Role.DECIDE]),
        "verdict": _mean(each[kinds == Role.VERDICT]),
        "linked": _span(link, batch.linked),
        "cited": _span(cite, batch.cited),
        "copied": _point(copy, batch.copied),
    }


def total(found: dict[str, Tensor], weights: Weights) -> Tensor:
    """Returns the weighted sum of the parts."""
    return torch.stack([value * getattr(weights, name) for name, value in found.items()]).sum()


def _point(scores: Tensor, where: Tensor) -> Tensor:
    """How surprising it is that the head looks at one position."""
    if not len(where):
        return scores.new_zeros(())
    rows = scores[where[:, 0], where[:, 1]]
    aimed = rows.gather(1, where[:, 2:3]).squeeze(1)
    return _mean(rows.logsumexp(1) - aimed)


def _span(scores: Tensor, where: Tensor) -> Tensor:
    """How surprising it is that the head looks anywhere inside a span."""
    if not len(where):
        return scores.new_zeros(())
    rows = scores[where[:, 0], where[:, 1]]
    at = torch.arange(rows.shape[1], device=rows.device)
    inside = (at >= where[:, 2:3]) & (at < where[:, 3:4])
    aimed = rows.masked_fill(~inside, -torch.inf).logsumexp(1)
    return _mean(rows.logsumexp(1) - aimed)


def _mean(values: Tensor) -> Tensor:
    return values.mean() if len(values) else values.new_zeros(())
