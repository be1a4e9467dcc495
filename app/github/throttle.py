"""Keeps to GitHub's limits: each request goes through here before it is sent.

What changes something asks the ledger, which all processes share, for its time. What only
reads takes points from the ledger a handful at a time, and uses them up without asking.
Short waits are slept here; for long ones `RateLimited` is raised, and the durable queue comes
back then. Every installation stands for itself: none waits for another.

What GitHub says it has left for the hour (`x-ratelimit-*`) comes with each answer, so every
process learns it by itself and nothing of it is shared.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial

import structlog
from githubkit.exception import PrimaryRateLimitExceeded, RequestFailed, SecondaryRateLimitExceeded

from app.errors import RateLimited
from app.github.errors_of import error_of
from app.github.limits import LEASE_SECONDS, PATIENCE, Rank, Resource, Rules
from app.metrics import GITHUB_REMAINING
from app.ports.github import Ledger

log = structlog.get_logger()

APP = 0
"""Stands for the App itself, whose own requests are counted by themselves."""
LEASED = {Resource.REST: 25, Resource.GRAPHQL: 10}
"""Points that are taken from the ledger together."""
WAITERS = 6
"""Requests of an installation that may wait here; more of them come back later, so that one
installation never has all places of a worker."""
LATE = 0.25
"""Share of the pause that something may be sent late."""
RESERVATIONS = 3
"""Times that are taken for one request at most."""
SOON = 1.0
"""Seconds after which to come back where no place was free."""

_rank: ContextVar[Rank] = ContextVar("rank", default=Rank.ANSWER)


@contextmanager
def background() -> Iterator[None]:
    """Lets all requests of the block give way to answers."""
    token = _rank.set(Rank.BACKGROUND)
    try:
        yield
    finally:
        _rank.reset(token)


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A request to be sent.

    Attributes:
        resource: the part of GitHub's interface that it goes to.
        changes: what it changes, as method and path; "" where it only reads.
        notice: whether it is of use only at once.
    """

    resource: Resource = Resource.REST
    changes: str = ""
    notice: bool = False

    @property
    def key(self) -> str:
        """What it is known by when it comes again, short and without names."""
        return hashlib.sha256(self.changes.encode()).hexdigest()[:16]

    @property
    def rank(self) -> Rank:
        return max(_rank.get(), Rank.NOTICE) if self.notice else _rank.get()


@dataclass(kw_only=True, slots=True)
class _Points:
    """Points in hand, and until when they are good by the steady clock."""

    left: int = 0
    until: float = 0.0

    def good(self, now: float) -> bool:
        """Tells whether there are any."""
        return self.left > 0 and now < self.until


@dataclass(frozen=True, kw_only=True, slots=True)
class _Hour:
    """What GitHub said of its hourly limit; `reset` is in seconds since the epoch."""

    remaining: int
    limit: int
    reset: int


class _Place:
    """One installation as this process knows it."""

    def __init__(self, at_once: int) -> None:
        self.lock = threading.Lock()
        self.under_way = threading.BoundedSemaphore(at_once)
        self.waiters = threading.BoundedSemaphore(WAITERS)
        self.writing = threading.Lock()
        self.wrote = float("-inf")
        self.points = {resource: _Points() for resource in Resource}
        self.hours: dict[str, _Hour] = {}


