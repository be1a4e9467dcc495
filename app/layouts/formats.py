"""Formats that a whole text can be held to, and what is wrong with one that has none of it.

| kind | a text that fits | `spec` |
| --- | --- | --- |
| `schema` | JSON that a JSON schema describes | the schema, as JSON |
| `regex` | what an expression matches as a whole | the expression |
| `choices` | one of some texts | their list, as JSON |

Expressions are those that Python's `re` and Rust's `regex` both know: without look-around and
back-references. https://json-schema.org/draft/2020-12, https://docs.rs/regex/latest/regex/#syntax
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

Kind = Literal["schema", "regex", "choices"]
QUESTION = r"^[^\n\"\\]{8,160}\?$"
"""A question of a checklist: one line, without what JSON would have to escape."""
WEIGHTS = (1, 2, 3)


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """A format; made by the functions below, which check what it is made of."""

    kind: Kind
    spec: str

    def fault(self, text: str) -> str:
        """Says what keeps a text from having the format; empty where it has it."""
        if self.kind == "schema":
            return _json_fault(text, json.loads(self.spec))
        if self.kind == "regex":
            return "" if re.fullmatch(self.spec, text) else "it does not match the expression"
        return "" if text in json.loads(self.spec) else "it is none of the choices"


def schema(described: Mapping[str, Any]) -> Format:
    """Returns the format of JSON that a schema describes.

    Raises:
        ValueError: it is no JSON schema.
    """
    try:
        Draft202012Validator.check_schema(dict(described))
    except SchemaError as error:
        raise ValueError(f"no JSON schema: {error.message}") from error
    return Format(kind="schema", spec=json.dumps(described, ensure_ascii=False))


def regex(expression: str) -> Format:
    """Returns the format of texts that an expression matches from beginning to end.

    Raises:
        ValueError: it is no expression.
    """
    try:
        re.compile(expression)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    return Format(kind="regex", spec=expression)


def choices(texts: Sequence[str]) -> Format:
    """Returns the format of texts that are one of these.

    Raises:
        ValueError: there are none, or one of them is empty.
    """
    if not texts or not all(texts):
        raise ValueError("choices are one or more texts, none of them empty")
    return Format(kind="choices", spec=json.dumps(list(dict.fromkeys(texts)), ensure_ascii=False))


def checklist(count: int) -> Format:
    """Returns the format of so many yes/no items: a JSON object with the list `items`.

    Each has a `question`, the `answer` of a good text, and a `weight` of 1 to 3, in this order.

    Raises:
        ValueError: `count` is not positive.
    """
    if count < 1:
        raise ValueError("a checklist has at least one item")
    fields = {
        "question": {"type": "string", "pattern": QUESTION},
        "answer": {"type": "string", "enum": ["yes", "no"]},
        "weight": {"type": "integer", "enum": list(WEIGHTS)},
    }
    item = {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }
    listed = {"type": "array", "items": item, "minItems": count, "maxItems": count}
    return schema(
        {
            "type": "object",
            "properties": {"items": listed},
            "required": ["items"],
            "additionalProperties": False,
        }
    )


def _json_fault(text: str, described: Mapping[str, Any]) -> str:
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return "it is no JSON"
    error = next(Draft202012Validator(described).iter_errors(value), None)
    if error is None:
        return ""
    # The validator's own words repeat the value, which is not ours.
    place = "".join(f"[{part!r}]" for part in error.absolute_path)
    return f"its JSON breaks the schema's `{error.validator}`{f' at {place}' if place else ''}"


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
