"""Apps that are being made: from the form until GitHub leads the browser back.

Each attempt has a `state`, which GitHub hands back with the code, and belongs to the browser that
began it: another page that leads a browser here with a code of its own gets nothing kept.
"""

import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

LIFETIME = timedelta(hours=1)
"""As long as GitHub lets an App be finished."""
MOST = 16
"""Attempts that are remembered; the oldest is forgotten for a further one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One attempt.

    Attributes:
        state: what GitHub hands back.
        browser: what a cookie of the browser holds.
        proxy: the channel that deliveries will come by; "" for none.
        ends: when it is no longer taken.
    """

    state: str
    browser: str
    proxy: str
    ends: datetime


class Attempts:
    """The attempts of one process. May be used by many threads."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: list[Attempt] = []

    def begin(self, proxy: str, browser: str = "") -> Attempt:
        """Begins an attempt; `browser` is what its cookie holds already, if any.

        A cookie that was not set here, but perhaps by another server of this machine, is replaced.
        """
        known = any(_same(one.browser, browser) for one in self._open)
        attempt = Attempt(
            state=secrets.token_urlsafe(32),
            browser=browser if known else secrets.token_urlsafe(32),
            proxy=proxy,
            ends=self._clock() + LIFETIME,
        )
        self.put_back(attempt)
        return attempt

    def take(self, state: str, browser: str) -> Attempt | None:
        """Returns an attempt, once; None where it was not begun, not here, or too long ago."""
        now = self._clock()
        with self._lock:
            self._open = [one for one in self._open if now < one.ends]
            found = None
            for one in self._open:
                # Both are compared in full, so that the time tells nothing of either.
                fits = _same(one.state, state) & _same(one.browser, browser)
                found = one if fits else found
            if found is not None:
                self._open.remove(found)
            return found

    def put_back(self, attempt: Attempt) -> None:
        """Lets an attempt be taken once more, since nothing came of it."""
        with self._lock:
            self._open = [*self._open, attempt][-MOST:]


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "surrogatepass"))
