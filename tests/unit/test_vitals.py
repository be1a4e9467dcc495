"""The port of a worker: its numbers, and whether it lives."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from app.metrics import STEP_SECONDS
from app.store.workers import Beat
from app.vitals import beating, shown


class Kept:
    """The newest sign of life, so many seconds old; may be out of reach."""

    def __init__(self, age: float | None, *, retired: bool = False, down: bool = False) -> None:
        self.age, self.retired, self.down = age, retired, down

    def newest_beat(self, worker_id: str) -> Beat | None:
        assert worker_id == "w1"
        if self.down:
            raise OperationalError("", {}, Exception())
        if self.age is None:
            return None
        at = datetime.now(UTC) - timedelta(seconds=self.age)
        return Beat(at=at, instance="here", retired=self.retired)


@pytest.mark.parametrize(
    ("kept", "healthy"),
    [
        (Kept(20), True),
        (Kept(61), False),
        (Kept(1, retired=True), False),
        (Kept(None), False),
        (Kept(None, down=True), False),
    ],
)
def test_a_worker_lives_while_the_others_think_so(kept: Kept, healthy: bool) -> None:
    assert beating(kept, "w1", 60.0)() is healthy  # type: ignore[arg-type]


@pytest.fixture
def told() -> list[bool]:
    return [True]


@pytest.fixture
def client(told: list[bool]) -> Iterator[httpx.Client]:
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    with (
        shown(listening, lambda: told[0]),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client,
    ):
        yield client
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/healthz")


def test_health_is_asked_for_each_time(client: httpx.Client, told: list[bool]) -> None:
    assert client.get("/healthz").status_code == 200
    told[0] = False
    assert client.get("/healthz").status_code == 503


def test_numbers_are_those_of_the_process(client: httpx.Client) -> None:
    STEP_SECONDS.labels(step="ask.draft", outcome="done").observe(1)
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'treadle_step_seconds_count{outcome="done",step="ask.draft"}' in answer.text
    # Of several processes, only the web process reads the database for everyone.
    assert "repository=" not in answer.text
    assert answer.headers["server"] == "treadle"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("GET", "/metrics?name=a", 200), ("POST", "/metrics", 501)],
)
def test_nothing_else_is_there(client: httpx.Client, method: str, path: str, status: int) -> None:
    assert client.request(method, path).status_code == status
