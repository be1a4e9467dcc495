"""What an adapter is taught with, stage by stage; whole runs are tests/integration/training's."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.torch import load_file

from app.domain import Lesson
from app.errors import UserError
from app.layouts import Layout
from app.training import teach as teaching
from app.training.base import load
from app.training.recipe import Recipe
from app.training.rows import Reading, pairs, rows
from app.training.teach import WEIGHTS, Material, Taught, Teacher
from app.training.watch import Watch
from tests.tiny_models import save_model
from tests.unit.training.told import lesson

RECIPE = Recipe.read()
QUICK = replace(
    RECIPE,
    lora=replace(RECIPE.lora, rank=2, alpha=4),
    sft=replace(RECIPE.sft, forms=("plain",), epochs=1, rows=2),
    dpo=replace(RECIPE.dpo, epochs=2, rows=2),
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("model"))


def teach(
    model: Path, folder: Path, lessons: Sequence[Lesson], recipe: Recipe = QUICK, seed: int = 1
) -> Taught | None:
    folder.mkdir(exist_ok=True)
    base = load(str(model), device="cpu")
    reading = Reading(base.tokenizer, base.model, Layout.NUMBERED)
    told = pairs(lessons, reading, recipe, 512)
    material = Material(
        rows=rows(lessons, reading, recipe, 512),
        pairs=told,
        reference=[(-9.0, -9.0)] * len(told),
    )
    return Teacher(base=base, recipe=recipe, seed=seed, watch=Watch(folder)).teach(material, folder)


def weights(taught: Taught | None) -> list[list[float]]:
    assert taught is not None
    loaded = load_file(taught.adapter / WEIGHTS)
    return [loaded[name].flatten().tolist() for name in sorted(loaded)]


@pytest.mark.parametrize(
    ("epochs", "changed", "stages"),
    [
        # 4 rows and 4 pairs, 2 a step: 2 steps an epoch, and the second stage has two.
        ((1, 2), {}, {"sft": 2, "dpo": 4}),
        ((0, 2), {}, {"dpo": 4}),
        ((3, 0), {}, {"sft": 6}),
        # Where nobody wrote what would be better there is nothing to prefer.
        ((1, 2), {"rejected": ""}, {"sft": 2}),
        ((1, 2), {"chosen": ""}, {}),
    ],
)
def test_stages_are_those_that_there_is_something_for(
    model: Path,
    tmp_path: Path,
    epochs: tuple[int, int],
    changed: dict[str, str],
    stages: dict[str, int],
) -> None:
    recipe = replace(
        QUICK,
        sft=replace(QUICK.sft, epochs=epochs[0]),
        dpo=replace(QUICK.dpo, epochs=epochs[1]),
    )
    taught = teach(model, tmp_path, [lesson(at, **changed) for at in range(4)], recipe)
    if not stages:
        assert taught is None
        return
    assert taught is not None
    assert {name: len(losses) for name, losses in taught.losses.items()} == stages
    assert taught.adapter == tmp_path / list(stages)[-1] / "done"
    config = json.loads((taught.adapter / "adapter_config.json").read_text())
    assert (config["r"], config["lora_alpha"]) == (2, 4)


def test_the_second_stage_goes_on_from_the_first(model: Path, tmp_path: Path) -> None:
    """With a rate too small to change anything, what the first stage found is what comes out."""
    still = replace(QUICK, dpo=replace(QUICK.dpo, rate=1e-12))
    lessons = [lesson(at) for at in range(4)]
    alone = teach(model, tmp_path / "a", lessons, replace(QUICK, dpo=replace(QUICK.dpo, epochs=0)))
    both = teach(model, tmp_path / "b", lessons, still)
    for one, other in zip(weights(alone), weights(both), strict=True):
        assert other == pytest.approx(one, abs=1e-9)


def test_the_same_seed_teaches_the_same(model: Path, tmp_path: Path) -> None:
    lessons = [lesson(at) for at in range(4)]
    first = weights(teach(model, tmp_path / "a", lessons))
    assert weights(teach(model, tmp_path / "b", lessons)) == first
    assert weights(teach(model, tmp_path / "c", lessons, seed=2)) != first


@pytest.mark.parametrize(("width", "share"), [(256, 1.0), (32, 1.0), (8, 0.25)])
def test_wider_models_than_the_recipe_is_for_take_smaller_steps(
    model: Path, tmp_path: Path, width: int, share: float
) -> None:
    """The tiny model is 32 wide; narrower ones than meant keep the rate."""
    recipe = replace(QUICK, width=width)
    teacher = Teacher(
        base=load(str(model), device="cpu"), recipe=recipe, seed=1, watch=Watch(tmp_path)
    )
    rate = teacher._arguments(recipe.dpo, tmp_path)["learning_rate"]
    assert rate == pytest.approx(recipe.dpo.rate * share)


def test_a_model_that_adapters_cannot_be_put_on_is_named(tmp_path: Path) -> None:
    base = load(str(save_model(tmp_path, "mamba")), device="cpu")
    teacher = Teacher(base=base, recipe=QUICK, seed=1, watch=Watch(tmp_path))
    with pytest.raises(UserError, match=r"\(mamba\): set TREADLE_MODEL"):
        teacher.check()
    assert not any("lora" in name for name, _ in base.model.named_modules())


def test_a_model_without_the_layers_of_the_recipe_is_refused(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teaching, "reach", lambda *_: [])
    base = load(str(model), device="cpu")
    teacher = Teacher(base=base, recipe=QUICK, seed=1, watch=Watch(tmp_path))
    with pytest.raises(UserError, match=r"\(llama\) lack the layers .* `modules: all`"):
        teacher.check()
