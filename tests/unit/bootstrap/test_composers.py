"""How long the prompts of lessons are."""

import re
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap.composers import lessons_config
from app.flows.policy import Policy
from app.settings import Settings
from app.training.recipe import RECIPE


class Reads:
    """A model that reads so many tokens, 0 where it does not say."""

    def __init__(self, tokens: int) -> None:
        self._tokens = tokens

    def opened(self) -> "Reads":
        return self

    def context(self) -> int:
        return self._tokens


@pytest.mark.parametrize(
    ("reads", "wanted"),
    [
        # Three quarters of what the recipe's 1,000 tokens leave beside an answer's 250.
        (0, 562),
        (32_768, 562),
        # A model that reads less than the recipe sets the bound itself.
        (400, 225),
    ],
)
def test_lessons_are_as_long_as_the_recipe_and_the_model_read(
    tmp_path: Path, reads: int, wanted: int
) -> None:
    recipe = tmp_path / "recipe.yml"
    recipe.write_text(re.sub(r"(?m)^length: \d+", "length: 1000", RECIPE.read_text("utf-8")))
    settings = Settings(model_url="http://127.0.0.1:1/v1", model="one", training_recipe=recipe)
    model: Any = Reads(reads)

    config = lessons_config(settings, Policy(), model)

    assert config.prompt_tokens == wanted
