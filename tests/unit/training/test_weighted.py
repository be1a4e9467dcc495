"""The weighted losses: numbers by hand, and TRL's own where all rows weigh the same."""

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset
from peft import LoraConfig
from torch import Tensor, tensor
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import DPOConfig, DPOTrainer, SFTConfig
from trl.trainer.dpo_trainer import DataCollatorForPreference
from trl.trainer.sft_trainer import DataCollatorForLanguageModeling
from trl.trainer.utils import add_fused_lm_head

from app.training import weighted
from app.training.weighted import (
    Weighted,
    WeightedDPO,
    WeightedSFT,
    imitation,
    likelihood,
    preference,
    scored,
)
from tests.tiny_models import save_model

PAIRS: list[dict[str, Any]] = [
    {
        "prompt_ids": [5, 6, 7],
        "chosen_ids": [8, 9, 0],
        "rejected_ids": [9, 0],
        "weight": 1.5,
        "apart": True,
        "ref_chosen_logps": -9.0,
        "ref_rejected_logps": -7.0,
    },
    {
        "prompt_ids": [6, 5],
        "chosen_ids": [11, 0],
        "rejected_ids": [12, 13, 14, 0],
        "weight": 0.5,
        "apart": False,
        "ref_chosen_logps": -8.0,
        "ref_rejected_logps": -20.0,
    },
]
ROWS = [
    {"input_ids": [5, 6, 7, 8], "labels": [-100, -100, 7, 8], "weight": 1.5},
    {"input_ids": [6, 5, 9], "labels": [-100, -100, 9], "weight": 0.5},
]


def test_preference_by_hand() -> None:
    # -log sigmoid(0) = log 2; -log sigmoid(log 3) = -log(3/4); weights 2 and 0.5.
    scaled = tensor([0.0, math.log(3)])
    wanted = (2 * math.log(2) + 0.5 * math.log(4 / 3)) / 2
    assert preference(scaled, tensor([2.0, 0.5])).item() == pytest.approx(wanted)
    # One that is not apart says nothing, and makes the others say no more.
    assert preference(scaled, tensor([2.0, 0.0])).item() == pytest.approx(math.log(2))


def test_likelihood_by_hand() -> None:
    # 3 tokens of 6 nats at weight 2, and 1 token of 4 nats at weight 0.5: (12 + 2) / 4.
    found = likelihood(tensor([-6.0, -4.0]), tensor([3, 1]), tensor([2.0, 0.5]))
    assert found.item() == pytest.approx(3.5)


def test_imitation_by_hand() -> None:
    # 2 nats a token at weight 2, 4 nats a token at weight 0.5: (4 + 2) / 2.
    found = imitation(tensor([-6.0, -4.0]), tensor([3, 1]), tensor([2.0, 0.5]))
    assert found.item() == pytest.approx(3.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("model"))


def arguments(tmp_path: Path) -> dict[str, Any]:
    return {
        "output_dir": str(tmp_path),
        "use_cpu": True,
        "bf16": False,
        "activation_checkpointing": False,
        "max_length": None,
        "report_to": "none",
        "remove_unused_columns": False,
        "dataloader_pin_memory": False,
    }


def shared(folder: Path) -> dict[str, Any]:
    return {
        "model": AutoModelForCausalLM.from_pretrained(folder),
        "processing_class": AutoTokenizer.from_pretrained(folder),
        "peft_config": LoraConfig(r=2, target_modules="all-linear", task_type="CAUSAL_LM"),
    }


def dpo(folder: Path, tmp_path: Path, **options: Any) -> WeightedDPO:
    return WeightedDPO(
        **shared(folder),
        train_dataset=Dataset.from_list(PAIRS),
        data_collator=Weighted(DataCollatorForPreference(pad_token_id=0)),
        args=DPOConfig(loss_type=["sigmoid", "sft"], **arguments(tmp_path), **options),
    )


def logps(model: Any, before: list[int], after: list[int]) -> float:
    """The log-probability of what follows, from the model's plain logits."""
    told = model(input_ids=tensor([[*before, *after]])).logits[0].log_softmax(-1)
    return sum(told[len(before) - 1 + at, token].item() for at, token in enumerate(after))


