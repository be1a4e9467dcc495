"""Which recipe adapters are taught by."""

from pathlib import Path

import pytest

from app.doctor import examine
from app.errors import ConfigError
from app.models.trainable import recipe_of
from app.settings import load
from app.training.recipe import RECIPE, Recipe


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A changed copy of the recipe."""
    path = tmp_path / "mine.yml"
    path.write_text(RECIPE.read_text("utf-8").replace("rank: 8", "rank: 4"), "utf-8")
    return path


def test_the_packaged_one_is_taken_unless_told() -> None:
    assert recipe_of(load({})) == Recipe.read()


def test_a_changed_copy_is_taken(mine: Path) -> None:
    assert recipe_of(load({"TREADLE_TRAINING_RECIPE": str(mine)})).lora.rank == 4


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("rank: 4", ["recipe: lora.rank: Input should be less than or equal to 256"]),
        ("a: [", ["no readable YAML file"]),
        (None, ["no readable YAML file"]),
    ],
)
def test_one_with_faults_stops_the_start_and_is_told_by_doctor(
    mine: Path, text: str | None, faults: list[str]
) -> None:
    if text is None:
        mine.unlink()
    elif text == "rank: 4":
        mine.write_text(mine.read_text("utf-8").replace(text, "rank: 4000"), "utf-8")
    else:
        mine.write_text(text, "utf-8")
    environment = {"TREADLE_TRAINING_RECIPE": str(mine)}
    with pytest.raises(ConfigError) as caught:
        recipe_of(load(environment))
    told = [one.told for one in examine(environment) if one.part == "settings"]
    assert told == list(caught.value.faults)
    for said, fault in zip(told, faults, strict=True):
        assert said.startswith("TREADLE_TRAINING_RECIPE: ") and fault in said
