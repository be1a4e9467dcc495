import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertForMaskedLM, T5Config

from app.errors import UserError
from app.models import loading
from app.models.jobs import ModelSpec
from app.models.loading import load
from tests.tiny_models import save_model, tokenizer


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("model"))


def test_loads_a_folder_for_inference(model: Path) -> None:
    loaded = load(ModelSpec(source=str(model)))
    assert loaded.dtype == torch.float32, "half precision is for large models"
    assert loaded.device.type == "cpu"
    assert not loaded.model.training
    assert not any(weight.requires_grad for weight in loaded.model.parameters())
    assert loaded.parameters == sum(weight.numel() for weight in loaded.model.parameters())


def test_takes_the_type_that_is_asked_for(model: Path) -> None:
    loaded = load(ModelSpec(source=str(model), dtype="bfloat16"))
    assert {weight.dtype for weight in loaded.model.parameters()} == {torch.bfloat16}


@pytest.mark.parametrize(
    ("able", "wanted"),
    [
        ({"avx512_bf16": True}, torch.bfloat16),
        ({"amx_bf16": True, "avx512_bf16": False}, torch.bfloat16),
        ({"avx512_bf16": False}, torch.float32),
    ],
)
def test_large_models_take_half_precision_where_the_processor_has_it(
    able: dict[str, bool], wanted: torch.dtype, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)
    monkeypatch.setattr(loading, "LARGE", 1000)
    assert load(ModelSpec(source=str(model))).dtype == wanted


def copied(change: Callable[[Path], object]) -> Callable[[Path, Path], str]:
    def make(model: Path, tmp_path: Path) -> str:
        folder = tmp_path / "copy"
        shutil.copytree(model, folder)
        change(folder)
        return str(folder)

    return make


def drop_weights(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    del weights["model.layers.1.mlp.up_proj.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def own_code(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "strange", "auto_map": {"AutoModelForCausalLM": "code.Strange"}}
    config["auto_map"]["AutoConfig"] = "code.StrangeConfig"
    (folder / "config.json").write_text(json.dumps(config))


def other_kind(folder: Path) -> None:
    T5Config().save_pretrained(folder)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda model, tmp: str(tmp / "nowhere"), "There is no folder"),
        (lambda model, tmp: str(tmp), "no config.json"),
        (lambda model, tmp: "someone/model-that-is-not-here", "not on this disk"),
        (copied(lambda folder: (folder / "model.safetensors").unlink()), "damaged or incomplete"),
        (
            copied(lambda folder: (folder / "model.safetensors").write_bytes(b"\0" * 99)),
            "damaged or incomplete",
        ),
        (copied(lambda folder: (folder / "config.json").write_text("{")), "config.json cannot"),
        (
            copied(lambda folder: (folder / "tokenizer.json").write_text("{")),
            "tokenizer.json cannot",
        ),
        (copied(drop_weights), "model.layers.1.mlp.up_proj.weight"),
        (copied(own_code), "code of its own"),
        (copied(other_kind), "cannot be used as a causal language model"),
    ],
)
def test_says_why_a_model_cannot_be_loaded(
    make: Callable[[Path, Path], str], said: str, model: Path, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=said) as caught:
        load(ModelSpec(source=make(model, tmp_path)))
    assert any(word in str(caught.value) for word in ("Set MODEL", "set MODEL", "again"))


def test_says_that_memory_does_not_suffice(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **options: object) -> None:
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(loading.AutoModelForCausalLM, "from_pretrained", full)
    with pytest.raises(UserError, match="not enough memory"):
        load(ModelSpec(source=str(model)))


@pytest.mark.parametrize(
    ("setting", "said"), [({"device": "cuda"}, "MODEL_DEVICE"), ({"dtype": "int3"}, "MODEL_DTYPE")]
)
def test_names_the_setting_that_does_not_fit(
    setting: dict[str, str], said: str, model: Path
) -> None:
    with pytest.raises(UserError, match=said):
        load(ModelSpec(source=str(model), **setting))


def test_a_model_that_reads_both_ways_is_refused(tmp_path: Path) -> None:
    """Its logits change with what follows, so no cache of it is right."""
    from app.models.engine import Engine

    words = tokenizer()
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=48,
        initializer_range=0.4,
    )
    BertForMaskedLM(config).save_pretrained(tmp_path)
    words.save_pretrained(tmp_path)
    with pytest.raises(UserError, match="differ"):
        Engine.load(ModelSpec(source=str(tmp_path)))
