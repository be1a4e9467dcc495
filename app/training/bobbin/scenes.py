"""What people tell around a question: places, plights, tools, people; none of it from a source."""

import random
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_SLOT = re.compile(r"\{(\w+)\}")
_DEPTH = 4


@cache
def lists() -> dict[str, tuple[str, ...]]:
    """Returns the lists of scenes.txt by name."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in (Path(__file__).parent / "scenes.txt").read_text("utf-8").splitlines():
        if line.startswith("= "):
            name = line[2:]
            found[name] = []
        elif line and not line.startswith("#"):
            found[name].append(line)
    return {name: tuple(lines) for name, lines in found.items()}


def told(rng: random.Random, name: str, far: Sequence[str] = ()) -> str:
    """Returns a line of a list, its slots filled; `far` are words for the slot of that name.

    Raises:
        KeyError: there is no such list.
    """
    text = rng.choice(lists()[name])
    if "{far}" in text and not far:
        text = rng.choice(lists()["moment"])
    for _ in range(_DEPTH):
        if "{" not in text:
            return text
        text = _SLOT.sub(lambda slot: slot[0] if slot[1] == "far" else _one(rng, slot[1]), text)
        if text.count("{") == text.count("{far}"):
            break
    return text.replace("{far}", rng.choice(far)) if far else text


def _one(rng: random.Random, name: str) -> str:
    return rng.choice(lists()[name])