def test_the_weighted_loss_of_pairs_by_hand(folder: Path, tmp_path: Path) -> None:
    trainer = dpo(folder, tmp_path, beta=0.2, loss_weights=[1.0, 3.0])
    with torch.no_grad():
        loss = trainer.compute_loss(trainer.model, trainer.data_collator(PAIRS))
        base = trainer.model.get_base_model()
        first, second = (
            [logps(base, pair["prompt_ids"], pair[side]) for side in ("chosen_ids", "rejected_ids")]
            for pair in PAIRS
        )
    margin = (first[0] + 9.0) - (first[1] + 7.0)
    # The second pair is not apart: it counts among the rows, and in the second term alone.
    sigmoid = 1.5 * math.log(1 + math.exp(-0.2 * margin)) / 2
    sft = (1.5 * -first[0] + 0.5 * -second[0]) / (3 + 2)
    assert loss.item() == pytest.approx(sigmoid + 3.0 * sft, rel=1e-5)


def test_with_equal_weights_the_loss_of_pairs_is_that_of_trl(folder: Path, tmp_path: Path) -> None:
    trainer = dpo(folder, tmp_path, precompute_ref_log_probs=False)
    batch = trainer.data_collator([{**pair, "weight": 1, "apart": True} for pair in PAIRS])
    plain = {name: value for name, value in batch.items() if name not in ("weight", "apart")}
    trainer.precompute_ref_logps = True
    with torch.no_grad():
        ours = trainer.compute_loss(trainer.model, batch)
        theirs = DPOTrainer._compute_loss(trainer, trainer.model, plain, False)
    assert ours.item() == pytest.approx(theirs.item(), rel=1e-6)


@pytest.mark.parametrize("most", [0, 1 << 26])
def test_what_is_learned_is_scored_wherever_it_stands(
    folder: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Either way of reading logits, for rows that begin to be learned at different places."""
    monkeypatch.setattr(weighted, "LOGITS", most)
    model = AutoModelForCausalLM.from_pretrained(folder)
    add_fused_lm_head(model)
    ids = tensor([[5, 6, 7, 8, 9], [6, 5, 9, 1, 1]])
    mask = tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    labels = tensor([[-100, -100, -100, 8, 9], [-100, -100, 9, -100, -100]])
    with torch.no_grad():
        found, lengths = scored(model, ids, mask, labels)
        wanted = [logps(model, [5, 6, 7], [8, 9]), logps(model, [6, 5], [9])]
    assert found.tolist() == pytest.approx(wanted, rel=1e-5)
    assert lengths.tolist() == [2, 1]


def sft(folder: Path, tmp_path: Path) -> WeightedSFT:
    return WeightedSFT(
        **shared(folder),
        train_dataset=Dataset.from_list(ROWS),
        data_collator=Weighted(DataCollatorForLanguageModeling(pad_token_id=0)),
        args=SFTConfig(**arguments(tmp_path), per_device_train_batch_size=2, num_train_epochs=1),
    )


def test_the_weighted_loss_of_rows_by_hand(folder: Path, tmp_path: Path) -> None:
    trainer = sft(folder, tmp_path)
    batch: dict[str, Tensor] = trainer.data_collator(ROWS)
    assert batch["weight"].tolist() == [1.5, 0.5]
    with torch.no_grad():
        loss = trainer.compute_loss(trainer.model, dict(batch), num_items_in_batch=tensor(3))
        base = trainer.model.get_base_model()
        first = -logps(base, [5, 6], [7, 8])
        second = -logps(base, [6, 5], [9])
    assert loss.item() == pytest.approx((1.5 * first / 2 + 0.5 * second) / 2, rel=1e-5)


def test_rows_come_through_the_trainer_as_they_are(folder: Path, tmp_path: Path) -> None:
    for trainer, names in (
        (sft(folder, tmp_path), {"input_ids", "attention_mask", "labels", "weight"}),
        (
            dpo(folder, tmp_path),
            {
                "input_ids",
                "attention_mask",
                "completion_mask",
                "weight",
                "apart",
                "ref_chosen_logps",
                "ref_rejected_logps",
            },
        ),
    ):
        (batch,) = trainer.get_train_dataloader()
        assert set(batch) == names
        assert sorted(batch["weight"].tolist()) == [0.5, 1.5]
    assert batch["apart"][batch["weight"] == 0.5].item() == 0
