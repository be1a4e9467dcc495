"""What is sent, waited for and sent back, with clocks that a test moves."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from app.domain import Allowance
from app.errors import RateLimited
from app.github.ledger import ProcessLedger
from app.github.limits import LEASE_SECONDS, Resource, Rules
from app.github.throttle import APP, LEASED, WAITERS, Call, Throttle, background
from tests.unit.github.hub import COMMENT, REPOSITORY, Hub, answer, client

RULES = Rules(pause=1.0, minute=80, hour=500, rest=900, graphql=2000, reserve=0.1)
READ, QUERY = Call(), Call(resource=Resource.GRAPHQL)
HERE, THERE = 99, 98
POST = "POST /repos/octo/loom/issues/12/comments"
HEAD = "GET /repos/octo/loom/commits/HEAD"
SHA = "0123456789abcdef0123456789abcdef01234567"


def change(number: int, *, notice: bool = False) -> Call:
    return Call(changes=f"POST /somewhere/{number}", notice=notice)


@dataclass
class Time:
    """A clock that sleeping moves; `slept` is what was slept for."""

    now: float = 1_800_000_000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def __call__(self) -> float:
        return self.now


class Counted(ProcessLedger):
    """Counts how often it is asked."""

    asked = 0

    def change(self, installation_id: int, rule: Callable[..., tuple[Allowance, Any]]) -> Any:
        self.asked += 1
        return super().change(installation_id, rule)


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def ledger(clock: Time) -> Counted:
    return Counted(clock)


@pytest.fixture
def throttle(ledger: Counted, clock: Time) -> Throttle:
    return Throttle(RULES, ledger, at_once=3, sleep=clock.sleep, clock=clock)


def send(throttle: Throttle, call: Call, installation_id: int = HERE) -> None:
    with throttle.sending(installation_id, call):
        pass


def limited(throttle: Throttle, call: Call, installation_id: int = HERE) -> float:
    """Returns after how many seconds what is refused may come back."""
    with pytest.raises(RateLimited) as caught, throttle.sending(installation_id, call):
        pytest.fail("it was sent")
    return caught.value.retry_after


def test_what_only_reads_asks_the_ledger_once_in_a_while(
    throttle: Throttle, ledger: Counted, clock: Time
) -> None:
    for _ in range(LEASED[Resource.REST]):
        send(throttle, READ)
    assert ledger.asked == 1
    send(throttle, READ)
    send(throttle, QUERY)
    assert ledger.asked == 3
    clock.now += LEASE_SECONDS
    send(throttle, READ)
    assert ledger.asked == 4
    assert clock.slept == []


def test_points_that_come_back_soon_are_waited_for(
    throttle: Throttle, ledger: Counted, clock: Time
) -> None:
    def all_used(_: Allowance, now: float) -> tuple[Allowance, float]:
        used, _ = RULES.read(Allowance(), now, Resource.REST, most=900)
        return used, RULES.read(used, now, Resource.REST)[1].wait

    wait = ledger.change(HERE, all_used)
    assert limited(throttle, READ) == wait
    clock.now += wait - 3
    send(throttle, READ)
    assert clock.slept == [pytest.approx(3)]


def test_changes_are_a_second_apart(throttle: Throttle, ledger: Counted, clock: Time) -> None:
    for number in range(3):
        send(throttle, change(number))
    assert clock.slept == [1.0, 1.0]
    assert ledger.asked == 3
    send(throttle, change(4), THERE)
    send(throttle, change(5), APP)
    assert clock.slept == [1.0, 1.0]


def test_what_wakes_late_takes_another_time(ledger: Counted, clock: Time) -> None:
    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        clock.now += 0.5 if len(clock.slept) == 1 else 0.1

    throttle = Throttle(RULES, ledger, at_once=3, sleep=sleep, clock=clock)
    send(throttle, change(1))
    send(throttle, change(2))
    # It woke half a second into the time of another, and took the one behind that.
    assert clock.slept == [1.0, pytest.approx(0.5)]
    assert ledger.asked == 3


def test_long_waits_are_for_later_and_keep_their_turn(
    throttle: Throttle, ledger: Counted, clock: Time
) -> None:
    ledger.change(HERE, lambda _, now: (Allowance(next_write=now + 30), None))
    assert limited(throttle, change(1)) == 28.0
    assert limited(throttle, change(2)) == 29.0
    assert limited(throttle, change(3, notice=True)) == 32.0
    clock.now += 30.0
    send(throttle, change(1))
    send(throttle, change(2))
    assert clock.slept == [1.0]


def test_a_notice_waits_for_a_second_at_most(
    throttle: Throttle, ledger: Counted, clock: Time
) -> None:
    ledger.change(HERE, lambda _, now: (Allowance(next_write=now + 1.5), None))
    assert limited(throttle, change(1, notice=True)) == 1.5
    send(throttle, change(1))
    assert clock.slept == [1.5]


def test_the_background_never_waits_nor_takes_the_reserve(
    throttle: Throttle, ledger: Counted, clock: Time
) -> None:
    send(throttle, change(1))
    with background():
        assert limited(throttle, change(2)) == 1.0
        send(throttle, READ)
    throttle.seen(HERE, hour(remaining=500))
    with background():
        assert limited(throttle, READ) > 0
    send(throttle, READ)
    assert clock.slept == []


def hour(remaining: int, resource: str = "core", reset: float = 1800.0) -> dict[str, str]:
    """Headers of GitHub's hourly limit."""
    return {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": str(remaining),
        "x-ratelimit-reset": str(int(time.time() + reset)),
        "x-ratelimit-resource": resource,
    }


