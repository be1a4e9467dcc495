"""Looking for deliveries that never arrived, against a list written by hand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain import HookDelivery
from app.errors import GoneError, LackingError, RateLimited, TransientError
from app.flows.missed import Effort, Missed
from app.webhooks.reconcile import WINDOW

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def attempt(number: int, guid: str, minutes: float, code: int = 502) -> HookDelivery:
    return HookDelivery(
        id=number,
        guid=guid,
        delivered_at=NOW - timedelta(minutes=minutes),
        redelivery=False,
        status="OK" if code == 202 else "failed to connect to host",
        status_code=code,
        event="push",
    )


@dataclass
class Hub:
    """A GitHub with a list of deliveries, newest first."""

    attempts: list[HookDelivery]
    faults: dict[int, Exception] = field(default_factory=dict)
    lists: list[tuple[datetime, bool]] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)

    def deliveries(self, since: datetime, *, failed: bool = False) -> Iterator[HookDelivery]:
        self.lists.append((since, failed))
        if 0 in self.faults:
            raise self.faults[0]
        for one in self.attempts:
            if one.delivered_at >= since and not (failed and one.succeeded):
                yield one

    def redeliver(self, delivery_id: int) -> None:
        self.asked.append(delivery_id)
        if delivery_id in self.faults:
            raise self.faults[delivery_id]


def missed(hub: Hub, known: tuple[str, ...] = (), at_once: int = 10) -> Missed:
    github: Any = hub
    effort = Effort(tries=3, pause=timedelta(minutes=5), at_once=at_once)
    return Missed(github, lambda _: known, effort, lambda: NOW)


LIST = [
    attempt(9, "g3", 1),
    attempt(8, "g2", 2, 202),
    attempt(7, "g4", 4),
    attempt(6, "g2", 6),
    attempt(5, "g1", 8),
]


def test_what_never_arrived_is_asked_for_oldest_first() -> None:
    hub = Hub(LIST)
    assert missed(hub, ("g4",)).ask_again() == 2
    assert hub.asked == [5, 9]
    oldest = NOW - timedelta(minutes=13)
    assert hub.lists == [(NOW - WINDOW, True), (oldest, False)]


@pytest.mark.parametrize(
    ("attempts", "known"), [([], ()), ([attempt(1, "g1", 5, 202)], ()), (LIST[-1:], ("g1",))]
)
def test_where_nothing_is_missing_one_list_is_enough(
    attempts: list[HookDelivery], known: tuple[str, ...]
) -> None:
    hub = Hub(attempts)
    assert missed(hub, known).ask_again() == 0
    assert (len(hub.lists), hub.asked) == (1, [])


def test_no_more_than_one_look_may_ask_for() -> None:
    hub = Hub(LIST)
    assert missed(hub, at_once=2).ask_again() == 2
    assert hub.asked == [5, 7]


def test_one_that_is_gone_keeps_no_other_back() -> None:
    hub = Hub(LIST, {5: GoneError("gone")})
    assert missed(hub).ask_again() == 2
    assert hub.asked == [5, 7, 9]


def test_a_limit_ends_the_look() -> None:
    hub = Hub(LIST, {7: RateLimited("wait", retry_after=60)})
    assert missed(hub).ask_again() == 1
    assert hub.asked == [5, 7]


def test_a_fault_is_for_the_queue_to_try_again() -> None:
    with pytest.raises(TransientError):
        missed(Hub(LIST, {7: TransientError("down")})).ask_again()


def test_a_github_without_such_a_list_is_asked_once() -> None:
    hub = Hub(LIST, {0: LackingError("404")})
    looking = missed(hub)
    assert (looking.ask_again(), looking.ask_again()) == (0, 0)
    assert len(hub.lists) == 1
