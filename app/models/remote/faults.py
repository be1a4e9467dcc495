"""What a model's server says when it refuses, read without repeating any of it.

Servers put the prompt into the messages of their errors, and the prompt is people's text: a
message is looked at here to decide what to do, and only the error's short code goes further.
"""

import json
import re
from typing import Any

from app.errors import TooLong, TransientError, UserError

PASSING = frozenset({408, 409, 425, 429})
"""Answers below 500 after which the same request may be taken; so may all from 500 on but
501 and 505, which say that the server will never do this."""
NEVER = frozenset({501, 505})

_WORD = re.compile(r"[A-Za-z][\w.-]{0,63}")
_TOO_LONG_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error"})
_TOO_LONG = re.compile(
    r"context (?:length|size|window)|max(?:imum)?[ _]model[ _]len|maximum (?:input|prompt) length",
    re.IGNORECASE,
)
_NO_ROUTE = re.compile(r"\s*(?:not found|file not found|method not allowed)\.?\s*", re.IGNORECASE)
_FIELDS = re.compile(
    r"\b(?:n_cmpl|(?:top_)?logprobs|seed|top_p|temperature|max_tokens)\b|(['\"`])n\1"
)
"""Fields that may be left out of a request, as a message names them."""
_SHOWN = 600


class Refused(UserError):
    """A request that the server will not carry out as it is.

    Attributes:
        status: the HTTP status.
        field: the request's field that the server names as the cause, or empty.
        code: its short code for the fault, or empty.
        no_route: whether it has no such address, rather than no such model.
    """

    def __init__(self, status: int, body: bytes = b"") -> None:
        error, message = _read(body)
        self.status = status
        self.code = next((code for code in map(_word, _codes(error)) if code), "")
        self.field = _field(error, message)
        self.no_route = status in {404, 405} and bool(_NO_ROUTE.fullmatch(message or "not found"))
        self._message = message
        super().__init__(_in_words(status, self.code, self.no_route))

    @property
    def too_long(self) -> bool:
        """Whether prompt and answer do not fit into the model's context."""
        if self.status == 413 or self.code in _TOO_LONG_CODES:
            return True
        return self.status in {400, 422} and bool(_TOO_LONG.search(self._message))

    def says(self, word: str) -> bool:
        """Tells whether the server's message has a phrase; case does not matter."""
        return word in self._message.lower()


class Unwell(TransientError):
    """A server that cannot answer now.

    Attributes:
        status: the HTTP status of the last try; 0 where there was no answer.
    """

    def __init__(self, message: str, *, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


def closed() -> TransientError:
    """Returns what is raised for what is asked of a model after its end."""
    return TransientError("the model is closed, as this process is ending")


def passing(status: int) -> bool:
    """Tells whether a later try of the same request may work."""
    return status in PASSING or (status >= 500 and status not in NEVER)


def final(status: int, body: bytes) -> UserError | None:
    """Returns why a request must not be tried again; None where that is for the caller to say."""
    if status in {401, 403}:
        return UserError("the model's server refused TREADLE_MODEL_API_KEY")
    if 300 <= status < 400:
        return UserError(
            "the model's server sends requests on to another address: "
            "set TREADLE_MODEL_URL to that one"
        )
    refused = Refused(status, body)
    if refused.code == "insufficient_quota":
        return UserError("the account behind TREADLE_MODEL_API_KEY has no credit left")
    if passing(status):
        return None
    if refused.too_long:
        return TooLong("the prompt is too long for the model: lower TREADLE_MODEL_PROMPT_TOKENS")
    return refused


def _in_words(status: int, code: str, no_route: bool) -> str:
    if no_route:
        return (
            "the model's server has no such address: TREADLE_MODEL_URL should end where its "
            "OpenAI-compatible interface begins, usually in /v1"
        )
    if status == 404:
        return "the model's server has no model of that name: check TREADLE_MODEL"
    detail = f"HTTP {status}, {code}" if code else f"HTTP {status}"
    return f"the model's server refused the request ({detail}): check TREADLE_MODEL"


def _read(body: bytes) -> tuple[dict[str, Any], str]:
    """Returns the error as a mapping, and the beginning of its message."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return {}, body[:_SHOWN].decode("utf-8", "replace")
    if not isinstance(read, dict):
        return {}, ""
    error = read.get("error", read)
    if isinstance(error, str):
        return {}, error[:_SHOWN]
    if not isinstance(error, dict):
        return {}, ""
    message = error.get("message", error.get("detail", ""))
    return error, message[:_SHOWN] if isinstance(message, str) else ""


def _codes(error: dict[str, Any]) -> tuple[object, object]:
    return error.get("code"), error.get("type")


def _word(value: object) -> str:
    return value if isinstance(value, str) and _WORD.fullmatch(value) else ""


def _field(error: dict[str, Any], message: str) -> str:
    field = _word(error.get("param"))
    if field:
        return field
    # FastAPI: a list of faults, each with the place of the field.
    detail = error.get("detail")
    if isinstance(detail, list) and detail and isinstance(detail[0], dict):
        place = detail[0].get("loc")
        if isinstance(place, list) and place:
            return _word(place[-1])
    named = _FIELDS.search(message)
    return named[0].strip("'\"`") if named else ""
