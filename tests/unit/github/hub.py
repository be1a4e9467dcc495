"""A GitHub of a few canned answers, behind httpx's mock transport."""

import functools
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.domain import Repository
from app.github.client import Client, connect
from app.settings import load

API = "https://api.example.org"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
REPOSITORY = Repository(id=55, owner="octo", name="loom", installation_id=99)
PERSON = {"id": 7, "login": "mona", "type": "User"}
COMMENT: dict[str, Any] = {
    "id": 314,
    "node_id": "IC_314",
    "html_url": "https://example.org/octo/loom/issues/12#issuecomment-314",
    "body": "Hello",
    "user": PERSON,
    "created_at": "2026-11-20T10:00:00Z",
    "performed_via_github_app": None,
}
ISSUE: dict[str, Any] = {
    "number": 12,
    "title": "Broken",
    "body": None,
    "user": PERSON,
    "html_url": "https://example.org/octo/loom/issues/12",
    "locked": False,
}

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


@functools.cache
def private_key() -> str:
    """One key for all tests: making one takes a tenth of a second."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def answer(content: Any = None, status: int = 200, **headers: str) -> httpx.Response:
    """A JSON answer; `retry_after="3"` is the header `retry-after`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=content, headers=named)


class Hub:
    """Answers each (method, path) with what was laid down for it, one after the other.

    The last answer of a path repeats. Installation tokens are given out by themselves, as
    `token-1`, `token-2` and so on. `requests` are all but those for tokens.
    """

    def __init__(self, answers: Mapping[str, Answer | list[Answer]] | None = None) -> None:
        self.answers = {key: _listed(value) for key, value in (answers or {}).items()}
        self.requests: list[httpx.Request] = []
        self.tokens = 0
        self.token_answer: Answer | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/access_tokens"):
            if self.token_answer is not None:
                return _given(self.token_answer, request)
            self.tokens += 1
            expires = datetime.now(UTC) + timedelta(hours=1)
            content = {
                "token": f"token-{self.tokens}",
                "expires_at": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            return httpx.Response(201, json=content)
        self.requests.append(request)
        key = f"{request.method} {request.url.raw_path.decode().partition('?')[0]}"
        queue = self.answers.get(key)
        if queue is None:
            return httpx.Response(404, json={"message": "Not Found"})
        return _given(queue.pop(0) if len(queue) > 1 else queue[0], request)

    @property
    def sent(self) -> list[str]:
        """Method and path of each request."""
        return [f"{request.method} {request.url.path}" for request in self.requests]

    def body(self, index: int = -1) -> Any:
        """The JSON that was sent."""
        return json.loads(self.requests[index].content)


def client(hub: Hub, **settings: Any) -> Client:
    """A client that talks to a hub."""
    chosen = load(
        {},
        app_id=4242,
        private_key=private_key(),
        webhook_secret="secret",
        github_api_url=API,
        **{"github_pause": 0, **settings},
    )
    return connect(chosen, transport=httpx.MockTransport(hub), clock=lambda: NOW)


def _listed(value: Answer | list[Answer]) -> list[Answer]:
    return list(value) if isinstance(value, list) else [value]


def _given(value: Answer, request: httpx.Request) -> httpx.Response:
    if isinstance(value, Exception):
        raise value
    if isinstance(value, httpx.Response):
        return httpx.Response(
            value.status_code, content=value.content, headers=value.headers, request=request
        )
    return value(request)
