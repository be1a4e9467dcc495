"""`POST /webhooks` from outside: statuses, bodies, and what reaches the queue."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY

from app.domain import Delivery
from app.errors import TransientError
from app.webhooks.route import RETRY_SECONDS, routes
from app.webhooks.signature import sign
from tests.unit.webhooks.payloads import APP_ID, comment, push, raw

SECRET = b"a webhook secret"
LIMIT = 10_000
GUID = "72d3162e-cc78-11e3-81ab-4c9367dc0958"


class RecordingInbox:
    """Keeps what it is given; knows a GUID the second time; may be out of reach."""

    def __init__(self) -> None:
        self.kept: list[Delivery] = []
        self.threads: set[str] = set()
        self.down = False

    def accept(self, delivery: Delivery) -> bool:
        if self.down:
            raise TransientError("the queue's database is locked")
        self.threads.add(threading.current_thread().name)
        known = any(kept.guid == delivery.guid for kept in self.kept)
        self.kept.append(delivery)
        return not known

    def ready(self) -> bool:
        return not self.down


@pytest.fixture
def inbox() -> RecordingInbox:
    return RecordingInbox()


@pytest.fixture
def client(inbox: RecordingInbox) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(routes(secret=SECRET, app_id=APP_ID, inbox=inbox, max_body_bytes=LIMIT))
    with TestClient(app) as client:
        yield client


def send(client: TestClient, body: bytes, *, kind: str = "issue_comment", **headers: str) -> Any:
    given = {
        "x-github-event": kind,
        "x-github-delivery": GUID,
        "x-hub-signature-256": sign(SECRET, body),
        "content-type": "application/json",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return client.post("/webhooks", content=body, headers=given)


def counted(event: str, status: str) -> float:
    labels = {"event": event, "status": status}
    return REGISTRY.get_sample_value("treadle_deliveries_total", labels) or 0.0


def test_a_command_is_accepted_once(client: TestClient, inbox: RecordingInbox) -> None:
    before = counted("issue_comment", "accepted")
    answer = send(client, raw(comment()))
    assert (answer.status_code, answer.json()) == (202, {"delivery": GUID, "status": "accepted"})
    again = send(client, raw(comment()))
    assert (again.status_code, again.json()["status"]) == (202, "known")
    assert [delivery.guid for delivery in inbox.kept] == [GUID, GUID]
    assert counted("issue_comment", "accepted") == before + 1


def test_the_queue_is_called_off_the_event_loop(client: TestClient, inbox: RecordingInbox) -> None:
    send(client, raw(comment()))
    assert inbox.threads
    assert all("worker" in name.lower() for name in inbox.threads), inbox.threads


@pytest.mark.parametrize(
    ("kind", "payload", "reason"),
    [
        ("issue_comment", comment("no command here"), "no command"),
        ("push", push("refs/heads/topic"), "not the default branch"),
        ("star", {"action": "created"}, "event not in use"),
        ("ping", {"zen": "Design for failure."}, "event not in use"),
    ],
)
def test_what_is_not_for_us_never_touches_the_queue(
    client: TestClient, inbox: RecordingInbox, kind: str, payload: Any, reason: str
) -> None:
    inbox.down = True
    answer = send(client, raw(payload), kind=kind)
    assert answer.status_code == 202
    assert answer.json() == {"delivery": GUID, "status": "ignored", "reason": reason}


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=" + "0" * 64, "sha1=abc"])
def test_a_wrong_signature_is_refused(
    client: TestClient, inbox: RecordingInbox, signature: str
) -> None:
    answer = send(client, raw(comment()), x_hub_signature_256=signature)
    assert (answer.status_code, answer.json()["status"]) == (401, "refused")
    assert inbox.kept == []


def test_nothing_is_parsed_before_the_signature_is_checked(client: TestClient) -> None:
    answer = send(client, b"{ not json", x_hub_signature_256="sha256=" + "0" * 64)
    assert answer.status_code == 401


def test_a_missing_signature_is_refused(client: TestClient) -> None:
    answer = client.post("/webhooks", content=raw(comment()))
    assert answer.status_code == 401


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b"payload=%7B%7D"])
def test_a_malformed_payload_is_named(
    client: TestClient, inbox: RecordingInbox, body: bytes
) -> None:
    answer = send(client, body)
    assert (answer.status_code, answer.json()["status"]) == (400, "malformed")
    assert inbox.kept == []


@pytest.mark.parametrize(
    "headers",
    [
        {"x_github_delivery": ""},
        {"x_github_delivery": "a b"},
        {"x_github_delivery": "a" * 65},
        {"x_github_event": ""},
    ],
)
def test_wrong_headers_are_malformed(client: TestClient, headers: dict[str, str]) -> None:
    assert send(client, raw(comment()), **headers).status_code == 400


def test_the_largest_body_is_read(client: TestClient) -> None:
    body = raw(comment())
    padded = body + b" " * (LIMIT - len(body))
    assert send(client, padded).status_code == 202
    answer = send(client, padded + b" ")
    assert (answer.status_code, answer.json()["reason"]) == (413, "body too large")


def test_an_announced_length_is_believed_when_too_large(client: TestClient) -> None:
    answer = send(client, b"x", content_length=str(LIMIT + 1))
    assert answer.status_code == 413


def test_an_endless_body_is_broken_off(inbox: RecordingInbox) -> None:
    """Without an announced length, no more is read than shows that it is too much."""
    app = FastAPI()
    app.include_router(routes(secret=SECRET, app_id=APP_ID, inbox=inbox, max_body_bytes=LIMIT))
    reads, sent = [], []

    async def receive() -> dict[str, Any]:
        reads.append(1)
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    async def collect(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/webhooks",
        "raw_path": b"/webhooks",
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [],
    }
    asyncio.run(app(scope, receive, collect))
    assert len(reads) == LIMIT // 1000 + 1
    assert sent[0]["status"] == 413
    assert (b"connection", b"close") in sent[0]["headers"]


def test_an_unreachable_queue_asks_for_a_later_try(
    client: TestClient, inbox: RecordingInbox
) -> None:
    inbox.down = True
    answer = send(client, raw(comment()))
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == str(RETRY_SECONDS)
    inbox.down = False
    assert send(client, raw(comment())).json()["status"] == "accepted"


def test_logs_and_answers_hold_no_text_of_people(client: TestClient) -> None:
    with structlog.testing.capture_logs() as logs:
        answer = send(client, raw(comment("/ask hunter2")))
        send(client, raw(comment("/ask hunter2", issue={"number": "hunter2"})))
    assert [entry["event"] for entry in logs] == ["delivery.accepted", "delivery.malformed"]
    assert "hunter2" not in str(logs) + answer.text


def test_an_empty_secret_starts_nothing(inbox: RecordingInbox) -> None:
    with pytest.raises(ValueError, match="empty"):
        routes(secret=b"", app_id=APP_ID, inbox=inbox, max_body_bytes=LIMIT)
