"""HTTP to a model's server: the key, time-outs, tries with growing pauses, limited answers."""

import email.utils
import ipaddress
import json
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import structlog

from app import __version__
from app.errors import RateLimited, TransientError
from app.models.remote.faults import Unwell, closed, final

log = structlog.get_logger()

MOST_BYTES = 32 * 1024 * 1024
LONGEST_PAUSE = 30.0
_FIRST_PAUSE = 0.5
_CONNECT = 10.0


class Server:
    """An OpenAI-compatible server; safe to use from several threads.

    Neither the key nor what is sent or received is ever logged or put into an error.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str = "",
        timeout: float = 120.0,
        attempts: int = 3,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepares access; nothing is sent yet.

        Args:
            url: where the interface begins, such as `http://127.0.0.1:8000/v1`.
            key: sent as a bearer token, if not empty.
            timeout: seconds until one try is given up, reading the answer included.
            attempts: tries of a request that fails for a passing reason, at least 1.
            transport: instead of the network, for tests.
            sleep: what waits between tries, for tests.
        """
        self._timeout = timeout
        self._attempts = attempts
        self._sleep = sleep
        # Spreads the tries of several workers; no result depends on it.
        self._jitter = random.Random()
        headers = {
            "user-agent": f"treadle/{__version__}",
            "accept": "application/json",
            "content-type": "application/json",
        }
        if key:
            headers["authorization"] = f"Bearer {key}"
        base = httpx.URL(url.rstrip("/") + "/")
        self._client = httpx.Client(
            base_url=base,
            headers=headers,
            timeout=httpx.Timeout(timeout, connect=min(timeout, _CONNECT)),
            transport=transport,
            # A proxy of the environment is not for servers of this machine.
            trust_env=not _local(base.host),
        )

    def get(self, path: str) -> dict[str, Any]:
        """Returns the JSON object at a path; raises as `post` does."""
        return self._tried("GET", path, None)

    def post(self, path: str, body: dict[str, Any], *, plain: bool = False) -> dict[str, Any]:
        """Sends a JSON object and returns the one that comes back.

        Args:
            path: below the server's address, without a leading `/`.
            body: what is sent.
            plain: whether the answer may be other than JSON; an empty object stands for it.

        Raises:
            UserError: the server refuses; `Refused` where only the caller knows what it means.
            RateLimited: it names a time to wait that is too long to wait here.
            TransientError: all tries failed, or the answer cannot be read.
        """
        return self._tried("POST", path, body, plain=plain)

    def close(self) -> None:
        """Closes all connections."""
        self._client.close()

    def _tried(
        self, method: str, path: str, body: dict[str, Any] | None, *, plain: bool = False
    ) -> dict[str, Any]:
        for attempt in range(1, self._attempts + 1):
            status, wait, why = 0, None, "cannot be reached"
            try:
                response, content = self._once(method, path, body)
                status = response.status_code
                if status < 300:
                    return _object(content, plain=plain)
                fault = final(status, content)
                if fault is not None:
                    raise fault
                wait, why = _wait(response), f"answered HTTP {status}"
            except httpx.TimeoutException:
                why = f"did not answer within {self._timeout:g} seconds"
            except httpx.RequestError as error:
                why = f"cannot be reached ({type(error).__name__})"
            if attempt == self._attempts or (wait is not None and wait > LONGEST_PAUSE):
                break
            pause = wait if wait is not None else self._pause(attempt)
            log.warning("model.retry", path=path, status=status, attempt=attempt, pause=pause)
            self._sleep(pause)
        message = f"the model's server {why}"
        if wait is not None:
            raise RateLimited(message, retry_after=wait)
        raise Unwell(message, status=status)

    def _once(
        self, method: str, path: str, body: dict[str, Any] | None
    ) -> tuple[httpx.Response, bytes]:
        """Sends one request and reads its answer, within the time and size allowed."""
        until = time.monotonic() + self._timeout
        content = bytearray()
        sent = None if body is None else json.dumps(body).encode("ascii")
        try:
            with self._client.stream(method, path, content=sent) as response:
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > MOST_BYTES:
                        raise TransientError("the model's server sent too much")
                    if time.monotonic() > until:
                        raise httpx.ReadTimeout("the answer came too slowly")
        except RuntimeError as error:
            # What httpx raises where the connections were closed, before or meanwhile.
            if not self._client.is_closed:
                raise
            raise closed() from error
        return response, bytes(content)

    def _pause(self, attempt: int) -> float:
        longest: float = min(LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (attempt - 1))
        return longest * self._jitter.uniform(0.5, 1.0)


def _object(content: bytes, *, plain: bool) -> dict[str, Any]:
    try:
        read = json.loads(content)
    except (ValueError, RecursionError):
        read = None
    if isinstance(read, dict):
        return read
    if plain:
        return {}
    raise TransientError("the model's server sent what is not a JSON object")


def _wait(response: httpx.Response) -> float | None:
    """Returns the seconds of a `Retry-After`, given as a number or a date; None without one.

    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 8:
        return float(value)
    try:
        date = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - datetime.now(UTC)).total_seconds())


def _local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
