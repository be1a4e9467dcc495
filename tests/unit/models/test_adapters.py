import json
import shutil
from pathlib import Path

import pytest
import torch

from app.errors import UserError
from app.models.engine import Engine
from app.models.jobs import Context, Done, Logprob, ModelSpec
from tests.tiny_models import save_adapter, save_model


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory, base: Path) -> Path:
    return save_adapter(tmp_path_factory.mktemp("adapter"), base, seed=1)


@pytest.fixture
def engine(base: Path) -> Engine:
    return Engine.load(ModelSpec(source=str(base)))


def total(engine: Engine, name: str) -> float:
    (found,) = engine.run([Logprob(context=Context(prompt="Where?", adapter=name), texts=("no",))])
    assert isinstance(found, Done), found
    return float(found.result[0])


def test_comes_and_goes_and_leaves_the_model_as_it_was(
    engine: Engine, base: Path, adapter: Path, tmp_path: Path
) -> None:
    other = save_adapter(tmp_path, base, seed=2)
    before = total(engine, "")
    engine.add_adapter("first", adapter)
    first = total(engine, "first")
    engine.add_adapter("second", other)
    assert engine.adapters == ("first", "second")
    second = total(engine, "second")
    assert len({round(value, 3) for value in (before, first, second)}) == 3
    assert total(engine, "") == pytest.approx(before, abs=1e-4)
    engine.remove_adapter("first")
    assert engine.adapters == ("second",)
    assert total(engine, "second") == pytest.approx(second, abs=1e-4)
    engine.remove_adapter("second")
    assert total(engine, "") == pytest.approx(before, abs=1e-4)
    engine.add_adapter("first", adapter)
    assert total(engine, "first") == pytest.approx(first, abs=1e-4)
    with pytest.raises(UserError, match="no adapter second"):
        engine.remove_adapter("second")


def test_a_name_belongs_to_its_weights_for_ever(
    engine: Engine, base: Path, adapter: Path, tmp_path: Path
) -> None:
    engine.add_adapter("first", adapter)
    engine.add_adapter("first", adapter)
    other = save_adapter(tmp_path, base, seed=2)
    for _ in range(2):
        with pytest.raises(UserError, match="other weights"):
            engine.add_adapter("first", other)
        if "first" in engine.adapters:
            engine.remove_adapter("first")


@pytest.mark.parametrize("name", ["", "a.b", "A", "ä", "a b", "a/b", "__base__"])
def test_refuses_a_name_that_peft_would_mistake(name: str, engine: Engine, adapter: Path) -> None:
    with pytest.raises(UserError, match="name"):
        engine.add_adapter(name, adapter)


@pytest.mark.parametrize("name", ["ver", "version-12"])
def test_no_name_begins_with_another(
    name: str, engine: Engine, base: Path, adapter: Path, tmp_path: Path
) -> None:
    engine.add_adapter("version-1", adapter)
    with pytest.raises(UserError, match="begin alike"):
        engine.add_adapter(name, save_adapter(tmp_path, base, seed=2))


def test_refuses_one_that_changes_nothing(engine: Engine, base: Path, tmp_path: Path) -> None:
    before = total(engine, "")
    with pytest.raises(UserError, match="does not change"):
        engine.add_adapter("empty", save_adapter(tmp_path, base, seed=1, scale=0.0))
    assert engine.adapters == ()
    assert total(engine, "") == pytest.approx(before, abs=1e-4)


@pytest.mark.parametrize("kind", ["qwen2", "gpt2"])
def test_refuses_one_of_another_base_model(
    kind: str, engine: Engine, tmp_path: Path, base: Path
) -> None:
    other = save_model(tmp_path / "base", kind)
    before = total(engine, "")
    with pytest.raises(UserError, match="another base model"):
        engine.add_adapter("other", save_adapter(tmp_path / "adapter", other, seed=1))
    assert total(engine, "") == pytest.approx(before, abs=1e-4)


def test_works_on_a_model_with_linear_layers_of_its_own(tmp_path: Path) -> None:
    base = save_model(tmp_path / "base", "gpt2")
    engine = Engine.load(ModelSpec(source=str(base)))
    engine.add_adapter("one", save_adapter(tmp_path / "adapter", base, seed=1))
    assert total(engine, "one") != pytest.approx(total(engine, ""), abs=1e-2)


def changed(folder: Path, target: Path, **values: object) -> Path:
    shutil.copytree(folder, target)
    config = json.loads((target / "adapter_config.json").read_text())
    (target / "adapter_config.json").write_text(json.dumps(config | values))
    return target


@pytest.mark.parametrize("others", [0, 1])
def test_one_that_fails_half_way_leaves_nothing_behind(
    others: int, engine: Engine, base: Path, adapter: Path, tmp_path: Path
) -> None:
    before = total(engine, "")
    if others:
        engine.add_adapter("first", adapter)
    # Its weights are of another rank than it says, and unset ones would be random.
    broken = changed(adapter, tmp_path / "broken", r=8, init_lora_weights=False)
    with pytest.raises(UserError, match="cannot be loaded"):
        engine.add_adapter("second", broken)
    assert engine.adapters == ("first",) * others
    engine.forget(Context(prompt="Where?"))
    assert total(engine, "") == pytest.approx(before, abs=1e-4)
    engine.add_adapter("second", save_adapter(tmp_path / "whole", base, seed=2))
    assert total(engine, "second") != pytest.approx(before, abs=1e-2)
    assert total(engine, "") == pytest.approx(before, abs=1e-4)


def test_one_that_cannot_be_checked_is_not_loaded(
    engine: Engine, adapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bool:
        raise RuntimeError("out of memory")

    with monkeypatch.context() as patched:
        patched.setattr("app.models.adapters.Adapters._changes", fail)
        with pytest.raises(RuntimeError):
            engine.add_adapter("first", adapter)
    assert engine.adapters == ()
    engine.add_adapter("first", adapter)
    assert total(engine, "first") != pytest.approx(total(engine, ""), abs=1e-2)


def test_refuses_what_is_no_plain_whole_adapter(
    engine: Engine, adapter: Path, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="no whole adapter"):
        engine.add_adapter("one", tmp_path / "nowhere")
    with pytest.raises(UserError, match="plain LoRA"):
        engine.add_adapter("one", changed(adapter, tmp_path / "dora", use_dora=True))
    with pytest.raises(UserError, match="plain LoRA"):
        engine.add_adapter("one", changed(adapter, tmp_path / "ia3", peft_type="IA3"))
    damaged = changed(adapter, tmp_path / "damaged")
    (damaged / "adapter_model.safetensors").write_bytes(b"\0" * 40)
    with pytest.raises(UserError, match="no whole adapter"):
        engine.add_adapter("one", damaged)
    assert engine.adapters == ()


def test_an_ask_goes_on_after_another_adapters_ask_was_freed(
    engine: Engine, base: Path, adapter: Path
) -> None:
    engine.add_adapter("first", adapter)
    plain = total(engine, "")
    total(engine, "first")
    engine.remove_adapter("first")
    assert torch.isfinite(torch.tensor(total(engine, "")))
    assert total(engine, "") == pytest.approx(plain, abs=1e-4)
