"""Delivers events to the Apps' hooks: signed, in order, one try each, as GitHub does.

https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

import functools
import hashlib
import hmac
import queue
import ssl
import threading
import time
from dataclasses import replace

import httpx

from playground.hooks import Hooks
from playground.values import App, Delivery

TIMEOUT = 10.0
"""Seconds that GitHub waits for an answer."""


def sign(secret: str, body: bytes) -> str:
    """The value of `X-Hub-Signature-256` for a body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def request_headers(app: App, delivery: Delivery) -> dict[str, str]:
    """The headers of a delivery; without signatures where the App has no secret."""
    body = delivery.payload.encode()
    signatures = {}
    if app.webhook_secret:
        sha1 = hmac.new(app.webhook_secret.encode(), body, hashlib.sha1).hexdigest()
        signatures = {
            "X-Hub-Signature": f"sha1={sha1}",
            "X-Hub-Signature-256": sign(app.webhook_secret, body),
        }
    return {
        "Accept": "*/*",
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/playground",
        "X-GitHub-Delivery": delivery.guid,
        "X-GitHub-Event": delivery.event,
        "X-GitHub-Hook-ID": str(app.id),
        "X-GitHub-Hook-Installation-Target-ID": str(app.id),
        "X-GitHub-Hook-Installation-Target-Type": "integration",
        **signatures,
    }


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Who is trusted where a hook's address is https; read once for a process, which takes time."""
    return httpx.create_ssl_context(trust_env=False)


class Dispatcher:
    """Sends the world's deliveries, one after another, from a thread of its own."""

    def __init__(self, world: Hooks, timeout: float = TIMEOUT) -> None:
        self._world = world
        self._timeout = timeout
        self._waiting: queue.Queue[int | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="playground-hooks", daemon=True)
        for delivery in world.deliveries:
            if delivery.status == "pending":
                self._waiting.put(delivery.id)
        world.on_delivery(self._waiting.put)

    def start(self) -> None:
        """Begins to send."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after the delivery in hand; what waits stays pending."""
        self._waiting.put(None)
        self._thread.join(timeout=self._timeout + 5)

    def settle(self, timeout: float = 30.0) -> bool:
        """Waits until nothing is left to send.

        Args:
            timeout: Seconds.

        Returns:
            Whether that came about in time.
        """
        with self._waiting.all_tasks_done:
            return self._waiting.all_tasks_done.wait_for(
                lambda: self._waiting.unfinished_tasks == 0, timeout
            )

    def _run(self) -> None:
        # The bot is on this machine; a proxy of the environment must not come between.
        with httpx.Client(verify=_certificates(), timeout=self._timeout, trust_env=False) as client:
            while True:
                number = self._waiting.get()
                try:
                    if number is None:
                        return
                    self._send(client, number)
                finally:
                    self._waiting.task_done()

    def _send(self, client: httpx.Client, number: int) -> None:
        with self._world.lock:
            delivery = self._world.deliveries.get(number)
            app = None if delivery is None else self._world.addressee(delivery)
        if delivery is None or app is None or app.hook_url is None:
            return
        headers = request_headers(app, delivery)
        began = time.monotonic()
        body = ""
        try:
            answer = client.post(app.hook_url, content=delivery.payload.encode(), headers=headers)
        except httpx.TimeoutException:
            status, code = "timed out", 504
        except httpx.TransportError:
            status, code = "failed to connect to host", 502
        else:
            code, body = answer.status_code, answer.text[:10_000]
            status = "OK" if answer.is_success else f"Invalid HTTP Response: {code}"
        done = replace(
            delivery,
            status=status,
            status_code=code,
            duration=round(time.monotonic() - began, 3),
            delivered_at=self._world.clock.now(),
            request_headers=headers,
            response_body=body,
        )
        with self._world.transaction():
            self._world.deliveries.put(done)
