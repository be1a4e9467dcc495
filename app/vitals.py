"""What a worker shows of itself on a port of its own: `/metrics` and `/healthz`.

A worker serves no pages, and Prometheus reads each process where it runs: its numbers are gone
with it, and no other has to keep them. The port is closed unless it is set, since two workers
of one machine need two. What it shows names nobody and no repository, so that it needs no token.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from app.store.workers import Workers

Healthy = Callable[[], bool]

PATIENCE_SECONDS = 5.0
"""Time that a request may take to be sent."""


@contextmanager
def shown(listening: socket, healthy: Healthy) -> Iterator[None]:
    """Answers on a socket while the block runs; closes it afterwards.

    Args:
        listening: a listening socket.
        healthy: whether the worker works, asked for each `/healthz`.
    """
    server = _Server(listening, healthy)
    thread = threading.Thread(target=server.serve_forever, name="vitals", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def beating(workers: Workers, worker_id: str, silence: float) -> Healthy:
    """Tells whether a worker gave a sign of life of late, as the others judge it.

    Args:
        workers: where signs of life are kept.
        worker_id: the worker's name.
        silence: seconds after which its work is taken over.
    """

    def healthy() -> bool:
        try:
            beat = workers.newest_beat(worker_id)
        except SQLAlchemyError:
            # Without the database it does nothing either.
            return False
        if beat is None or beat.retired:
            return False
        return datetime.now(UTC) - beat.at < timedelta(seconds=silence)

    return healthy


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Else the end of the worker would wait for a reader that never sends its request.
    block_on_close = False

    def __init__(self, listening: socket, healthy: Healthy) -> None:
        super().__init__(listening.getsockname()[:2], _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.healthy = healthy


class _Handler(BaseHTTPRequestHandler):
    timeout = PATIENCE_SECONDS
    server: _Server

    def do_GET(self) -> None:
        """Answers the two paths that there are."""
        path = self.path.partition("?")[0]
        if path == "/metrics":
            self._answer(HTTPStatus.OK, generate_latest(REGISTRY), CONTENT_TYPE_LATEST)
        elif path == "/healthz":
            well = self.server.healthy()
            status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
            self._answer(status, b"ok\n" if well else b"no sign of life of late\n")
        else:
            self._answer(HTTPStatus.NOT_FOUND, b"/metrics and /healthz are here\n")

    def _answer(self, status: HTTPStatus, body: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        """Names nothing that runs here."""
        return "treadle"

    def log_message(self, format: str, *args: object) -> None:
        """Logs no requests."""
