"""Tries, pauses, limits, and that nothing is told."""

import email.utils
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import structlog

from app.errors import RateLimited, TransientError, UserError
from app.models.remote import server as module
from app.models.remote.faults import Unwell
from app.models.remote.server import Server
from tests.unit.models.remote.fakes import KEY, PRIVATE, URL, Answer, Hub, Naps, error, ok


def served(hub: Hub, naps: Naps | None = None, **options: object) -> Server:
    given = {"key": KEY, "timeout": 5.0, "attempts": 3, **options}
    transport = httpx.MockTransport(hub)
    return Server(URL, transport=transport, sleep=naps or Naps(), **given)  # type: ignore[arg-type]


def test_the_key_is_sent_as_a_bearer_token() -> None:
    hub = Hub(go=[ok({"a": 1})])

    assert served(hub).post("go", {"b": 2}) == {"a": 1}

    assert hub.sent == [("go", {"b": 2})]
    assert hub.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert hub.requests[0].headers["content-type"] == "application/json"


def test_without_a_key_none_is_sent() -> None:
    hub = Hub(go=[ok({})])

    served(hub, key="").post("go", {})

    assert "authorization" not in hub.requests[0].headers


@pytest.mark.parametrize(
    "fault",
    [
        error(503),
        error(500),
        error(408),
        error(429),
        httpx.ConnectError("no route"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("cut off"),
    ],
)
def test_passing_faults_are_tried_again(fault: Answer) -> None:
    naps = Naps()
    hub = Hub(go=[fault, fault, ok({"a": 1})])

    assert served(hub, naps).post("go", {}) == {"a": 1}

    # 0.5 and 1 second, each shortened by up to a half
    assert 0.25 <= naps.taken[0] <= 0.5 <= naps.taken[1] <= 1.0


def test_after_the_last_try_the_fault_is_told() -> None:
    hub = Hub(go=[error(503, PRIVATE)] * 3)

    with pytest.raises(Unwell, match=r"^the model's server answered HTTP 503$") as caught:
        served(hub).post("go", {})

    assert caught.value.status == 503
    assert len(hub.sent) == 3


def test_a_server_that_does_not_answer() -> None:
    hub = Hub(go=[httpx.ReadTimeout("slow")])

    with pytest.raises(TransientError, match="within 5 seconds"):
        served(hub, attempts=1).post("go", {})


def test_a_server_that_is_not_there() -> None:
    hub = Hub(go=[httpx.ConnectError("refused")])

    with pytest.raises(TransientError, match=r"cannot be reached \(ConnectError\)"):
        served(hub, attempts=1).post("go", {})


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 501])
def test_refusals_are_not_tried_again(status: int) -> None:
    hub = Hub(go=[error(status)])

    with pytest.raises(UserError):
        served(hub).post("go", {})

    assert len(hub.sent) == 1


def test_the_time_that_a_server_names_is_waited() -> None:
    naps = Naps()
    hub = Hub(go=[httpx.Response(429, headers={"retry-after": "7"}), ok({})])

    served(hub, naps).post("go", {})

    assert naps.taken == [7.0]


def test_the_time_may_be_a_date() -> None:
    naps = Naps()
    at = email.utils.format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    hub = Hub(go=[httpx.Response(503, headers={"retry-after": at}), ok({})])

    served(hub, naps).post("go", {})

    assert 15 < naps.taken[0] <= 20


@pytest.mark.parametrize("value", ["", "soon", "-5", "1e9", "99999999999"])
def test_a_time_that_is_none_is_passed_over(value: str) -> None:
    naps = Naps()
    hub = Hub(go=[httpx.Response(503, headers={"retry-after": value}), ok({})])

    served(hub, naps).post("go", {})

    assert naps.taken[0] <= 0.5


def test_a_long_time_is_left_to_the_queue() -> None:
    naps = Naps()
    hub = Hub(go=[httpx.Response(429, headers={"retry-after": "600"})])

    with pytest.raises(RateLimited) as caught:
        served(hub, naps).post("go", {})

    assert caught.value.retry_after == 600.0
    assert naps.taken == []


def test_redirects_are_not_followed() -> None:
    hub = Hub(go=[httpx.Response(307, headers={"location": "http://elsewhere.example/"})])

    with pytest.raises(UserError, match="TREADLE_MODEL_URL"):
        served(hub).post("go", {})

    assert len(hub.sent) == 1


@pytest.mark.parametrize("content", [b"<html>", b"[]", b"", b"\xff\xfe", b"[" * 100_000])
def test_garbage_is_a_fault_that_may_pass(content: bytes) -> None:
    hub = Hub(go=[httpx.Response(200, content=content)])

    with pytest.raises(TransientError, match="not a JSON object"):
        served(hub).post("go", {})


def test_plain_words_will_do_where_they_are_expected() -> None:
    hub = Hub(go=[httpx.Response(200, text="Success")])

    assert served(hub).post("go", {}, plain=True) == {}


def test_too_much_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 10)
    hub = Hub(go=[httpx.Response(200, content=b"x" * 11)])

    with pytest.raises(TransientError, match="too much"):
        served(hub).post("go", {})


def test_text_that_cannot_be_encoded_is_sent_all_the_same() -> None:
    hub = Hub(go=[ok({})])

    served(hub).post("go", {"prompt": "a\ud800"})

    assert hub.sent == [("go", {"prompt": "a\ud800"})]


def test_neither_key_nor_text_is_logged_or_told() -> None:
    hub = Hub(go=[error(500, f"{PRIVATE} {KEY}"), error(400, f"{PRIVATE} {KEY}")])

    with structlog.testing.capture_logs() as logs, pytest.raises(UserError) as caught:
        served(hub).post("go", {"prompt": PRIVATE})

    told = repr(logs) + str(caught.value)
    assert len(logs) == 1
    assert PRIVATE not in told
    assert KEY not in told
