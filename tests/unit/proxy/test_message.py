"""What a channel says of a delivery, and which spelling of its body GitHub signed."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from app.proxy.message import Message, read

SECRET = b"a-secret"
GUID = "72d3162e-cc78-11e3-81ab-4c9367dc0958"


def signed(body: bytes) -> str:
    return "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()


def sent(body: str, signature: str = "", **more: Any) -> str:
    """A message as the server writes it; `body` is its text in the message."""
    rest = {
        "host": "smee.io",
        "x-github-event": "issues",
        "x-github-delivery": GUID,
        "x-hub-signature-256": signature or signed(body.encode()),
        "content-type": "application/json",
        "x-forwarded-for": "140.82.115.1",
        **more,
    }
    start = json.dumps(rest, ensure_ascii=False, separators=(",", ":"))[:-1]
    return start + f',"body":{body},"query":{{}},"timestamp":1700000000000}}'


def message(data: str) -> Message:
    found = read(data)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"action":"opened","number":1}',
        '{"text":"naïve 🙂 \\"quoted\\" \\\\ / \\n \\t"}',
        '{"text":"\\u001b[0m"}',
        '{"text":"\\\\u001b"}',
        '{"large":9007199254740993,"tiny":1e-7,"float":1.10}',
        '{"a":[1,{"b":[]}],"c":null,"d":true}',
        '{"a":1,"a":2}',
    ],
)
def test_the_body_is_taken_letter_by_letter(body: str) -> None:
    found = message(sent(body))
    assert found.body(SECRET) == (body.encode(), True)


def test_escapes_are_tried_in_githubs_capitals() -> None:
    body = '{"text":"\\u001b \\\\u001b \\u00ad"}'
    github = b'{"text":"\\u001B \\\\u001b \\u00AD"}'
    assert message(sent(body, signed(github))).body(SECRET) == (github, True)


def test_the_raw_body_wins_where_a_server_sends_it() -> None:
    raw = '{ "a": 1 }'
    found = message(sent('{"a":1}', signed(raw.encode()), rawdata=raw))
    assert found.body(SECRET) == (raw.encode(), True)


def test_a_raw_body_that_the_server_broke_is_passed_over() -> None:
    found = message(sent('{"a":"ä"}', rawdata='{"a":"��"}'))
    assert found.body(SECRET) == ('{"a":"ä"}'.encode(), True)


@pytest.mark.parametrize("written", ['{ "a": 1 }', '{"a":1}\n', '{"a":"\\/"}'])
def test_what_the_server_wrote_anew_cannot_be_verified(written: str) -> None:
    body = json.dumps(json.loads(written), separators=(",", ":"))
    found = message(sent(body, signed(written.encode())))
    assert found.body(SECRET) == (body.encode(), False)


def test_another_secret_verifies_nothing() -> None:
    assert message(sent("{}")).body(b"other") == (b"{}", False)


def test_only_githubs_headers_are_passed_on() -> None:
    found = message(
        sent("{}", cookie="a=b", **{"x-github-hook-id": "7", "user-agent": "GitHub-Hookshot/1"})
    )
    assert set(found.headers) == {
        "x-github-event",
        "x-github-delivery",
        "x-hub-signature-256",
        "x-github-hook-id",
        "user-agent",
    }
    assert found.guid == GUID


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-github-event", "issues\r\nhost: evil"),
        ("x-github-event", "ä"),
        ("x-github-event", ""),
        ("x-github-event", ["issues"]),
        ("x-github-event", None),
        ("x-github-event", "x" * 1001),
    ],
)
def test_without_an_event_it_is_no_delivery(name: str, value: object) -> None:
    assert read(sent("{}", **{name: value})) is None


def test_an_id_that_is_none_is_not_logged() -> None:
    assert message(sent("{}", **{"x-github-delivery": "not an id"})).guid == ""


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        '{"a"}',
        '{"a":}',
        '{"a":1,}',
        '{"a":1 "b":2}',
        "{1:2}",
        "{'a':1}",
        '{"x-github-event":"issues"}',
        '{"x-github-event":"issues","body":',
        '{"body":' + "[" * 100_000,
    ],
)
def test_what_no_channel_sends_is_refused(data: str) -> None:
    with pytest.raises(ValueError):
        read(data)


@pytest.mark.parametrize("data", ["{}", " { } ", '{"a": 1}', '{ "a" : [ 1 ] , "b" : {} }'])
def test_other_messages_are_passed_over(data: str) -> None:
    assert read(data) is None
