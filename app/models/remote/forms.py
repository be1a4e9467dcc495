"""How servers are asked to hold a text to a format, found out on a text of our own.

| way | servers | what it takes |
| --- | --- | --- |
| `structured_outputs` | vLLM from 0.11 on | schemas, expressions, choices |
| `guided` | vLLM before 0.12 | the same, under other names |
| `response_format` | OpenAI, llama.cpp, vLLM | schemas of objects: others are put into one |

Servers pass over fields that they do not know, so each way is tried with a choice that no model
makes by itself. https://docs.vllm.ai/en/latest/features/structured_outputs/,
https://platform.openai.com/docs/guides/structured-outputs
"""

import json
from collections.abc import Mapping
from typing import Any

import structlog

from app.layouts.formats import Format, choices
from app.models.remote.dialect import PROBE, Ask, Way
from app.models.remote.faults import Refused
from app.models.remote.line import Line

log = structlog.get_logger()

WAYS: tuple[Way, ...] = ("structured_outputs", "guided", "response_format")
_NAMES = {"schema": "json", "regex": "regex", "choices": "choice"}
_WORD = "treadle-7d1c"
_TOKENS = 48


def fields(wanted: Format, way: Way) -> dict[str, Any]:
    """Returns what a request has more to ask for a format; nothing where there is no way."""
    if way == "structured_outputs":
        return {"structured_outputs": {_NAMES[wanted.kind]: _value(wanted)}}
    if way == "guided":
        return {f"guided_{_NAMES[wanted.kind]}": _value(wanted)}
    if way == "response_format":
        described = {"name": "text", "strict": True, "schema": _object(wanted)}
        return {"response_format": {"type": "json_schema", "json_schema": described}}
    return {}


def unwrapped(text: str, wanted: Format, way: Way) -> str:
    """Returns the text itself where it was asked for inside an object."""
    if way != "response_format" or _is_object(wanted):
        return text
    try:
        value = json.loads(text)["text"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return text
    return value if isinstance(value, str) and wanted.kind != "schema" else json.dumps(value)


def supported(line: Line) -> Way:
    """Returns the first way that a server understands; empty where it understands none."""
    wanted = choices([_WORD])
    text = (("user", PROBE),) if line.dialect.chat else PROBE
    for way in WAYS:
        ask = Ask(text=text, tokens=_TOKENS, more=tuple(fields(wanted, way).items()))
        try:
            found = line.send(ask).choices
        except Refused as error:
            if error.status not in {400, 422}:
                raise
            log.info("model.refused", mode=way, status=error.status, code=error.code)
            continue
        if found and unwrapped(found[0].text.strip(), wanted, way) == _WORD:
            return way
    return ""


def _value(wanted: Format) -> Any:
    return wanted.spec if wanted.kind == "regex" else json.loads(wanted.spec)


def _is_object(wanted: Format) -> bool:
    return wanted.kind == "schema" and json.loads(wanted.spec).get("type") == "object"


def _object(wanted: Format) -> Mapping[str, Any]:
    """Returns the schema of an object that has the text, or is it."""
    value = _value(wanted)
    if _is_object(wanted):
        return dict(value)
    if wanted.kind == "regex":
        value = {"type": "string", "pattern": f"^(?:{value})$"}
    elif wanted.kind == "choices":
        value = {"type": "string", "enum": value}
    return {
        "type": "object",
        "properties": {"text": value},
        "required": ["text"],
        "additionalProperties": False,
    }
