"""The composition root, as far as it needs no GitHub and no database."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import Bot, lessons_config
from app.errors import TransientError
from app.flows.policy import Policy
from app.settings import Settings
from app.training.recipe import RECIPE


def closing(*names: str) -> tuple[Bot, list[str]]:
    """Makes a bot of nothing but parts to close; those with `!` behind their name fail."""
    ended: list[str] = []

    def part(name: str) -> Any:
        def close() -> None:
            ended.append(name)
            if name.endswith("!"):
                raise TransientError(name)

        return close

    parts: dict[str, Any] = {field.name: None for field in fields(Bot)}
    return Bot(**{**parts, "closing": [part(name) for name in names]}), ended


def test_a_bot_ends_its_parts_in_order() -> None:
    bot, ended = closing("model", "store", "hub")

    bot.close()

    assert ended == ["model", "store", "hub"]


def test_a_part_that_fails_to_end_keeps_no_other_from_ending() -> None:
    bot, ended = closing("model!", "store!", "hub")

    with pytest.raises(TransientError, match="store!") as raised:
        bot.close()

    assert ended == ["model!", "store!", "hub"]
    assert str(raised.value.__context__) == "model!"


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
