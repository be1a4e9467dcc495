"""A channel is named, or made; nothing leads to another server."""

import httpx
import pytest

from app.errors import TransientError, UserError
from app.proxy import channel_of


def made(address: str, answer: httpx.Response | Exception) -> str:
    """What comes of an address where the proxy answers so."""

    def answered(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return channel_of(address, timeout=5, transport=httpx.MockTransport(answered))


@pytest.mark.parametrize(
    ("address", "location", "channel"),
    [
        ("https://smee.io/new", "https://smee.io/aB3_-x", "https://smee.io/aB3_-x"),
        ("https://smee.io/new/", "https://smee.io/aB3", "https://smee.io/aB3"),
        ("http://127.0.0.1:8000/smee/new", "/smee/c1", "http://127.0.0.1:8000/smee/c1"),
    ],
)
def test_a_channel_is_made(address: str, location: str, channel: str) -> None:
    assert made(address, httpx.Response(307, headers={"location": location})) == channel


def test_a_channel_that_is_there_is_taken_without_asking() -> None:
    address = "https://smee.io/aB3_-x"
    assert made(address, RuntimeError("nobody is asked")) == address
    assert made(address + "/", RuntimeError("nobody is asked")) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "smee.io/new",
        "http://smee.io/new",
        "https://me:secret@smee.io/new",
        "https://smee.io",
        "https://smee.io/",
        "https://smee.io/a?b=c",
        "https://smee.io/a b",
        "https://smee.io/ä",
        "https://smee.io/../x",
        "https://smee.io/" + "a" * 129,
        "javascript:alert(1)",
    ],
)
def test_what_is_no_channel_is_told(address: str) -> None:
    with pytest.raises(UserError):
        made(address, httpx.Response(200))


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200),
        httpx.Response(500),
        httpx.Response(307),
        httpx.Response(307, headers={"location": "https://evil.example/c"}),
        httpx.ConnectError("no route"),
        httpx.ReadTimeout("silent"),
    ],
)
def test_a_proxy_that_makes_none_is_told(answer: httpx.Response | Exception) -> None:
    with pytest.raises(TransientError, match=r"smee\.io"):
        made("https://smee.io/new", answer)


def test_a_channel_must_be_as_safe_as_its_proxy() -> None:
    answer = httpx.Response(307, headers={"location": "http://smee.io/c"})
    with pytest.raises(UserError):
        made("https://smee.io/new", answer)
