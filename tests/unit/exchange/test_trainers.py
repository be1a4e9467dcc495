"""Files for TRL load with `datasets` and train a step in TRL's own trainers, unchanged."""

from pathlib import Path
from typing import Any

import pytest

from app.exchange.formats import format_of
from app.exchange.names import Name
from app.exchange.writing import writing

from .given import a_row

pytest.importorskip("trl")

from datasets import load_dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import (
    DPOConfig,
    DPOTrainer,
    KTOConfig,
    KTOTrainer,
    SFTConfig,
    SFTTrainer,
)

from tests.tiny_models import TEMPLATE, save_model

ROWS = [
    a_row("Set HOST.", "Set PORT.", prompt="What listens?"),
    a_row("Yes.", "", prompt="Does it?", people=()),
    a_row("", "No.", prompt="Does it?", urls=()),
    a_row("The port is 8080.", "The port is 80.", prompt="Which port?"),
]
TRAINERS: dict[Name, tuple[Any, Any, dict[str, Any]]] = {
    Name.TRL_PREFERENCE: (DPOTrainer, DPOConfig, {"max_length": 64}),
    Name.TRL_UNPAIRED: (KTOTrainer, KTOConfig, {"max_length": 64}),
    Name.TRL_COMPLETION: (SFTTrainer, SFTConfig, {"max_length": 64}),
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("model"), template=TEMPLATE)


@pytest.mark.parametrize("name", TRAINERS)
@pytest.mark.parametrize(("chat", "end"), [(False, "jsonl"), (True, "parquet")])
def test_a_step_is_trained(name: Name, chat: bool, end: str, model: Path, tmp_path: Path) -> None:
    path = tmp_path / f"rows.{end}"
    form = format_of(name, chat=chat)
    with writing(path, form, force=False) as write:
        for row in ROWS:
            for value in form.lay_out(row):
                write(value)
    kind = "json" if end == "jsonl" else "parquet"
    data = load_dataset(
        kind, data_files=str(path), split="train", cache_dir=str(tmp_path / "cache")
    )
    trainer, config, more = TRAINERS[name]
    made = trainer(
        model=AutoModelForCausalLM.from_pretrained(model),
        args=config(
            output_dir=str(tmp_path / "out"),
            max_steps=1,
            per_device_train_batch_size=2,
            use_cpu=True,
            bf16=False,
            report_to="none",
            save_strategy="no",
            disable_tqdm=True,
            dataloader_pin_memory=False,
            activation_checkpointing=False,
            **more,
        ),
        train_dataset=data,
        processing_class=AutoTokenizer.from_pretrained(model),
    )
    assert made.train().global_step == 1
