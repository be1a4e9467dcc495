"""How a bot ends."""

from dataclasses import fields
from typing import Any

import pytest

from app.bootstrap.bot import Bot
from app.errors import TransientError


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
