"""The list of webhooks sent to the App, against canned pages."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from app.domain import HookDelivery
from app.errors import LackingError, TransientError
from app.github import deliveries as module
from tests.unit.github.hub import API, Hub, answer, client

PLACE = "/app/hook/deliveries"
SINCE = datetime(2026, 11, 17, tzinfo=UTC)
ROW: dict[str, Any] = {
    "id": 12,
    "guid": "0b989ba4-242f-11e5-81e1-c7b6966d2516",
    "delivered_at": "2026-11-20T10:00:00.5Z",
    "redelivery": False,
    "duration": 0.27,
    "status": "failed to connect to host",
    "status_code": 502,
    "event": "issue_comment",
    "action": "created",
    "installation_id": 99,
    "repository_id": 55,
    "throttled_at": None,
}


def page(*rows: dict[str, Any], cursor: str = "", place: str = API) -> httpx.Response:
    link = {"link": f'<{place}{PLACE}?per_page=100&cursor={cursor}>; rel="next"'} if cursor else {}
    return answer(list(rows), **link)


def test_a_row_is_read() -> None:
    hub = Hub({f"GET {PLACE}": page(ROW)})
    assert list(client(hub).deliveries(SINCE)) == [
        HookDelivery(
            id=12,
            guid="0b989ba4-242f-11e5-81e1-c7b6966d2516",
            delivered_at=datetime(2026, 11, 20, 10, 0, 0, 500_000, tzinfo=UTC),
            redelivery=False,
            status="failed to connect to host",
            status_code=502,
            event="issue_comment",
            action="created",
            installation_id=99,
            repository_id=55,
        )
    ]
    [request] = hub.requests
    assert request.headers["authorization"].startswith("Bearer ")
    assert dict(request.url.params) == {"per_page": "100"}


def test_a_row_of_the_app_as_a_whole() -> None:
    row = {**ROW, "event": "ping", "action": None, "installation_id": None, "repository_id": None}
    [found] = client(Hub({f"GET {PLACE}": page(row)})).deliveries(SINCE)
    assert (found.action, found.installation_id, found.repository_id) == ("", None, None)


@pytest.mark.parametrize(
    ("code", "expected"), [(200, True), (202, True), (302, False), (502, False), (0, False)]
)
def test_what_counts_as_delivered(code: int, expected: bool) -> None:
    [found] = client(Hub({f"GET {PLACE}": page({**ROW, "status_code": code})})).deliveries(SINCE)
    assert found.succeeded is expected


def test_those_that_failed_alone() -> None:
    well = {**ROW, "id": 13, "status": "OK", "status_code": 202}
    # A server that does not know the parameter sends all.
    hub = Hub({f"GET {PLACE}": page(well, ROW)})
    assert [one.id for one in client(hub).deliveries(SINCE, failed=True)] == [12]
    assert hub.requests[0].url.params["status"] == "failure"


def test_pages_follow_the_cursor_when_they_are_come_to() -> None:
    hub = Hub({f"GET {PLACE}": [page(ROW, cursor="c1"), page({**ROW, "id": 11})]})
    found = client(hub).deliveries(SINCE)
    assert next(found).id == 12
    assert len(hub.requests) == 1
    assert [one.id for one in found] == [11]
    assert hub.requests[-1].url.params["cursor"] == "c1"


def test_reading_ends_at_the_time_asked_for() -> None:
    old = {**ROW, "id": 11, "delivered_at": "2026-11-16T23:59:59Z"}
    hub = Hub({f"GET {PLACE}": page(ROW, old, {**ROW, "id": 10}, cursor="c1")})
    assert [one.id for one in client(hub).deliveries(SINCE)] == [12]
    assert len(hub.requests) == 1


def test_no_more_pages_than_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PAGES", 3)
    hub = Hub({f"GET {PLACE}": page(ROW, cursor="again")})
    assert len(list(client(hub).deliveries(SINCE))) == 3
    assert len(hub.requests) == 3


@pytest.mark.parametrize(
    "bad",
    [
        answer({"message": "hello"}),
        page({**ROW, "delivered_at": "yesterday"}),
        page({**ROW, "guid": None}),
        page(ROW, cursor="c1", place="https://elsewhere.example.net"),
    ],
)
def test_what_is_not_as_documented(bad: httpx.Response) -> None:
    with pytest.raises(TransientError):
        list(client(Hub({f"GET {PLACE}": bad})).deliveries(SINCE))


def test_a_github_without_such_a_list() -> None:
    with pytest.raises(LackingError):
        list(client(Hub()).deliveries(SINCE))


def test_redelivering() -> None:
    hub = Hub({f"POST {PLACE}/12/attempts": answer({}, 202)})
    client(hub).redeliver(12)
    assert hub.sent == [f"POST {PLACE}/12/attempts"]
    assert hub.requests[0].headers["authorization"].startswith("Bearer ")
