"""Model servers that live in a function, and what the tests of the remote back end share."""

import json
from collections.abc import Callable
from typing import Any

import httpx

from app.domain import Prompt, Question
from app.models.remote import RemoteModel, RemoteSpec, Sampling

URL = "http://model.example:8000/v1"
KEY = "key-that-stays-secret"
PRIVATE = "words of a person"
PROMPT = Prompt(
    text=f"Sources: {PRIVATE}\n", opening="Answer:", question=Question(text="?"), sources=()
)

Answer = httpx.Response | Exception
Handler = Callable[[dict[str, Any]], Answer]


class Hub:
    """Answers by path; remembers what was asked."""

    def __init__(self, **handlers: Handler | list[Answer]) -> None:
        self.handlers: dict[str, Handler | list[Answer]] = {
            "models": lambda _: ok({"data": [{"id": "tiny"}]}),
            **{name.replace("__", "/"): handler for name, handler in handlers.items()},
        }
        self.requests: list[httpx.Request] = []
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v1/")
        body = json.loads(request.content or b"{}")
        self.requests.append(request)
        self.sent.append((path, body))
        handler = self.handlers.get(path)
        if handler is None:
            return error(404, "Not Found")
        answer = handler.pop(0) if isinstance(handler, list) else handler(body)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """What was sent to a path, without what finds out the server's dialect."""
        return [
            body for sent, body in self.sent if sent == path and "One, two" not in json.dumps(body)
        ]


def ok(body: object) -> httpx.Response:
    return httpx.Response(200, json=body)


def error(status: int, message: str = "", **fields: object) -> httpx.Response:
    return httpx.Response(status, json={"error": {"message": message, **fields}})


def listed(*tokens: tuple[str, float], top: dict[str, float] | None = None) -> dict[str, Any]:
    """Log-probabilities as OpenAI and vLLM lay them out for completions."""
    return {
        "tokens": [text for text, _ in tokens],
        "token_logprobs": [value for _, value in tokens],
        "top_logprobs": [top or {text: value} for text, value in tokens],
        "text_offset": [0] * len(tokens),
    }


def described(*tokens: tuple[str, float], top: dict[str, float] | None = None) -> dict[str, Any]:
    """Log-probabilities as in chat, and as llama.cpp lays them out for completions too."""
    return {
        "content": [
            {
                "token": text,
                "logprob": value,
                "bytes": list(text.encode()),
                "top_logprobs": [
                    {"token": other, "logprob": its}
                    for other, its in (top or {text: value}).items()
                ],
            }
            for text, value in tokens
        ]
    }


def texts(
    *found: str, reason: str = "length", logprobs: object = None, usage: object = None
) -> httpx.Response:
    """An answer to a completion."""
    choices = [
        {"index": at, "text": text, "finish_reason": reason, "logprobs": logprobs}
        for at, text in enumerate(found)
    ]
    return ok({"choices": choices, "usage": usage})


def messages(
    *found: str | None, reason: str = "stop", logprobs: object = None, usage: object = None
) -> httpx.Response:
    """An answer to a chat completion."""
    choices = [
        {
            "index": at,
            "message": {"role": "assistant", "content": text},
            "finish_reason": reason,
            "logprobs": logprobs,
        }
        for at, text in enumerate(found)
    ]
    return ok({"choices": choices, "usage": usage})


def vllm(body: dict[str, Any]) -> httpx.Response:
    """Completions with log-probabilities: `n` texts ` a0`, ` a1`, ..., of -0.5 each."""
    return texts(
        *(f" a{at}" for at in range(body.get("n", 1))),
        logprobs=listed((" a", -0.25), ("0", -0.25)) if "logprobs" in body else None,
        usage={"prompt_tokens": 10, "completion_tokens": 2},
    )


def plain(_: dict[str, Any]) -> httpx.Response:
    """Completions as `transformers serve` gives them: one text, no log-probabilities."""
    return texts(" yes", usage={"prompt_tokens": 10, "completion_tokens": 1})


def chat(_: dict[str, Any]) -> httpx.Response:
    """Chat as `transformers serve` gives it: one answer, no log-probabilities."""
    return messages("Yes.", usage={"prompt_tokens": 12, "completion_tokens": 2})


class Naps:
    """Counts the seconds that would have been slept."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


def model(hub: Callable[[httpx.Request], httpx.Response], **options: Any) -> RemoteModel:
    """A remote model over a fake server; `options` are of `RemoteSpec` and `RemoteModel`."""
    own = {name: options.pop(name) for name in ("sleep",) if name in options}
    own.setdefault("sleep", Naps())
    sampling = options.pop("sampling", Sampling(temperature=0.8, top_p=0.9, piece_tokens=8))
    given = RemoteSpec(**{"url": URL, "model": "tiny", "key": KEY, "sampling": sampling, **options})
    return RemoteModel(given, transport=httpx.MockTransport(hub), **own)
