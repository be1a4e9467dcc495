"""A hook that remembers what it was sent."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Received:
    """One delivery."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> str:
        """Its event, with the action where there is one."""
        action = self.payload.get("action")
        return self.headers["x-github-event"] + (f".{action}" if action else "")

    @property
    def guid(self) -> str:
        """Its GUID."""
        return self.headers["x-github-delivery"]

    @property
    def payload(self) -> dict[str, Any]:
        """Its body as JSON."""
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Receiver:
    """Listens on a free port; answers with `status`."""

    status: int = 202
    received: list[Received] = field(default_factory=list)

    def __enter__(self) -> "Receiver":
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {key.lower(): value for key, value in self.headers.items()}
                outer.received.append(Received(headers=headers, body=body))
                self.send_response(outer.status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where to send to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/webhooks"

    @property
    def events(self) -> list[str]:
        """What came, in order."""
        return [one.event for one in self.received]
