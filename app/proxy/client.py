"""Listens on a channel and passes on what comes, until it is told to stop.

A connection that ends is made anew after a pause that doubles up to a minute. What was sent
meanwhile is lost to the channel, which keeps nothing: GitHub lists it among its deliveries, as
delivered, and can be asked for it again.
"""

import asyncio
import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import httpx
import structlog

from app.github.connection import USER_AGENT, proxy_of
from app.proxy import message
from app.proxy.events import Event, EventStream
from app.proxy.message import Message
from app.proxy.standing import Standing

log = structlog.get_logger()

AGENT = {"user-agent": USER_AGENT}

CONNECTING = 20.0
"""Seconds that connecting may take."""
SILENCE = 90.0
"""Seconds without a byte after which a connection counts as lost; smee.io pings every 30."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds until it is connected again."""
PASSING_ON = 30.0
"""Seconds that our own server may take."""
TRIES = 4
"""How often a delivery is passed on that our own server cannot keep at the moment."""
OVERHEAD = 64 * 1024
"""Bytes of a message beside the body."""
COPIES = 3
"""How much longer a body may be in a message than it was: twice in it, with escapes."""


class Lost(Exception):
    """A connection did not come about, or ended; its words are for people."""


class Proxy:
    """One channel. `run` belongs on a thread of its own; `stop` ends it from any other.

    Args:
        channel: the channel's address.
        target: our own `/webhooks`, on this machine.
        secret: the webhook's secret, by which the right spelling of a body is known.
        max_body_bytes: larger bodies are left out.
        pause: seconds of the first pause, for tests.
    """

    def __init__(
        self,
        channel: str,
        target: str,
        *,
        secret: bytes,
        max_body_bytes: int,
        pause: float = FIRST_PAUSE,
    ) -> None:
        self._channel = httpx.URL(channel)
        self._target = target
        self._secret = secret
        self._max_body_bytes = max_body_bytes
        self._first_pause = pause
        self._standing = Standing(host=self._channel.netloc.decode("ascii"))
        self._lock = threading.Lock()
        self._stopped = False
        self._cancel: Callable[[], object] = _nothing

    @property
    def standing(self) -> Standing:
        """How it stands now."""
        return self._standing

    def run(self) -> None:
        """Listens and passes on until `stop`."""
        asyncio.run(self._main())

    def stop(self) -> None:
        """Ends `run`, now or as soon as it begins."""
        with self._lock:
            self._stopped = True
            self._cancel()

    async def _main(self) -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(self._listen())
        with self._lock:
            if self._stopped:
                task.cancel()
            self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            if not self._stopped:
                raise
        finally:
            with self._lock:
                self._cancel = _nothing

    async def _listen(self) -> None:
        pause = self._first_pause
        while True:
            began, taken = time.monotonic(), self._standing.taken
            try:
                await self._connection()
            except Lost as lost:
                fault = str(lost)
            except httpx.HTTPError as error:
                fault = type(error).__name__
            if self._standing.taken > taken or time.monotonic() - began > LONGEST_PAUSE:
                pause = self._first_pause
            self._standing = replace(self._standing, connected=False, fault=fault)
            log.warning("proxy.lost", host=self._standing.host, cause=fault, pause=pause)
            # Not all clients of a server that was away come back at the same moment.
            await asyncio.sleep(pause * random.uniform(0.5, 1))
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _connection(self) -> None:
        """Reads one connection to its end.

        Raises:
            Lost, httpx.HTTPError: it ended.
        """
        timeout = httpx.Timeout(CONNECTING, read=SILENCE)
        # Just this type: smee.io shows a page to whoever accepts more. Whole, since compressing
        # would hold events back.
        headers = {"accept": "text/event-stream", "accept-encoding": "identity"}
        stream = EventStream(COPIES * self._max_body_bytes + OVERHEAD)
        async with (
            httpx.AsyncClient(
                timeout=timeout, proxy=proxy_of(self._channel), trust_env=False, headers=AGENT
            ) as client,
            client.stream("GET", self._channel, headers=headers) as answer,
        ):
            kind = answer.headers.get("content-type", "").partition(";")[0]
            if answer.status_code != 200 or kind != "text/event-stream":
                raise Lost(f"it answered with status {answer.status_code}, and no event stream")
            self._standing = replace(self._standing, connected=True, fault="")
            log.info("proxy.connected", host=self._standing.host)
            async for chunk in answer.aiter_bytes():
                for event in stream.feed(chunk):
                    await self._event(event)
        raise Lost("it ended the connection")

    async def _event(self, event: Event) -> None:
        if event.cut:
            self._failed("was too large: raise TREADLE_MAX_BODY_BYTES")
            log.warning("proxy.too_large")
        elif event.kind == "message":
            try:
                found = message.read(event.data)
            except ValueError:
                # Without its cause, whose text quotes the message.
                self._failed("was not what a channel sends")
                log.warning("proxy.malformed")
                return
            if found is not None:
                await self._pass_on(found)

    async def _pass_on(self, found: Message) -> None:
        body, verified = found.body(self._secret)
        if len(body) > self._max_body_bytes:
            self._failed("was too large: raise TREADLE_MAX_BODY_BYTES")
            log.warning("proxy.too_large", delivery=found.guid)
            return
        status = await self._sent(found, body)
        log.info("proxy.passed_on", delivery=found.guid, status=status, verified=verified)
        if 200 <= status < 300:
            taken = self._standing.taken + 1
            self._standing = replace(self._standing, taken=taken, last_fault="")
        elif status == 401:
            self._failed("does not fit our secret: the proxy changed it, or the secret is another")
        else:
            self._failed(f"was answered with status {status}" if status else "was not taken here")

    async def _sent(self, found: Message, body: bytes) -> int:
        """Sends a delivery to our own server; returns its status, 0 for none."""
        headers = {**found.headers, "content-type": "application/json"}
        status, pause = 0, self._first_pause
        async with httpx.AsyncClient(timeout=PASSING_ON, trust_env=False) as client:
            for left in reversed(range(TRIES)):
                try:
                    answer = await client.post(self._target, content=body, headers=headers)
                    status = answer.status_code
                except httpx.HTTPError:
                    status = 0
                if status not in (0, 503) or not left:
                    break
                await asyncio.sleep(pause)
                pause *= 2
        return status

    def _failed(self, why: str) -> None:
        failed = self._standing.failed + 1
        self._standing = replace(self._standing, failed=failed, last_fault=why)


def _nothing() -> None:
    """Ends what is not running."""
