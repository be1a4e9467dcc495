"""Refusals are understood without being repeated."""

import json

import pytest

from app.errors import UserError
from app.models.remote.faults import Refused, final, passing

PRIVATE = "words of a person"


def body(message: object, **fields: object) -> bytes:
    return json.dumps({"error": {"message": message, **fields}}).encode()


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 529])
def test_passing(status: int) -> None:
    assert passing(status)
    assert final(status, b"") is None


@pytest.mark.parametrize("status", [400, 404, 405, 413, 422, 501, 505])
def test_final(status: int) -> None:
    assert not passing(status)
    assert isinstance(final(status, b""), UserError)


@pytest.mark.parametrize(
    ("status", "content", "said"),
    [
        (401, b"", "TREADLE_MODEL_API_KEY"),
        (403, b"", "TREADLE_MODEL_API_KEY"),
        (302, b"", "set TREADLE_MODEL_URL"),
        (404, b"", "TREADLE_MODEL_URL"),
        (404, b'{"detail":"Not Found"}', "TREADLE_MODEL_URL"),
        (404, body("File Not Found", type="not_found_error", code=404), "TREADLE_MODEL_URL"),
        (405, b'{"detail":"Method Not Allowed"}', "TREADLE_MODEL_URL"),
        (404, body("The model `x` does not exist.", type="NotFoundError"), "TREADLE_MODEL$"),
        (400, body("bad", type="BadRequestError", code=400), r"HTTP 400, BadRequestError"),
        (400, body("long", code="context_length_exceeded"), "TREADLE_MODEL_PROMPT_TOKENS"),
        (400, body("long", type="exceed_context_size_error"), "TREADLE_MODEL_PROMPT_TOKENS"),
        (
            400,
            body("This model's maximum context length is 512 tokens. However, ..."),
            "TREADLE_MODEL_PROMPT_TOKENS",
        ),
        (413, b"<html>", "TREADLE_MODEL_PROMPT_TOKENS"),
        (429, body("pay", code="insufficient_quota"), "no credit"),
    ],
)
def test_in_words(status: int, content: bytes, said: str) -> None:
    with pytest.raises(UserError, match=said):
        raise final(status, content) or AssertionError("nothing final")


@pytest.mark.parametrize(
    "content",
    [
        body(PRIVATE),
        body("bad", code=PRIVATE, type=PRIVATE, param=PRIVATE),
        json.dumps({"error": PRIVATE}).encode(),
        json.dumps({"detail": PRIVATE}).encode(),
        json.dumps([PRIVATE]).encode(),
        PRIVATE.encode(),
    ],
)
@pytest.mark.parametrize("status", [400, 401, 404, 413, 422, 501])
def test_nothing_of_the_answer_is_repeated(status: int, content: bytes) -> None:
    assert PRIVATE not in str(final(status, content))


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (body("no", param="logprobs"), "logprobs"),
        (json.dumps({"detail": [{"loc": ["body", "n"], "msg": "no"}]}).encode(), "n"),
        (body("Unsupported parameter: 'max_tokens' is not supported"), "max_tokens"),
        (b'{"detail":"Unexpected fields in the request: {\'seed\'}"}', "seed"),
        (body("no"), ""),
        (b"[" * 100_000, ""),
        (b"\xff", ""),
        (body({"a": 1}), ""),
    ],
)
def test_the_field_at_fault(content: bytes, field: str) -> None:
    assert Refused(400, content).field == field
