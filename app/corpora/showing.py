"""Rows as a person reads them in a terminal, which no text of strangers can steer."""

import json
from collections.abc import Mapping
from typing import Any

LONGEST = 4000
"""Characters of one value that are shown; how many more there are is said."""
_KEPT = frozenset("\n\t")


def shown(row: Mapping[str, Any]) -> str:
    """Lays a row out: each value behind its name, texts of several lines below it."""
    return "\n".join(_field(printable(str(name)), value) for name, value in row.items())


def printable(text: str) -> str:
    """Returns text that only prints: all else is spelled out, such as `\\x1b`.

    Controls and marks of direction are what `str.isprintable` knows as such; line ends and tabs
    stay. https://unicode.org/reports/tr9/
    """
    return "".join(mark if mark in _KEPT or mark.isprintable() else _spelled(mark) for mark in text)


def _field(name: str, value: Any) -> str:
    listed = isinstance(value, list) and all(isinstance(item, str) for item in value)
    if isinstance(value, str):
        text = value
    else:
        text = "\n".join(value) if listed else json.dumps(value, ensure_ascii=False, default=str)
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}\n… ({len(text) - LONGEST} more characters)"
    text = printable(text)
    if "\n" not in text:
        return f"{name}: {text}"
    return "\n".join([f"{name}:", *(f"  | {line}" for line in text.split("\n"))])


def _spelled(mark: str) -> str:
    return mark.encode("unicode_escape", "surrogatepass").decode("ascii")
