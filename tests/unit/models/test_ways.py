from pathlib import Path

import pytest
import torch
from torch import Tensor

from app.errors import UserError
from app.models.grouped_rows import GroupedWay
from app.models.jobs import ModelSpec
from app.models.loading import load
from app.models.net import Net
from app.models.shared_rows import NAME, SharedRows, SharedWay
from app.models.ways import choose
from tests.tiny_models import save_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("model"), "llama-grouped")


def net(folder: Path, dtype: str = "auto") -> Net:
    loaded = load(ModelSpec(source=str(folder), dtype=dtype))
    return Net(loaded.model, loaded.device)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_takes_the_fast_way_in_any_precision(dtype: str, folder: Path) -> None:
    made = net(folder, dtype)
    assert isinstance(choose(made), SharedWay)
    assert made.base.config._attn_implementation == NAME


def test_a_trial_finds_what_a_declaration_does_not_tell(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attend = SharedRows.attend

    def other(rows: SharedRows, layer: int, query: Tensor, scaling: float) -> Tensor:
        return attend(rows, layer, query, scaling * 0.9)

    monkeypatch.setattr(SharedRows, "attend", other)
    made = net(folder)
    way = choose(made)
    assert isinstance(way, GroupedWay)
    assert made.base.config._attn_implementation != NAME


def test_says_that_memory_does_not_suffice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = net(folder)

    def full(*args: object, **inputs: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(made.base, "forward", full)
    with pytest.raises(UserError, match="not enough memory"):
        choose(made)


def test_says_that_a_model_cannot_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = net(folder)

    def unable(*args: object, **inputs: object) -> None:
        raise RuntimeError("not implemented for 'Half'")

    monkeypatch.setattr(made.base, "forward", unable)
    with pytest.raises(UserError, match="MODEL_DTYPE"):
        choose(made)
