"""Requests are counted by kind of API and status, also where no answer comes."""

import httpx
import pytest
from prometheus_client import REGISTRY

from app.github.counted import CountedTransport


def counted(api: str, status: int) -> float:
    labels = {"api": api, "status": str(status)}
    return REGISTRY.get_sample_value("treadle_github_requests_total", labels) or 0.0


@pytest.mark.parametrize(
    ("method", "path", "api", "status"),
    [
        ("GET", "/repos/ann/loom/issues/1", "rest", 404),
        ("POST", "/api/v3/app", "rest", 201),
        ("POST", "/graphql", "graphql", 200),
        ("POST", "/api/graphql", "graphql", 502),
        # A repository of that name.
        ("GET", "/repos/ann/graphql", "rest", 200),
    ],
)
def test_an_answer_is_counted(method: str, path: str, api: str, status: int) -> None:
    transport = CountedTransport(httpx.MockTransport(lambda _: httpx.Response(status)))
    before = counted(api, status)
    with httpx.Client(transport=transport) as client:
        assert client.request(method, f"http://127.0.0.1{path}").status_code == status
    assert counted(api, status) == before + 1


def test_silence_is_counted_as_status_0() -> None:
    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("", request=request)

    before = counted("rest", 0)
    with (
        httpx.Client(transport=CountedTransport(httpx.MockTransport(silent))) as client,
        pytest.raises(httpx.ConnectTimeout),
    ):
        client.get("http://127.0.0.1/app")
    assert counted("rest", 0) == before + 1
