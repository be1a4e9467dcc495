"""A webhook proxy at `/smee` that speaks as smee.io does, for bots that nobody can reach.

https://github.com/probot/smee.io/blob/main/lib/server.js (of December 2025): `GET /new` redirects
with 307 to a random channel.  `GET /CHANNEL` with `accept: text/event-stream`, that and nothing
more, streams events: `ready` once, `ping` every 30 seconds, both with `{}`, and each webhook as an
event without a name, which listeners know as `message`.  Its data is one JSON object: the request's
headers by their lower-case names, beside them `body` (the parsed JSON), `query` and `timestamp`
(milliseconds).  The bytes of the body are not kept, so a listener writes them anew to check a
signature: compact, and with characters as they are.

`POST /CHANNEL` takes JSON objects of at most 1 MiB and answers 200, whether somebody listens or
not; nothing is kept for later.  What the server behind smee.io does by its framework is done here
too: 400 for a channel, a GUID or a signature of another form, 413 and 415.

Other than there: a listener that is MOST_WAITING events behind is cut off, and there are at most
MOST_LISTENERS.
"""

import asyncio
import json
import re
import secrets
import time
import uuid
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

BIGGEST = 1024 * 1024
"""Bytes of a webhook."""
MOST_LISTENERS = 100
MOST_WAITING = 100
"""Events that wait for one listener."""
PING = 30.0
"""Seconds between two pings."""
LOOK = 0.25
"""Seconds between two looks at whether a stream is to end."""
CHANNEL = re.compile(r"[a-zA-Z0-9_-]{1,128}")
SIGNATURE = re.compile(r"sha256=[a-f0-9]{64}")


class Listener:
    """One who listens to a channel; belongs to the server's event loop."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.open = True
        self._waiting: deque[str] = deque()
        self._news = asyncio.Event()
        self._sent = 0

    def tell(self, data: str, event: str = "") -> None:
        """Queues an event; one who is too far behind is cut off."""
        if len(self._waiting) >= MOST_WAITING:
            self.open = False
        else:
            name = f"event: {event}\n" if event else ""
            self._waiting.append(f"id: {self._sent}\n{name}data: {data}\n\n")
            self._sent += 1
        self._news.set()

    async def next(self, seconds: float) -> str:
        """What is to be sent by then; empty when nothing came."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)
        self._news.clear()
        text = "".join(self._waiting)
        self._waiting.clear()
        return text


class Smee:
    """The channels, which are there as long as somebody listens to them.

    Args:
        ending: Whether the server is about to stop, and streams are to end.
    """

    def __init__(self, ending: Callable[[], bool] = lambda: False) -> None:
        self.ending = ending
        self._listeners: list[Listener] = []

    def cut(self) -> None:
        """Ends all streams, as a proxy that restarts does."""
        for listener in list(self._listeners):
            listener.open = False

    def publish(self, channel: str, data: str) -> int:
        """Tells all who listen to a channel, and returns how many they are."""
        heard = [one for one in self._listeners if one.channel == channel]
        for listener in heard:
            listener.tell(data)
        return len(heard)

    def listen(self, channel: str) -> Listener | None:
        """A new listener; None when there are too many."""
        if len(self._listeners) >= MOST_LISTENERS:
            return None
        listener = Listener(channel)
        listener.tell("{}", "ready")
        self._listeners.append(listener)
        return listener

    def forget(self, listener: Listener) -> None:
        """Stops telling a listener."""
        self._listeners.remove(listener)


class Stream:
    """The answer that goes on until its listener leaves, is cut off, or the server ends."""

    def __init__(self, smee: Smee, listener: Listener) -> None:
        self._smee = smee
        self._listener = listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends events as they come."""
        headers = [
            (b"content-type", b"text/event-stream"),
            (b"cache-control", b"no-cache"),
            (b"x-no-compression", b"1"),
        ]
        left = asyncio.ensure_future(_left(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            pinged = time.monotonic()
            while self._listener.open and not left.done() and not self._smee.ending():
                text = await self._listener.next(LOOK)
                if text:
                    body = {"type": "http.response.body", "body": text.encode(), "more_body": True}
                    await send(body)
                if time.monotonic() - pinged >= PING:
                    pinged = time.monotonic()
                    self._listener.tell("{}", "ping")
            await send({"type": "http.response.body", "body": b""})
        finally:
            left.cancel()
            self._smee.forget(self._listener)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def smee_routes(smee: Smee, web_url: Callable[[], str]) -> list[BaseRoute]:
    """The routes below `/smee`.

    Args:
        web_url: Where the playground is.
    """

    async def new(request: Request) -> Response:
        channel = secrets.token_urlsafe(12)
        return RedirectResponse(f"{web_url()}/smee/{channel}", status_code=307)

    async def listen(request: Request) -> ASGIApp:
        channel = request.path_params["channel"]
        if CHANNEL.fullmatch(channel) is None:
            return _refused(400, "params/channel must match pattern")
        if request.headers.get("accept") != "text/event-stream":
            return PlainTextResponse("A channel. Let a webhook post here, and a client listen.\n")
        listener = smee.listen(channel)
        if listener is None:
            return _refused(503, f"there are {MOST_LISTENERS} listeners already")
        return Stream(smee, listener)

    async def post(request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > BIGGEST:
                return _refused(413, "Request body is too large")
        message = _message(request, body)
        if isinstance(message, Response):
            return message
        text = json.dumps(message, separators=(",", ":"), ensure_ascii=False)
        smee.publish(request.path_params["channel"], text)
        return Response()

    return [
        Mount(
            "/smee",
            routes=[
                Route("/new", new),
                Route("/{channel}", listen, methods=["GET"]),
                Route("/{channel}", post, methods=["POST"]),
            ],
        )
    ]


def _message(request: Request, body: bytes) -> dict[str, Any] | Response:
    """What listeners are told of a webhook, or why it is refused."""
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        return _refused(415, "Unsupported Media Type")
    try:
        content = json.loads(body)
        json.dumps(content, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return _refused(400, "Body is not valid JSON")
    if not isinstance(content, dict):
        return _refused(400, "body must be object")
    if CHANNEL.fullmatch(request.path_params["channel"]) is None:
        return _refused(400, "params/channel must match pattern")
    if not _is_guid(headers.get("x-github-delivery")):
        return _refused(400, 'headers/x-github-delivery must match format "uuid"')
    signature = headers.get("x-hub-signature-256")
    if signature is not None and SIGNATURE.fullmatch(signature) is None:
        return _refused(400, "headers/x-hub-signature-256 must match pattern")
    query: dict[str, Any] = {}
    for name in request.query_params:
        values = request.query_params.getlist(name)
        query[name] = values[0] if len(values) == 1 else values
    return {**headers, "body": content, "query": query, "timestamp": int(time.time() * 1000)}


def _is_guid(text: str | None) -> bool:
    try:
        return text is None or len(str(uuid.UUID(text))) == len(text)
    except ValueError:
        return False


def _refused(status: int, message: str) -> Response:
    return JSONResponse({"statusCode": status, "message": message}, status_code=status)