def test_what_is_used_up_is_not_asked_for(throttle: Throttle) -> None:
    throttle.seen(HERE, hour(remaining=0))
    assert limited(throttle, READ) == pytest.approx(1800, abs=60)
    send(throttle, QUERY)
    send(throttle, READ, THERE)
    throttle.seen(HERE, hour(remaining=0, reset=-5))
    send(throttle, READ)


NO_LIMIT = {**hour(remaining=0), "x-ratelimit-limit": "0"}


@pytest.mark.parametrize("headers", [{}, {"x-ratelimit-remaining": "none"}, NO_LIMIT])
def test_headers_that_say_nothing_change_nothing(
    throttle: Throttle, headers: dict[str, str]
) -> None:
    throttle.seen(HERE, headers)
    send(throttle, READ)


def test_no_more_are_under_way_than_may_be(throttle: Throttle) -> None:
    with ExitStack() as under_way:
        for _ in range(3):
            under_way.enter_context(throttle.sending(HERE, READ))
        send(throttle, READ, THERE)
        waiting = threading.Thread(target=send, args=(throttle, READ))
        waiting.start()
        waiting.join(0.1)
        assert waiting.is_alive()
        under_way.pop_all().close()
        waiting.join(10)
    assert not waiting.is_alive()


def test_no_installation_has_all_of_a_worker_wait_for_it(ledger: Counted) -> None:
    asleep, wake = threading.Semaphore(0), threading.Event()

    def sleep(seconds: float) -> None:
        asleep.release()
        wake.wait(10)

    throttle = Throttle(replace(RULES, pause=0.1), ledger, at_once=99, sleep=sleep)
    send(throttle, change(0))
    threads = [
        threading.Thread(target=send, args=(throttle, change(1 + number)))
        for number in range(WAITERS)
    ]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert asleep.acquire(timeout=10)
    assert limited(throttle, change(100)) == 1.0
    send(throttle, READ)
    send(throttle, change(101), THERE)
    wake.set()
    for thread in threads:
        thread.join(10)


class TestRefusals:
    """GitHub's own refusals, through the client: what one is told, all keep to."""

    def hub(self, *refusals: httpx.Response) -> Hub:
        well = httpx.Response(200, text=SHA)
        return Hub({POST: [*refusals, answer(COMMENT)], HEAD: [*refusals, well]})

    @pytest.mark.parametrize(
        ("refusal", "wait"),
        [
            (answer({"message": "slow down"}, 403, retry_after="70"), 70.0),
            (answer({"message": "slow down"}, 429, retry_after="70"), 70.0),
            (answer({"message": "down"}, 503, retry_after="70"), 70.0),
            (answer({"message": "slow down"}, 429), 60.0),
            (answer({"message": "You have exceeded a secondary rate limit"}, 403), 60.0),
        ],
    )
    def test_keep_the_next_from_being_sent(self, refusal: httpx.Response, wait: float) -> None:
        hub = self.hub(refusal)
        github = client(hub)
        for _ in range(2):
            with pytest.raises(RateLimited) as caught:
                github.post(REPOSITORY, 12, "Hello")
            assert caught.value.retry_after == pytest.approx(wait, abs=5)
        with pytest.raises(RateLimited):
            github.head(REPOSITORY)
        assert hub.sent == [POST]

    def test_are_of_one_installation(self) -> None:
        hub = self.hub(answer({"message": "slow down"}, 429))
        github = client(hub)
        with pytest.raises(RateLimited):
            github.head(REPOSITORY)
        assert github.head(replace(REPOSITORY, installation_id=THERE)) == SHA

    def test_of_the_hour_are_known_from_their_headers(self) -> None:
        spent = answer({"message": "API rate limit exceeded"}, 403)
        spent.headers.update(hour(remaining=0))
        hub = self.hub(spent)
        github = client(hub)
        for _ in range(2):
            with pytest.raises(RateLimited) as caught:
                github.head(REPOSITORY)
            assert caught.value.retry_after == pytest.approx(1800, abs=60)
        assert hub.sent == [HEAD]

    def test_of_the_access_are_none(self) -> None:
        hub = Hub({HEAD: [answer({"message": "Not Found"}, 404), httpx.Response(200, text=SHA)]})
        github = client(hub)
        with pytest.raises(Exception, match="404"):
            github.head(REPOSITORY)
        assert github.head(REPOSITORY) == SHA