class Throttle:
    """May be used by many threads."""

    def __init__(
        self,
        rules: Rules,
        ledger: Ledger,
        *,
        at_once: int,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Makes a throttle.

        Args:
            rules: the limits.
            ledger: where they are counted.
            at_once: requests of an installation that may be under way at a time.
            sleep: waits some seconds.
            clock: the steady clock, in seconds.
        """
        self._rules = rules
        self._ledger = ledger
        self._at_once = at_once
        self._sleep = sleep
        self._clock = clock
        self._lock = threading.Lock()
        self._places: dict[int, _Place] = {}

    @contextmanager
    def sending(self, installation_id: int, call: Call) -> Iterator[None]:
        """Waits until a request may be sent, which the block then does.

        Raises:
            RateLimited: it may not be sent soon, or GitHub refused it; with the time to wait.
        """
        place = self._place(installation_id)
        self._hourly(place, call)
        if call.changes:
            with _one_of(place.waiters):
                self._write(installation_id, place, call)
        else:
            self._read(installation_id, place, call)
        with _one_of(place.under_way, PATIENCE[Rank.ANSWER]):
            try:
                yield
            except RequestFailed as error:
                self._failed(installation_id, error)
                raise

    def seen(self, installation_id: int, headers: Mapping[str, str]) -> None:
        """Takes in what an answer of GitHub's says of the hourly limit."""
        try:
            hour = _Hour(
                remaining=int(headers["x-ratelimit-remaining"]),
                limit=int(headers["x-ratelimit-limit"]),
                reset=int(headers["x-ratelimit-reset"]),
            )
            resource = headers["x-ratelimit-resource"]
        except (KeyError, ValueError):
            return
        self._place(installation_id).hours[resource] = hour
        GITHUB_REMAINING.labels(installation=installation_id, api=resource).set(hour.remaining)

    def _place(self, installation_id: int) -> _Place:
        with self._lock:
            place = self._places.get(installation_id)
            if place is None:
                place = self._places[installation_id] = _Place(self._at_once)
            return place

    def _hourly(self, place: _Place, call: Call) -> None:
        hour = place.hours.get(call.resource.value)
        if hour is None or hour.limit <= 0:
            return  # a server may be set up without such a limit
        wait = hour.reset - time.time()
        reserve = 0.0 if call.rank is Rank.ANSWER else hour.limit * self._rules.reserve
        if wait > 0 and hour.remaining <= reserve:
            raise RateLimited("the hour's requests are used up", retry_after=wait)

    def _write(self, installation_id: int, place: _Place, call: Call) -> None:
        rule = partial(self._rules.write, key=call.key, rank=call.rank)
        for _ in range(RESERVATIONS):
            ruling = self._ledger.change(installation_id, rule)
            if not ruling.granted:
                raise RateLimited("other changes come first", retry_after=ruling.wait)
            due = self._clock() + ruling.wait
            if ruling.wait > 0:
                self._sleep(ruling.wait)
            # A busy machine wakes nobody in time. One that slept into the time of the next,
            # which may be another process's, takes a new time for itself.
            if self._clock() - due <= self._rules.pause * LATE:
                break
        with place.writing:
            left = place.wrote + self._rules.pause - self._clock()
            if left > 0:
                self._sleep(left)
            place.wrote = self._clock()

    def _has_point(self, place: _Place, call: Call) -> bool:
        with place.lock:
            points = place.points[call.resource]
            if not points.good(self._clock()):
                return False
            points.left -= 1
            return True

    def _read(self, installation_id: int, place: _Place, call: Call) -> None:
        most = LEASED[call.resource]
        rule = partial(self._rules.read, resource=call.resource, rank=call.rank, most=most)
        until = self._clock() + PATIENCE[call.rank]
        while not self._has_point(place, call):
            with place.lock:
                asked = self._clock()
                if place.points[call.resource].good(asked):
                    continue  # another thread asked meanwhile
                ruling = self._ledger.change(installation_id, rule)
                if ruling.granted:
                    good = asked + LEASE_SECONDS
                    place.points[call.resource] = _Points(left=ruling.points, until=good)
                    continue
            if ruling.wait > until - self._clock():
                raise RateLimited("the minute's points are used up", retry_after=ruling.wait)
            with _one_of(place.waiters):
                self._sleep(ruling.wait)

    def _failed(self, installation_id: int, error: RequestFailed) -> None:
        """Notes a refusal, so that all processes keep to it.

        Raises:
            RateLimited: where GitHub limits without saying for how long.
        """
        found = error_of(error)
        if not isinstance(found, RateLimited) or isinstance(error, PrimaryRateLimitExceeded):
            # The hour's limit is known from the headers, and is of one resource alone.
            return
        headers = error.response.headers
        said = isinstance(error, SecondaryRateLimitExceeded) or "retry-after" in headers
        told = found.retry_after if said else None
        ruling = self._ledger.change(installation_id, partial(self._rules.refused, told=told))
        place = self._place(installation_id)
        with place.lock:
            place.points = {resource: _Points() for resource in Resource}
        log.warning("github.refused", installation=installation_id, wait=round(ruling.wait, 1))
        raise RateLimited(str(found), retry_after=ruling.wait) from error


@contextmanager
def _one_of(places: threading.BoundedSemaphore, patience: float = 0.0) -> Iterator[None]:
    """Holds one of a number of places; where none gets free in time, it is for later."""
    taken = places.acquire(timeout=patience) if patience else places.acquire(blocking=False)
    if not taken:
        raise RateLimited("too many requests wait or are under way", retry_after=SOON)
    try:
        yield
    finally:
        places.release()
