"""Authorisation, connections and proxies."""

import threading
from dataclasses import replace

import httpx
import jwt
import pytest

from app import __version__
from app.errors import ConfigError, GoneError
from app.github.connection import Connection, SharedTransport, proxy_of
from tests.unit.github.hub import API, COMMENT, REPOSITORY, Hub, answer, client, private_key

PATH = "GET /repos/octo/loom/issues/comments/1"


def connection(hub: Hub, **options: object) -> Connection:
    given = {"app_id": 4242, "private_key": private_key(), "base_url": API, "timeout": 5.0}
    return Connection(**{**given, **options}, transport=httpx.MockTransport(hub))  # type: ignore[arg-type]


def test_an_installation_asks_for_one_token() -> None:
    hub = Hub({PATH: answer(COMMENT)})
    github = client(hub)
    for _ in range(3):
        github.comment(REPOSITORY, 1)
    assert hub.tokens == 1
    assert {request.headers["authorization"] for request in hub.requests} == {"token token-1"}


@pytest.mark.parametrize("fraction", ["", ".5", ".253", ".000001"])
def test_a_tokens_end_may_be_told_in_parts_of_a_second(fraction: str) -> None:
    hub = Hub({PATH: answer(COMMENT)})
    content = {"token": "fine", "expires_at": f"2099-01-01T00:00:00{fraction}Z", "note": "1.5Z"}
    hub.token_answer = answer(content, 201)
    assert client(hub).comment(REPOSITORY, 1).id == 314
    assert hub.requests[0].headers["authorization"] == "token fine"


def test_each_installation_has_its_own_token() -> None:
    hub = Hub({PATH: answer(COMMENT)})
    github = client(hub)
    github.comment(REPOSITORY, 1)
    github.comment(replace(REPOSITORY, installation_id=100), 1)
    assert [request.headers["authorization"] for request in hub.requests] == [
        "token token-1",
        "token token-2",
    ]


def test_two_clients_do_not_share_tokens() -> None:
    first, second = Hub({PATH: answer(COMMENT)}), Hub({PATH: answer(COMMENT)})
    client(first).comment(REPOSITORY, 1)
    client(second).comment(REPOSITORY, 1)
    assert (first.tokens, second.tokens) == (1, 1)


def test_a_refused_token_is_replaced_once() -> None:
    hub = Hub({PATH: [answer(status=401), answer(COMMENT)]})
    assert client(hub).comment(REPOSITORY, 1).id == 314
    assert [request.headers["authorization"] for request in hub.requests] == [
        "token token-1",
        "token token-2",
    ]


def test_a_query_replaces_a_refused_token_too() -> None:
    hub = Hub({"POST /graphql": [answer(status=401), answer({"data": {"nodes": [None]}})]})
    (snapshot,) = client(hub).snapshots(REPOSITORY, ["IC_1"])
    assert not snapshot.exists
    assert hub.tokens == 2


def test_an_installation_that_is_refused_twice_is_gone() -> None:
    hub = Hub({PATH: answer(status=401)})
    with pytest.raises(GoneError):
        client(hub).comment(REPOSITORY, 1)
    assert hub.tokens == 2


def test_the_app_speaks_for_itself_with_a_short_lived_token() -> None:
    hub = Hub({"GET /app": answer({"id": 4242, "slug": "treadle"})})
    connection(hub).app("GET", "/app")
    kind, token = hub.requests[0].headers["authorization"].split()
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (kind, claims["iss"]) == ("Bearer", "4242")
    assert claims["exp"] - claims["iat"] <= 600
    assert jwt.get_unverified_header(token)["alg"] == "RS256"


def test_requests_say_who_sends_them() -> None:
    hub = Hub({PATH: answer(COMMENT)})
    client(hub).comment(REPOSITORY, 1)
    assert hub.requests[0].headers["user-agent"] == f"treadle/{__version__}"
    assert hub.requests[0].headers["accept"] == "application/vnd.github+json"


def test_requests_have_a_time_limit() -> None:
    hub = Hub({PATH: answer(COMMENT)})
    client(hub, github_timeout=3.5).comment(REPOSITORY, 1)
    limits = hub.requests[0].extensions["timeout"]
    assert limits == {"connect": 3.5, "read": 3.5, "write": 3.5, "pool": 3.5}


@pytest.mark.parametrize(
    "key", ["nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_key_that_cannot_be_used_is_a_wrong_setting(key: str) -> None:
    with pytest.raises(ConfigError, match="private key cannot be read"):
        connection(Hub(), private_key=key)


def test_enterprise_servers_have_their_own_paths() -> None:
    hub = Hub(
        {
            "GET /api/v3/app": answer({"id": 1, "slug": "treadle"}),
            "POST /api/graphql": answer({"data": {"nodes": [None]}}),
        }
    )
    enterprise = connection(hub, base_url="https://git.example.org/api/v3")
    enterprise.app("GET", "/app")
    enterprise.query(99, "query { nodes }", {})
    assert hub.sent == ["GET /api/v3/app", "POST /api/graphql"]


class Counting(httpx.BaseTransport):
    """Counts how often it is closed."""

    def __init__(self) -> None:
        self.closed = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"id": 1, "slug": "treadle"})

    def close(self) -> None:
        self.closed += 1


def test_the_pool_outlives_requests_and_is_closed_in_the_end() -> None:
    inner = Counting()
    open_connection = Connection(
        app_id=1, private_key=private_key(), base_url=API, timeout=5, transport=inner
    )
    open_connection.app("GET", "/app")
    assert inner.closed == 0
    open_connection.close()
    open_connection.close()
    assert inner.closed == 1


def test_closing_a_shared_transport_leaves_the_pool_open() -> None:
    inner = Counting()
    SharedTransport(inner, lambda _: None).close()
    assert inner.closed == 0


def test_many_threads_may_share_a_client() -> None:
    hub = Hub({PATH: answer(COMMENT)})
    github = client(hub)
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(github.comment(REPOSITORY, 1).id))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [314] * 8


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.example.org/x?page=2", True),
        ("http://api.example.org/x", False),
        ("https://api.example.org:8443/x", False),
        ("https://evil.example.org/x", False),
        ("https://api.example.org.evil.example/x", False),
        ("/x", False),
    ],
)
def test_whose_address_it_is(url: str, expected: bool) -> None:
    assert connection(Hub()).is_ours(httpx.URL(url)) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.github.com", "http://proxy.example.org:3128"),
        ("http://127.0.0.1:8000/api/v3", None),
        ("http://localhost:8000/api/v3", None),
        ("http://[::1]:8000/api/v3", None),
        ("https://git.inside.example.org", None),
        ("http://plain.example.org", None),
    ],
)
def test_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, url: str, expected: str | None
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", "http://proxy.example.org:3128")
    monkeypatch.setenv("no_proxy", "inside.example.org")
    assert proxy_of(httpx.URL(url)) == expected
