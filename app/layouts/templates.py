"""The files in `prompts/`, and how values are put into them without changing their layout."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "prompts"
CHARACTERS_PER_TOKEN = 4
FENCE = "=" * 8
_SLOT = re.compile(r"\{\{(\w+)\}\}")
_FENCE_LIKE = re.compile(r"(^|[\r\v\f\x85\u2028\u2029])([^\S\n]*)={3,}", re.MULTILINE)


@cache
def template(name: str) -> str:
    """Returns the prompt file of that name, such as `bobbin/page`, without its ending."""
    return (FOLDER / f"{name}.md").read_text("utf-8")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Puts values into a template's `{{slots}}`, in one pass: slots in values stay text.

    Raises:
        KeyError: the template has a slot without a value.
    """
    return _SLOT.sub(lambda slot: values[slot[1]], text)


def foreign(text: str) -> str:
    """Returns people's text between lines that it cannot imitate."""
    said = _FENCE_LIKE.sub(r"\1\2=", text.strip())
    return f"{FENCE}\n{said}\n{FENCE}"


def tokens(text: str) -> int:
    """Returns roughly how many tokens a text has."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)
