"""TRL's trainers with a weight for each row, which theirs do not have.

Rows come as tokens (`app.training.rows`), so nothing is tokenised here. With all weights 1 and all
pairs apart, the losses are those of TRL 1.16 to the rounding. The router's loss of a mixture of
experts is left out of both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from datasets import Dataset
from torch import Tensor, nn
from torch.nn.functional import logsigmoid
from trl import DPOTrainer, SFTTrainer

from app.training.rows import MASKED

WEIGHT, APART = "weight", "apart"
Batch = dict[str, Tensor]
LOGITS = 1 << 26
"""Logits that are held at once without a GPU: 256 MiB of them, and as much for their gradient."""


@dataclass(frozen=True, slots=True)
class Weighted:
    """A collator of TRL that passes the columns `WEIGHT` and `APART` on as numbers, (rows,)."""

    collate: Callable[[list[dict[str, Any]]], Batch]

    def __call__(self, rows: list[dict[str, Any]]) -> Batch:
        batch = self.collate(rows)
        for name in (WEIGHT, APART):
            if name in rows[0]:
                batch[name] = torch.tensor([float(row[name]) for row in rows])
        return batch


class WeightedSFT(SFTTrainer):
    """Imitates rows of `input_ids`, `labels` and `WEIGHT`.

    The loss is the mean over rows of weight times the mean over learned tokens: a long answer
    weighs no more than a short one, as in Chain of Hindsight.
    """

    # A lot's loss is a mean: over the lots of a step it is averaged once more, as for DPO.
    loss_is_scaled_for_ga = False  # type: ignore[assignment]

    def compute_loss(self, model: nn.Module, inputs: Batch, *_: Any, **__: Any) -> Tensor:
        """Returns the loss; outputs, which only evaluation asks for, are not returned."""
        logps, lengths = scored(
            model, inputs["input_ids"], inputs["attention_mask"], inputs["labels"]
        )
        return imitation(logps, lengths.clamp(min=1), inputs[WEIGHT])


class WeightedDPO(DPOTrainer):
    """Prefers rows of `prompt_ids`, `chosen_ids`, `rejected_ids`, `WEIGHT` and `APART`.

    The reference's log-probabilities are columns too (`app.training.reference`).
    """

    def _prepare_dataset(self, dataset: Dataset, *_: object) -> Dataset:
        return dataset

    def _compute_loss(self, model: nn.Module, inputs: Batch, *_: Any) -> Tensor:
        logps, lengths = told(model, inputs)
        chosen, rejected = logps.chunk(2)
        margins = (chosen - inputs["ref_chosen_logps"]) - (rejected - inputs["ref_rejected_logps"])
        weights = inputs[WEIGHT]
        terms = {
            "sigmoid": preference(self.beta * margins, weights * inputs[APART]),
            "sft": likelihood(chosen, lengths.chunk(2)[0], weights),
        }
        parts = zip(self.loss_types, self.loss_weights, strict=True)
        return torch.stack([weight * terms[name] for name, weight in parts]).sum()


def told(model: nn.Module, inputs: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Returns log-probabilities in nats of completions, and their tokens, (2 * pairs,) each."""
    ids = inputs["input_ids"]
    labels = ids.masked_fill(inputs["completion_mask"] == 0, MASKED)
    return scored(model, ids, inputs["attention_mask"], labels)


def scored(model: Any, ids: Tensor, mask: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Returns log-probabilities in nats of what is learned, and how many tokens that is.

    Args:
        model: with TRL's fused head (`trl.trainer.utils.add_fused_lm_head`).
        ids: tokens, (rows, places).
        mask: 1 for tokens, 0 for padding, likewise.
        labels: the tokens that are learned, and `MASKED`, likewise.

    Returns:
        Both (rows,).
    """
    learned = labels[:, 1:] != MASKED
    first = int(learned.any(0).int().argmax())
    kept = ids.shape[1] - first
    # Without a GPU the fused head reads all of the prompt too, a third of a step's time. The
    # model's own starts where something is learned, and is taken where its logits are few.
    if ids.is_cuda or ids.shape[0] * kept * model.get_input_embeddings().weight.shape[0] > LOGITS:
        told = model(
            input_ids=ids, attention_mask=mask, labels=labels, use_cache=False, fused_lm_head=True
        )
        return told.log_probs.sum(1), told.label_mask.sum(1)
    told = model(input_ids=ids, attention_mask=mask, use_cache=False, logits_to_keep=kept)
    logits = told.logits[:, -kept:-1].float()
    targets, learned = labels[:, 1 + first :], learned[:, first:]
    logps = logits.log_softmax(-1).gather(-1, targets.clamp(min=0)[..., None])[..., 0]
    return logps.masked_fill(~learned, 0.0).sum(1), learned.sum(1)


def imitation(logps: Tensor, lengths: Tensor, weights: Tensor) -> Tensor:
    """The mean over rows of their surprise per token, weighted."""
    return (weights * -logps / lengths).mean()


def preference(scaled: Tensor, weights: Tensor) -> Tensor:
    """DPO's loss (Rafailov et al. 2023, arXiv 2305.18290, equation 7), weighted; `scaled` is beta
    times the implicit margins."""
    return (weights * -logsigmoid(scaled)).mean()


def likelihood(logps: Tensor, lengths: Tensor, weights: Tensor) -> Tensor:
    """The surprise per token over all rows together, as in TRL's `sft` loss, weighted."""
    return (weights * -logps).sum() / lengths.sum()
