"""What OpenAI-compatible servers answer, read into values.

Completions come in two forms: lists side by side (OpenAI, vLLM), and a list of objects with
`bytes` as in chat (llama.cpp). https://platform.openai.com/docs/api-reference/completions
"""

import math
from dataclasses import dataclass
from typing import Any

from app.domain import Usage
from app.errors import TransientError
from app.text.clean import clean

LEAST = -9999.0
"""What servers write for a probability of nothing, which JSON cannot say."""
MOST_TOKENS = 10**9
"""Tokens of one request; a count above that is not believed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """One token of an answer: its text, its log-probability in nats (None where there is none,
    as for a text's first), and the most probable texts in its place, its own among them."""

    text: str
    logprob: float | None
    top: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One sampled text, why it ended, and its tokens; None where the server gives none."""

    text: str
    reason: str
    tokens: tuple[Token, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """An answer's texts in order, and what they cost, where the server says so."""

    choices: tuple[Choice, ...]
    usage: Usage | None


def reply(body: dict[str, Any], *, chat: bool) -> Reply:
    """Reads the answer to a completion or, for `chat`, a chat completion.

    Chat answers without text, as of a model that only reasoned, are left out.

    Raises:
        TransientError: it has another form.
    """
    found = body.get("choices")
    if not isinstance(found, list) or not all(isinstance(choice, dict) for choice in found):
        raise unreadable()
    found = sorted(found, key=_index)
    choices = [_choice(choice, chat=chat) for choice in found]
    return Reply(
        choices=tuple(choice for choice in choices if choice is not None),
        usage=_usage(body.get("usage")),
    )


def unreadable() -> TransientError:
    """Returns what is raised for an answer in an unknown form."""
    return TransientError("the model's server answered in an unknown form")


def _index(choice: dict[str, Any]) -> int:
    index = choice.get("index", 0)
    return index if isinstance(index, int) else 0


def _choice(choice: dict[str, Any], *, chat: bool) -> Choice | None:
    text = choice.get("text")
    if chat:
        message = choice.get("message")
        if not isinstance(message, dict):
            raise unreadable()
        text = message.get("content")
        if text is None:
            return None
    if not isinstance(text, str):
        raise unreadable()
    reason = choice.get("finish_reason")
    return Choice(
        text=clean(text),
        reason=reason if isinstance(reason, str) else "",
        tokens=_tokens(choice.get("logprobs")),
    )


def _tokens(logprobs: object) -> tuple[Token, ...] | None:
    if not isinstance(logprobs, dict):
        return None
    content = logprobs.get("content")
    if isinstance(content, list):
        return tuple(_described(token) for token in content)
    tokens, values = logprobs.get("tokens"), logprobs.get("token_logprobs")
    if not isinstance(tokens, list) or not isinstance(values, list):
        return None
    tops = logprobs.get("top_logprobs") or [None] * len(tokens)
    if not isinstance(tops, list) or not len(tokens) == len(values) == len(tops):
        raise unreadable()
    return tuple(
        Token(text=_text(text), logprob=_optional(value), top=_top(top, text, value))
        for text, value, top in zip(tokens, values, tops, strict=True)
    )


def _described(token: object) -> Token:
    if not isinstance(token, dict):
        raise unreadable()
    text, value = _text(token.get("token")), _number(token.get("logprob"))
    others = token.get("top_logprobs") or []
    if not isinstance(others, list) or not all(isinstance(other, dict) for other in others):
        raise unreadable()
    top = [(_text(other.get("token")), _number(other.get("logprob"))) for other in others]
    return Token(text=text, logprob=value, top=_with(top, text, value))


def _top(top: object, text: str, value: object) -> tuple[tuple[str, float], ...]:
    if top is None:
        return () if value is None else ((text, _number(value)),)
    if not isinstance(top, dict):
        raise unreadable()
    pairs = [(_text(other), _number(its)) for other, its in top.items()]
    return _with(pairs, text, None if value is None else _number(value))


def _with(
    pairs: list[tuple[str, float]], text: str, value: float | None
) -> tuple[tuple[str, float], ...]:
    if value is not None and all(other != text for other, _ in pairs):
        pairs.append((text, value))
    return tuple(pairs)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise unreadable()
    return value


def _optional(value: object) -> float | None:
    return None if value is None else _number(value)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise unreadable()
    if isinstance(value, float) and math.isnan(value):
        raise unreadable()
    # Bounded first: JSON has whole numbers that no float can hold.
    return float(max(LEAST, min(0.0, value)))


def _usage(usage: object) -> Usage | None:
    if not isinstance(usage, dict):
        return None
    details = usage.get("prompt_tokens_details")
    cached = _count(details.get("cached_tokens")) if isinstance(details, dict) else None
    read, written = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens", 0))
    if read is None or written is None:
        return None
    # More cached than read would let an ask cost less than nothing.
    return Usage(read=read, cached=min(cached or 0, read), written=written)


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= MOST_TOKENS else None
