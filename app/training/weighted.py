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
        weights = inputs.pop(WEIGHT)
        outputs = model(**inputs, use_cache=False, fused_lm_head=True)
        lengths = outputs.label_mask.sum(1).clamp(min=1)
        return imitation(outputs.log_probs.sum(1), lengths, weights)


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
    ids, mask = inputs["input_ids"], inputs["completion_mask"]
    outputs = model(
        input_ids=ids,
        attention_mask=inputs["attention_mask"],
        labels=ids.masked_fill(mask == 0, MASKED),
        use_cache=False,
        fused_lm_head=True,
    )
    return outputs.log_probs.sum(1), outputs.label_mask.sum(1)


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
