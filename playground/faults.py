"""Faults that a test switches on: errors, limits, delays and lost connections."""

import asyncio
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Kind = Literal["status", "secondary", "limited", "drop", "drop_after", "delay"]
SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)
DOCUMENTATION = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"
Drop = Callable[[Scope], None]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong with the next requests that fit.

    Attributes:
        kind: `status` answers with `status`; `secondary` with 403 and `retry-after`; `limited`
            with 429 and `retry-after`; `drop` closes the connection before anything is done,
            `drop_after` once the request took effect; `delay` waits `seconds`, then goes on.
        path: A regular expression searched in the path without `/api/v3`; GraphQL is `/graphql`.
        method: The HTTP method; None for any.
        contains: Text that the request's body has to have; empty for any.
        times: So many requests.
        status: For `status`.
        retry_after: Seconds, for `secondary` and `limited`.
        seconds: For `delay`.
    """

    kind: Kind
    path: str = ""
    method: str | None = None
    contains: str = ""
    times: int = 1
    status: int = 502
    retry_after: int = 60
    seconds: float = 0.0


@dataclass
class _Armed:
    fault: Fault
    left: int
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        self.pattern = re.compile(self.fault.path)

    def fits(self, method: str, path: str, body: str) -> bool:
        return (
            self.left > 0
            and self.fault.method in (None, method)
            and self.fault.contains in body
            and self.pattern.search(path) is not None
        )


class Faults:
    """The faults that are armed, in the order of arming."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []
        self.taken: list[tuple[Fault, str, str]] = []
        """What struck so far: the fault, the method and the path."""

    def __bool__(self) -> bool:
        return any(armed.left > 0 for armed in self._armed)

    def add(self, fault: Fault) -> None:
        """Arms a fault.

        Raises:
            re.error: its path is no regular expression.
        """
        with self._lock:
            self._armed.append(_Armed(fault=fault, left=fault.times))

    def clear(self) -> None:
        """Disarms all."""
        with self._lock:
            self._armed.clear()

    def take(self, method: str, path: str, body: str) -> Fault | None:
        """The fault that strikes a request, used up by one; None if none does."""
        with self._lock:
            for armed in self._armed:
                if armed.fits(method, path, body):
                    armed.left -= 1
                    self.taken.append((armed.fault, method, path))
                    return armed.fault
        return None


class FaultGate:
    """Stands before the application and lets faults strike API requests.

    Args:
        drop: Closes the connection of a request without an answer.
    """

    def __init__(self, app: ASGIApp, faults: Faults, drop: Drop) -> None:
        self._app = app
        self._faults = faults
        self._drop = drop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection as ASGI has it."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not self._faults or not path.startswith(("/api/", "/_code")):
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        short = path.removeprefix("/api").removeprefix("/v3")
        fault = self._faults.take(scope["method"], short, body.decode("utf-8", "replace"))
        again = _replay(body, receive)
        if fault is None:
            await self._app(scope, again, send)
        elif fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
            await self._app(scope, again, send)
        elif fault.kind == "drop":
            await self._cut(scope, receive)
        elif fault.kind == "drop_after":
            await self._app(scope, again, _swallow)
            await self._cut(scope, receive)
        else:
            await _refuse(fault, send)

    async def _cut(self, scope: Scope, receive: Receive) -> None:
        self._drop(scope)
        # Return only once the server knows that nobody waits for an answer.
        while (await receive())["type"] != "http.disconnect":
            pass


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def _swallow(message: Message) -> None:
    """Takes a message that nobody will get."""


async def _refuse(fault: Fault, send: Send) -> None:
    headers = [(b"content-type", b"application/json; charset=utf-8")]
    status, message = fault.status, "Server Error"
    if fault.kind != "status":
        status, message = (403 if fault.kind == "secondary" else 429), SECONDARY
        headers.append((b"retry-after", str(fault.retry_after).encode()))
    body = json.dumps({"message": message, "documentation_url": DOCUMENTATION}).encode()
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
