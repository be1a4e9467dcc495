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

    One of `text_every` tokens of plain text is predicted at all, by position. The heads are a
    chain, a layer each: `home_head` looks from each word of a source to the source's number,
    `link_head` from a question's word to the source's word that it stands for, `vote_head`
    from where a number is to be written to the question's words that tell, and `cite_head`
    from there to the sentence; `copy_head` looks from a token of the answer to the next one
    in the source, `same_head` from a token of an answer that is judged to the same one in the
    source, or to itself where they part, and `blame_head` from the verdict there.
    """

    text: float = 0.1
    text_every: int = 4
    copy: float = 1.0
    decide: float = 1.5
    verdict: float = 0.5
    home_head: Head = Head(layer=0, place=0)  # noqa: RUF009 - frozen
    link_head: Head = Head(layer=2, place=0)  # noqa: RUF009
    vote_head: Head = Head(layer=3, place=0)  # noqa: RUF009
    cite_head: Head = Head(layer=4, place=0)  # noqa: RUF009
    copy_head: Head = Head(layer=3, place=1)  # noqa: RUF009
    homed: float = 0.3
    linked: float = 0.5
    voted: float = 0.5
    cited: float = 1.0
    copied: float = 0.5
    same_head: Head = Head(layer=2, place=1)  # noqa: RUF009
    same: float = 0.5
    blame_head: Head = Head(layer=4, place=1)  # noqa: RUF009
    blamed: float = 0.5

    @property
    def heads(self) -> tuple[Head, ...]:
        """All of them, in the order in which `parts` takes their scores."""
        return (
            self.home_head,
            self.link_head,
            self.vote_head,
            self.cite_head,
            self.copy_head,
            self.same_head,
            self.blame_head,
        )


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
    home, link, vote, cite, copy, same, blame = scores
    return {
        "text": _mean(each[kinds == Role.TEXT]),
        "copy": _mean(each[kinds == Role.COPY]),
        "decide": _mean(each[kinds == Role.DECIDE]),
        "verdict": _mean(each[kinds == Role.VERDICT]),
        "homed": _point(home, batch.homed),
        "linked": _span(link, batch.linked),
        "voted": _any(vote, batch.voted),
        "cited": _span(cite, batch.cited),
        "copied": _point(copy, batch.copied),
        "same": _point(same, batch.same),
        "blamed": _point(blame, batch.blamed),
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


def _any(scores: Tensor, where: Tensor) -> Tensor:
    """How surprising it is that the head looks at any of the positions given for a place."""
    if not len(where):
        return scores.new_zeros(())
    places, index = torch.unique(where[:, :2], dim=0, return_inverse=True)
    rows = scores[places[:, 0], places[:, 1]]
    meant = torch.zeros_like(rows, dtype=torch.bool)
    meant[index, where[:, 2]] = True
    aimed = rows.masked_fill(~meant, -torch.inf).logsumexp(1)
    return _mean(rows.logsumexp(1) - aimed)


def _mean(values: Tensor) -> Tensor:
    return values.mean() if len(values) else values.new_zeros(())
