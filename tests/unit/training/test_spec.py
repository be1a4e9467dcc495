import json
from pathlib import Path

import pytest

from app.errors import ConfigError, UserError
from app.layouts import Layout
from app.training.recipe import Recipe
from app.training.spec import SPEC, Spec


def spec() -> Spec:
    return Spec(
        model="/models/one", layout=Layout.PASSAGES, seed=3, recipe=Recipe.read(), adapter="r1-0001"
    )


def test_is_read_as_it_was_written(tmp_path: Path) -> None:
    spec().write(tmp_path)
    assert Spec.read(tmp_path) == spec()
    values = json.loads((tmp_path / SPEC).read_text())
    assert values["layout"] == "passages"
    assert values["recipe"]["lora"]["rank"] == spec().recipe.lora.rank


@pytest.mark.parametrize("change", [{"layout": "round"}, {"layout": None}, {"more": 1}])
def test_one_that_cannot_be_read_says_so(tmp_path: Path, change: dict[str, object]) -> None:
    spec().write(tmp_path)
    values = json.loads((tmp_path / SPEC).read_text())
    (tmp_path / SPEC).write_text(json.dumps({**values, **change}))
    with pytest.raises(UserError, match="Start another run"):
        Spec.read(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}"])
def test_one_that_is_none_says_so(tmp_path: Path, text: str) -> None:
    (tmp_path / SPEC).write_text(text)
    with pytest.raises(UserError, match="Start another run"):
        Spec.read(tmp_path)


def test_a_recipe_with_faults_lists_them(tmp_path: Path) -> None:
    spec().write(tmp_path)
    values = json.loads((tmp_path / SPEC).read_text())
    values["recipe"]["lora"]["rank"] = 0
    (tmp_path / SPEC).write_text(json.dumps(values))
    with pytest.raises(ConfigError, match=r"lora\.rank"):
        Spec.read(tmp_path)
