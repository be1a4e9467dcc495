"""The client of a channel, against a server of this machine."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import structlog

from app.proxy import Proxy, Standing, finding
from tests.unit.proxy.test_message import GUID, SECRET, sent, signed

READY = b"id: 0\nevent: ready\ndata: {}\n\n"
WAIT = 60.0


class Server:
    """A channel, and a `/webhooks` that keeps what comes.

    `connections` are the events of one connection after the other; the last stays open.
    `statuses` are what `/webhooks` answers, 202 once there are no more.
    """

    def __init__(self, *connections: bytes) -> None:
        self.connections = list(connections)
        self.statuses: list[int] = []
        self.refuse = 0
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.accepts: list[str] = []
        self.end = threading.Event()

    def events(self, handler: BaseHTTPRequestHandler) -> None:
        self.accepts.append(handler.headers["accept"])
        handler.send_response(self.refuse or 200)
        handler.send_header("content-type", "text/event-stream; charset=utf-8")
        handler.end_headers()
        last = len(self.connections) <= 1
        handler.wfile.write(self.connections[0] if last else self.connections.pop(0))
        handler.wfile.flush()
        if last:
            self.end.wait(WAIT)

    def webhook(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["content-length"]))
        self.taken.append(({k.lower(): v for k, v in handler.headers.items()}, body))
        handler.send_response(self.statuses.pop(0) if self.statuses else 202)
        handler.send_header("content-length", "0")
        handler.end_headers()


@contextmanager
def running(server: Server, *, most: int = 10_000) -> Iterator[Proxy]:
    """Runs a server, and a client of it on a thread."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.events(self)

        def do_POST(self) -> None:
            server.webhook(self)

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    serving = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    base = f"http://127.0.0.1:{listening.server_port}"
    proxy = Proxy(
        f"{base}/channel", f"{base}/webhooks", secret=SECRET, max_body_bytes=most, pause=0.01
    )
    run = threading.Thread(target=proxy.run)
    run.start()
    try:
        yield proxy
    finally:
        proxy.stop()
        run.join(WAIT)
        server.end.set()
        listening.shutdown()
        serving.join(WAIT)
        listening.server_close()
        assert not run.is_alive()


def until(there: Callable[[], object]) -> None:
    deadline = time.monotonic() + WAIT
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def event(data: str) -> bytes:
    return f"id: 1\ndata: {data}\n\n".encode()


def test_a_delivery_is_passed_on_as_it_was_signed() -> None:
    body = '{"action":"opened"}'
    server = Server(READY + event(sent(body)))
    with running(server) as proxy:
        until(lambda: proxy.standing.taken)
        assert proxy.standing.connected
    ((headers, taken),) = server.taken
    assert taken == body.encode()
    assert headers["x-github-delivery"] == GUID
    assert headers["x-hub-signature-256"] == signed(taken)
    assert headers["content-type"] == "application/json"
    assert "x-forwarded-for" not in headers
    assert server.accepts == ["text/event-stream"]


def test_pings_and_strangers_are_passed_over() -> None:
    ping = b"event: ping\ndata: {}\n\n"
    server = Server(READY + ping + event('{"body":{},"query":{}}') + event(sent("{}")))
    with running(server) as proxy:
        until(lambda: proxy.standing.taken)
    assert len(server.taken) == 1
    assert proxy.standing.failed == 0


def test_it_connects_again() -> None:
    server = Server(READY, READY + event(sent('{"a":1}')), b"", READY + event(sent('{"a":2}')))
    with running(server) as proxy:
        until(lambda: proxy.standing.taken == 2)
        until(lambda: proxy.standing.connected)
    assert [body for _, body in server.taken] == [b'{"a":1}', b'{"a":2}']


def test_a_server_that_refuses_is_asked_again() -> None:
    server = Server(READY + event(sent("{}")))
    server.refuse = 403
    with running(server) as proxy:
        until(lambda: "403" in proxy.standing.fault)
        assert not proxy.standing.connected
        server.end.set()
        server.refuse = 0
        server.end.clear()
        until(lambda: proxy.standing.taken)


@pytest.mark.parametrize("statuses", [[503], [503, 503, 503]])
def test_a_queue_that_is_away_is_tried_again(statuses: list[int]) -> None:
    server = Server(READY + event(sent("{}")))
    server.statuses = list(statuses)
    with running(server) as proxy:
        until(lambda: proxy.standing.taken)
    assert len(server.taken) == len(statuses) + 1


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (sent("{}", signed(b"{ }")), 401, "does not fit our secret"),
        (sent("{}"), 400, "status 400"),
        (sent('"' + "x" * 10_001 + '"'), 202, "too large"),
        ("x" * 200_000, 202, "too large"),
        ("{", 202, "not what a channel sends"),
    ],
)
def test_what_does_not_get_through_is_told(data: str, status: int, words: str) -> None:
    server = Server(READY + event(data))
    server.statuses = [status]
    with running(server) as proxy:
        until(lambda: proxy.standing.failed)
        assert words in proxy.standing.last_fault
    assert finding(proxy.standing).state == "fault"


def test_nothing_that_was_sent_is_logged() -> None:
    with structlog.testing.capture_logs() as lines:
        server = Server(READY + event(sent('{"title":"weft"}')) + event('{"weft"'))
        with running(server) as proxy:
            until(lambda: proxy.standing.taken and proxy.standing.failed)
    written = json.dumps(lines)
    assert "proxy.passed_on" in written
    assert GUID in written
    assert "weft" not in written
    assert "channel" not in written


def test_it_can_be_stopped_before_it_begins() -> None:
    proxy = Proxy("http://127.0.0.1:1/c", "http://127.0.0.1:1/", secret=b"s", max_body_bytes=1024)
    proxy.stop()
    proxy.run()


@pytest.mark.parametrize(
    ("standing", "state", "words"),
    [
        (Standing(host="smee.io"), "open", "connecting"),
        (Standing(host="smee.io", fault="it ended"), "fault", "it ended"),
        (Standing(host="smee.io", connected=True), "open", "nothing came since"),
        (Standing(host="smee.io", connected=True, taken=2), "ok", "smee.io since the start: 2"),
        (Standing(host="smee.io", connected=True, taken=2, failed=1), "ok", "1 failed before"),
        (
            Standing(host="smee.io", connected=True, taken=2, failed=1, last_fault="was not"),
            "fault",
            "was not",
        ),
    ],
)
def test_what_the_check_list_says(standing: Standing, state: str, words: str) -> None:
    found = finding(standing)
    assert found.state == state
    assert words in found.told
    assert found.remedy or state == "ok"
