import shutil
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, get_peft_model
from trl.trainer.utils import add_fused_lm_head

from app.errors import UserError
from app.training.base import load
from app.training.base_hash import base_hash
from tests.tiny_models import save_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("model"))


def test_loads_a_model_that_learns_nothing_by_itself(folder: Path) -> None:
    base = load(str(folder))
    assert (base.device.type, base.dtype, base.most) == ("cpu", torch.float32, 512)
    assert not base.model.training
    assert not any(weight.requires_grad for weight in base.model.parameters())
    assert base.parameters == sum(weight.numel() for weight in base.model.parameters())


def test_a_model_that_was_lent_comes_back_as_it_was(folder: Path) -> None:
    base = load(str(folder))
    ids = torch.tensor([[5, 6, 7]])
    names = {name for name, _ in base.model.named_modules()}
    with torch.no_grad():
        before = base.model(input_ids=ids).logits
        for _ in range(2):
            # Twice, as nothing of the first may be left for the second; peft warns of that.
            with base.lent() as model:
                adapted = get_peft_model(
                    model, LoraConfig(target_modules="all-linear", task_type="CAUSAL_LM")
                )
                add_fused_lm_head(model)
                adapted.train()
                for name, weight in adapted.named_parameters():
                    if "lora" in name:
                        weight.fill_(0.1)
                assert not torch.equal(adapted(input_ids=ids).logits, before)
        after = base.model(input_ids=ids).logits
    assert torch.equal(after, before)
    assert {name for name, _ in base.model.named_modules()} == names
    assert not base.model.training
    assert not any(weight.requires_grad for weight in base.model.parameters())
    assert "forward" not in vars(base.model)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"source": "/nowhere/model"}, "cannot be loaded"),
        ({"source": "nobody/nothing"}, "The model nothing cannot be loaded"),
        ({"device": "tpu9"}, "Set TREADLE_MODEL_DEVICE"),
        ({"dtype": "int3"}, "Set TREADLE_MODEL_DTYPE"),
    ],
)
def test_says_what_to_do(folder: Path, values: dict[str, str], words: str) -> None:
    with pytest.raises(UserError, match=words):
        load(**{"source": str(folder), **values})


def test_the_hash_is_that_of_the_weights_alone(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / "README.md").write_text("other words")
    assert base_hash(str(copy)) == base_hash(str(folder))
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes() + b" ")
    assert base_hash(str(copy)) != base_hash(str(folder))


def test_the_hash_by_hand(tmp_path: Path) -> None:
    (tmp_path / "b.safetensors").write_bytes(b"two")
    (tmp_path / "a.safetensors").write_bytes(b"one")
    # sha256sum of "a.safetensors <that of one>\nb.safetensors <that of two>\n", in hex.
    assert base_hash(str(tmp_path)) == (
        "3d0a6058abeed24a36d11d98c40c789c22885736f645cbc557b5a4ec224f5f09"
    )


@pytest.mark.parametrize("source", ["nobody/nothing", ""])
def test_a_model_that_is_not_here_has_no_hash(tmp_path: Path, source: str) -> None:
    with pytest.raises(UserError, match="on this disk"):
        base_hash(source or str(tmp_path))
