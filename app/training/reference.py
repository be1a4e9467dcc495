"""What the base model thinks of both texts of each pair: the reference of preferences.

It is the model with its adapter off, which never changes, so it is asked once a run and the
answers are kept beside the checkpoints. TRL can ask it too (`precompute_ref_log_probs`), but
for each data set anew, and a run with folds has several of the same pairs.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from trl.trainer.dpo_trainer import DataCollatorForPreference
from trl.trainer.utils import add_fused_lm_head

from app.training.base import Base
from app.training.rows import Pair
from app.training.watch import Watch, put
from app.training.weighted import told

PHASE = "reference"
Reference = tuple[float, float]
"""Log-probabilities in nats of a pair's chosen and rejected text, their ends included."""


def reference(
    base: Base, pairs: Sequence[Pair], kept: Path, *, rows: int, watch: Watch
) -> list[Reference]:
    """Returns what the base thinks of each pair, in order.

    Args:
        base: the model.
        pairs: what is asked; always the same for the file.
        kept: the file that keeps what was found.
        rows: pairs that are read at once.
        watch: what is told of the progress.
    """
    if kept.exists():
        return [(chosen, rejected) for chosen, rejected in json.loads(kept.read_text("utf-8"))]
    found: list[Reference] = []
    collate = DataCollatorForPreference(pad_token_id=0)
    with base.lent() as model, torch.inference_mode():
        add_fused_lm_head(model)
        for at in range(0, len(pairs), rows):
            watch.step(PHASE, at, len(pairs))
            batch = collate([_example(pair) for pair in pairs[at : at + rows]])
            logps, _ = told(model, {name: value.to(base.device) for name, value in batch.items()})
            chosen, rejected = logps.double().chunk(2)
            found.extend(zip(chosen.tolist(), rejected.tolist(), strict=True))
    put(kept, found)
    return found


def _example(pair: Pair) -> dict[str, list[int]]:
    return {
        "prompt_ids": list(pair.prompt),
        "chosen_ids": list(pair.chosen),
        "rejected_ids": list(pair.rejected),
    }
