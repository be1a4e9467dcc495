"""`POST /webhooks`: a delivery is checked, sorted and durable before it is answered.

| status | when |
| --- | --- |
| 202 | kept, known already, or not for us; the body's `status` says which |
| 400 | signed, but not what GitHub documents |
| 401 | the signature is missing or wrong |
| 413 | larger than `max_body_bytes` |
| 503 | the queue cannot be reached; GitHub does not try again by itself, a redelivery works |

https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks
"""

import re
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect
from structlog.contextvars import bound_contextvars

from app.errors import TransientError
from app.metrics import DELIVERIES, DELIVERY_SECONDS
from app.ports.inbox import Inbox
from app.webhooks.events import KINDS, MalformedPayload, parse
from app.webhooks.select import select
from app.webhooks.signature import verifies

log = structlog.get_logger()

RETRY_SECONDS = 10
"""What a sender is told to wait where the queue cannot be reached."""

_GUID = re.compile(r"[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Outcome:
    """An answer: HTTP status, and the JSON that goes with it."""

    code: int
    status: str
    delivery: str = ""
    reason: str = ""
    event: str = "unknown"

    def response(self) -> JSONResponse:
        content = {"delivery": self.delivery, "status": self.status, "reason": self.reason}
        headers = {}
        if self.code == 413:
            headers["connection"] = "close"
        if self.code == 503:
            headers["retry-after"] = str(RETRY_SECONDS)
        return JSONResponse(
            {key: value for key, value in content.items() if value},
            status_code=self.code,
            headers=headers,
        )


def routes(
    *,
    secret: bytes,
    app_id: int,
    inbox: Inbox,
    max_body_bytes: int,
    names: Collection[str] | None = None,
) -> APIRouter:
    """Makes the router.

    Args:
        secret: the webhook's secret, not empty.
        app_id: the App's own id, by which its own comments are known.
        inbox: the durable queue; called in a thread, since it waits for a disk.
        max_body_bytes: larger bodies are refused, unread where their length is announced.
        names: command names; None takes every slash-word as a candidate, and the worker keeps
            those that the repository's policy knows.

    Raises:
        ValueError: the secret is empty.
    """
    if not secret:
        raise ValueError("the webhook secret is empty")
    router = APIRouter()

    def receive(headers: Mapping[str, str], body: bytes) -> _Outcome:
        if not verifies(secret, body, headers.get("x-hub-signature-256")):
            return _Outcome(code=401, status="refused", reason="bad or missing signature")
        guid, kind = headers.get("x-github-delivery", ""), headers.get("x-github-event", "")
        event = kind if kind in KINDS else "other"
        if not _GUID.fullmatch(guid) or not kind:
            return _Outcome(
                code=400, status="malformed", event=event, reason="headers are missing or wrong"
            )
        # In every line from here to the reply, so that one search finds a delivery's life.
        with bound_contextvars(delivery=guid):
            return take(kind, event, guid, body)

    def take(kind: str, event: str, guid: str, body: bytes) -> _Outcome:
        outcome: dict[str, Any] = {"delivery": guid, "event": event}
        try:
            parsed = parse(kind, body)
        except MalformedPayload as error:
            log.warning("delivery.malformed", event_kind=event, fault=str(error))
            return _Outcome(code=400, status="malformed", reason=str(error), **outcome)
        if parsed is None:
            return _Outcome(code=202, status="ignored", reason="event not in use", **outcome)
        delivery = select(parsed, guid=guid, kind=kind, app_id=app_id, names=names)
        if isinstance(delivery, str):
            return _Outcome(code=202, status="ignored", reason=delivery, **outcome)
        try:
            fresh = inbox.accept(delivery)
        except TransientError as error:
            log.error("delivery.refused", event_kind=kind, cause=str(error))
            return _Outcome(code=503, status="unavailable", reason="try again later", **outcome)
        status = "accepted" if fresh else "known"
        log.info(
            "delivery." + status,
            event_kind=kind,
            action=delivery.action,
            repository=delivery.repository_id,
        )
        return _Outcome(code=202, status=status, **outcome)

    @router.post("/webhooks", status_code=202, response_model=None)
    async def webhooks(request: Request) -> JSONResponse:
        """Takes one delivery of GitHub's."""
        began = time.monotonic()
        body = await _body(request, max_body_bytes)
        if body is None:
            outcome = _Outcome(code=413, status="refused", reason="body too large")
        else:
            outcome = await run_in_threadpool(receive, request.headers, body)
        DELIVERIES.labels(event=outcome.event, status=outcome.status).inc()
        DELIVERY_SECONDS.labels(status=outcome.status).observe(time.monotonic() - began)
        return outcome.response()

    return router


async def _body(request: Request, limit: int) -> bytes | None:
    """Reads the raw body; None as soon as it is known to be longer than the limit."""
    announced = request.headers.get("content-length", "")
    if re.fullmatch(r"[0-9]{1,15}", announced) and int(announced) > limit:
        return None
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                return None
    except ClientDisconnect:
        log.info("delivery.broken_off", read=len(body))
        return b""
    return bytes(body)
