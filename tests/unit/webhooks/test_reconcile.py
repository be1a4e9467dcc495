"""Which deliveries are asked for again, from lists written by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain import HookDelivery
from app.webhooks.reconcile import concerns, due

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAUSE = timedelta(minutes=5)


def attempt(number: int, guid: str = "g1", minutes: float = 600, **more: Any) -> HookDelivery:
    """An attempt that failed so many minutes ago."""
    values = {"event": "issue_comment", "action": "created", "redelivery": False}
    return HookDelivery(
        id=number,
        guid=guid,
        delivered_at=NOW - timedelta(minutes=minutes),
        status="failed to connect to host",
        status_code=502,
        **{**values, **more},
    )


def ids(*attempts: HookDelivery, tries: int = 3) -> list[int]:
    return [one.id for one in due(attempts, NOW, tries=tries, pause=PAUSE)]


def test_the_oldest_comes_first_whatever_the_order() -> None:
    found = [attempt(3, "g3", 10), attempt(1, "g1", 30), attempt(2, "g2", 20)]
    assert ids(*found) == [1, 2, 3]


def test_one_that_was_never_asked_for_is_due_at_once() -> None:
    assert ids(attempt(1, minutes=0)) == [1]


def test_the_newest_attempt_of_a_delivery_names_it() -> None:
    again = {"redelivery": True}
    assert ids(attempt(1), attempt(7, minutes=60, **again), attempt(4, "g2", 300)) == [7, 4]


@pytest.mark.parametrize(("asked", "minutes"), [(1, 5), (2, 20), (3, 80), (4, 320), (5, 1280)])
def test_pauses_grow(asked: int, minutes: int) -> None:
    first = attempt(1, minutes=4000)
    for age, expected in ((minutes - 0.5, []), (minutes + 0.5, [1 + asked])):
        more = [attempt(2 + n, minutes=age + asked - 1 - n, redelivery=True) for n in range(asked)]
        assert ids(first, *more, tries=9) == expected


def test_none_is_asked_for_more_often_than_is_allowed() -> None:
    found = [attempt(1), *(attempt(2 + n, minutes=500 - n, redelivery=True) for n in range(3))]
    assert ids(*found, tries=3) == []
    assert ids(*found, tries=4) == [4]


@pytest.mark.parametrize(
    ("event", "action", "expected"),
    [
        ("issue_comment", "created", True),
        ("issue_comment", "deleted", True),
        ("issue_comment", "pinned", False),
        ("issues", "opened", False),
        ("issues", "transferred", True),
        ("push", "", True),
        ("repository", "edited", True),
        ("repository", "starred", False),
        ("installation", "new_permissions_accepted", True),
        ("installation_repositories", "added", True),
        ("ping", "", False),
        ("star", "created", False),
    ],
)
def test_what_would_be_dropped_is_not_asked_for(event: str, action: str, expected: bool) -> None:
    assert concerns(event, action) is expected
    assert bool(ids(attempt(1, event=event, action=action))) is expected
