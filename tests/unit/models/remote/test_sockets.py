"""Time-outs over real sockets: servers that say nothing, or too little at a time."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.errors import TransientError
from app.models.remote.server import Server
from tests.unit.models.remote.fakes import Naps


@contextmanager
def serving(chunks: int) -> Iterator[tuple[str, threading.Event]]:
    """A server that sends so many bytes, one every 0.1 seconds; without any it says nothing."""
    over = threading.Event()

    class Slow(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if chunks:
                self.send_response(200)
                self.send_header("content-length", str(chunks))
                self.end_headers()
            for _ in range(chunks):
                self.wfile.write(b" ")
                if over.wait(0.1):
                    break
            if not chunks:
                over.wait(10)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", over
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("chunks", [0, 12])
def test_a_slow_answer_is_given_up(chunks: int) -> None:
    naps = Naps()
    with serving(chunks) as (url, _):
        server = Server(url, timeout=0.3, attempts=2, sleep=naps)
        with pytest.raises(TransientError, match=r"within 0\.3 seconds"):
            server.post("completions", {})
        server.close()
    assert len(naps.taken) == 1


def test_a_server_that_is_not_there() -> None:
    with serving(0) as (url, _):
        pass
    server = Server(url, timeout=1, attempts=2, sleep=Naps())
    with pytest.raises(TransientError, match="cannot be reached"):
        server.post("completions", {})
    server.close()


def test_a_server_of_this_machine_is_asked_without_a_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with serving(0) as (url, _):
        server = Server(url, timeout=0.3, attempts=1, sleep=Naps())
        # The proxy is not there: asking it would fail at once.
        with pytest.raises(TransientError, match="did not answer"):
            server.post("completions", {})
        server.close()
