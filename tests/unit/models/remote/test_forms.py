"""Formats that servers are asked for: in the way that they know, else by trying again."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.errors import UserError
from app.layouts.formats import Format, checklist, choices, regex, schema
from app.models.remote import Sampling, forms
from app.models.remote.dialect import Way
from tests.unit.models.remote.fakes import PROMPT, Hub, chat, error, messages, model, texts, vllm

OBJECT = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
ITEM = {"question": "Does it name a port?", "answer": "yes", "weight": 1}
ASKED: dict[Way, Callable[[dict[str, Any]], Any]] = {
    "structured_outputs": lambda sent: sent.get("structured_outputs"),
    "guided": lambda sent: {
        name.removeprefix("guided_"): value
        for name, value in sent.items()
        if name.startswith("guided_")
    },
    "response_format": lambda sent: sent.get("response_format"),
}


def keeping(way: Way) -> Callable[[dict[str, Any]], httpx.Response]:
    """A server that knows one way, and writes by it what is first of its kind."""

    def answer(sent: dict[str, Any]) -> httpx.Response:
        asked = ASKED[way](sent)
        if not asked:
            return vllm(sent)
        if way == "response_format":
            described = asked["json_schema"]["schema"]["properties"].get("text", {})
            if "enum" in described:
                return texts(json.dumps({"text": described["enum"][0]}), reason="stop")
            if "pattern" in described:
                return texts(json.dumps({"text": "ab"}), reason="stop")
        if "choice" in asked:
            return texts(asked["choice"][0], reason="stop")
        if "regex" in asked:
            return texts("ab", reason="stop")
        return texts('{"n": 3}', reason="stop")

    return answer


@pytest.mark.parametrize("way", forms.WAYS)
@pytest.mark.parametrize(
    ("wanted", "said"),
    [(choices(["one", "two"]), "one"), (regex("[ab]+"), "ab"), (schema(OBJECT), '{"n": 3}')],
)
def test_the_way_that_a_server_knows_is_found_out_and_used(
    way: Way, wanted: Format, said: str
) -> None:
    hub = Hub(completions=keeping(way))
    remote = model(hub)

    assert remote.session(PROMPT).form(wanted) == said
    assert remote.session(PROMPT).form(wanted) == said

    # Found out once, and then one request a text.
    assert len(hub.bodies("completions")) == 2


def test_a_server_that_passes_over_such_fields_is_asked_until_a_text_fits() -> None:
    said = iter(["nonsense", '{"n": "x"}', '{"n": 4}'])

    def answer(sent: dict[str, Any]) -> httpx.Response:
        return vllm(sent) if "One, two" in sent["prompt"] else texts(next(said), reason="stop")

    hub = Hub(completions=answer)

    assert model(hub).session(PROMPT).form(schema(OBJECT)) == '{"n": 4}'
    assert len({body["seed"] for body in hub.bodies("completions")}) == 3
    assert all(set(body).isdisjoint(forms.WAYS) for body in hub.bodies("completions"))


def test_what_never_fits_is_told_with_what_came() -> None:
    hub = Hub(chat__completions=lambda sent: messages("\x1b[31mNo\n") if sent else chat(sent))

    with pytest.raises(UserError) as raised:
        model(hub, sampling=Sampling(tries=3)).session(PROMPT).form(checklist(2))

    assert len(hub.bodies("chat/completions")) == 3
    assert "it is no JSON" in str(raised.value)
    assert "'[31mNo'" in str(raised.value)
    assert "\x1b" not in str(raised.value)


def test_a_schema_that_the_server_refuses_is_checked_here() -> None:
    def answer(sent: dict[str, Any]) -> httpx.Response:
        known = keeping("structured_outputs")
        if "json" in (sent.get("structured_outputs") or {}):
            return error(400, "unsupported keyword in the schema")
        return known(sent) if "One, two" in sent["prompt"] else texts(listed, reason="stop")

    listed = json.dumps({"items": [ITEM]})

    assert model(Hub(completions=answer)).session(PROMPT).form(checklist(1)) == listed


def test_a_text_that_is_cut_is_no_text() -> None:
    def answer(sent: dict[str, Any]) -> httpx.Response:
        return vllm(sent) if "One, two" in sent["prompt"] else texts("[1, 2", reason="length")

    with pytest.raises(UserError, match="cut at its limit"):
        model(Hub(completions=answer)).session(PROMPT).form(schema({"type": "array"}), tokens=5)


@pytest.mark.parametrize(
    ("text", "wanted", "plain"),
    [
        ('{"text": "a"}', choices(["a"]), "a"),
        ('{"text": [1]}', schema({"type": "array"}), "[1]"),
        ('{"text": "a"}', schema({"type": "string"}), '"a"'),
        ('{"text": 1}', schema(OBJECT), '{"text": 1}'),
        ("nonsense", choices(["a"]), "nonsense"),
        ("[]", choices(["a"]), "[]"),
    ],
)
def test_what_was_put_into_an_object_is_taken_out(text: str, wanted: Format, plain: str) -> None:
    assert forms.unwrapped(text, wanted, "response_format") == plain
