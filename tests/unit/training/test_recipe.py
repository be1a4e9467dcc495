import re
from pathlib import Path
from typing import Any

import pytest

from app.errors import ConfigError
from app.training.recipe import RECIPE, Recipe


def test_the_recipe_is_whole_and_survives_json() -> None:
    recipe = Recipe.read()
    assert Recipe.of(recipe.json()) == recipe
    assert (recipe.dpo.sigmoid, recipe.dpo.sft) == (1.0, 3.0)
    assert "plain" in recipe.sft.forms, "what answering asks for is taught"


def test_every_value_says_why() -> None:
    lines = RECIPE.read_text("utf-8").splitlines()
    bare = [
        line
        for before, line in zip(["", *lines], lines, strict=False)
        if re.fullmatch(r" *\w+: \S.*", line) and not before.lstrip().startswith("#")
    ]
    assert not bare


def changed(**values: Any) -> dict[str, Any]:
    """The recipe with other values, named as `section__name`; None takes one away."""
    recipe = Recipe.read().json()
    for name, value in values.items():
        *sections, last = name.split("__")
        section = recipe
        for one in sections:
            section = section[one]
        if value is None:
            del section[last]
        else:
            section[last] = value
    return recipe


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        (changed(length=None), r"recipe: length: Field required"),
        (changed(lora__rank=0), r"recipe: lora\.rank: .*greater than or equal to 1"),
        (changed(lora__rank=True), r"recipe: lora\.rank: .*integer"),
        (changed(lora__rank="8"), r"recipe: lora\.rank: .*integer"),
        (changed(dpo__rate=0), r"recipe: dpo\.rate: .*greater than 0"),
        (changed(dpo__rate=float("nan")), r"recipe: dpo\.rate"),
        (changed(dpo__alike=1.5), r"recipe: dpo\.alike: .*less than or equal to 1"),
        (changed(sft__forms=["good"]), r"recipe: sft\.forms\.0: .*'plain'"),
        (changed(sft__forms=[]), r"recipe: sft\.forms: .*at least 1"),
        (changed(sft__forms="plain"), r"recipe: sft\.forms: "),
        (changed(sft__epochs=0, dpo__epochs=0), r"sft\.epochs or dpo\.epochs"),
        (changed(extra=1), r"recipe: extra: "),
        (changed(dpo=3), r"recipe: dpo: "),
        ([], r"recipe: "),
        (None, r"recipe: "),
    ],
)
def test_a_wrong_value_is_named(values: object, fault: str) -> None:
    with pytest.raises(ConfigError, match=fault):
        Recipe.of(values)


def test_all_faults_are_listed() -> None:
    with pytest.raises(ConfigError) as caught:
        Recipe.of(changed(warm=1, lora__rank=0, dpo__beta=0))
    assert [fault.split(": ")[1] for fault in caught.value.faults] == [
        "warm",
        "lora.rank",
        "dpo.beta",
    ]


def test_a_stage_may_be_left_out() -> None:
    assert Recipe.of(changed(sft__epochs=0)).sft.epochs == 0
    assert Recipe.of(changed(dpo__epochs=0)).dpo.epochs == 0


@pytest.mark.parametrize("text", ["a: [", "\udcff"])
def test_a_file_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.yml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError, match=r"mine\.yml is no readable YAML"):
        Recipe.read(path)
    with pytest.raises(ConfigError, match="no readable YAML"):
        Recipe.read(tmp_path / "none.yml")
