"""The webhook proxy, as a client of smee.io sees it."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from playground import smee
from playground.server import Playground
from playground.webhooks import sign

SECRET = "s" * 8
GUID = "0b989ba4-242f-11e5-81e1-c7b6966d2516"


class Ear:
    """Listens to a channel from a thread of its own."""

    def __init__(self, url: str) -> None:
        self.raw = b""
        self.headers = httpx.Headers()
        self.ended = threading.Event()
        self._url = url
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()
        self.wait(lambda: bool(self.events))

    def _listen(self) -> None:
        accept = {"accept": "text/event-stream"}
        with httpx.Client(trust_env=False, timeout=20) as client:
            try:
                with client.stream("GET", self._url, headers=accept) as answer:
                    self.headers = answer.headers
                    for chunk in answer.iter_bytes():
                        self.raw += chunk
            finally:
                self.ended.set()

    @property
    def events(self) -> list[dict[str, str]]:
        """What came, each with its fields."""
        blocks = self.raw.decode().split("\n\n")[:-1]
        return [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]

    def wait(self, condition: Callable[[], bool]) -> None:
        """Waits until something came about."""
        until = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < until, self.raw
            time.sleep(0.01)

    def close(self) -> None:
        """Waits for the end, which somebody else brings about."""
        self._thread.join(timeout=10)
        assert not self._thread.is_alive()


@pytest.fixture
def playground() -> Iterator[Playground]:
    with Playground(webhook_secret=SECRET) as started:
        yield started


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def channel(playground: Playground, client: httpx.Client) -> str:
    """A new channel's address."""
    answer = client.head(f"{playground.url}/smee/new")
    assert answer.status_code == 307
    return answer.headers["location"]


@pytest.fixture
def ear(playground: Playground, channel: str) -> Iterator[Ear]:
    """Somebody who listens to the channel until the test ends."""
    made = Ear(channel)
    yield made
    playground.smee.cut()
    made.close()


def post(client: httpx.Client, channel: str, **changes: Any) -> httpx.Response:
    """Sends a webhook."""
    body = changes.pop("content", b'{"action":"opened"}')
    headers = {"content-type": "application/json", "x-github-delivery": GUID, **changes}
    return client.post(channel, content=body, headers=headers)


def test_each_channel_is_new(playground: Playground, client: httpx.Client, channel: str) -> None:
    again = client.get(f"{playground.url}/smee/new").headers["location"]
    assert again != channel
    assert channel.startswith(f"{playground.url}/smee/")
    assert "text/plain" in client.get(channel).headers["content-type"]


def test_a_webhook_is_passed_on(client: httpx.Client, channel: str, ear: Ear) -> None:
    answer = post(client, f"{channel}?a=1&b=2&b=3", **{"X-GitHub-Event": "issues"})
    assert (answer.status_code, answer.content) == (200, b"")
    ear.wait(lambda: len(ear.events) == 2)
    ready, message = ear.events
    assert ear.headers["content-type"] == "text/event-stream"
    assert ready == {"id": "0", "event": "ready", "data": "{}"}
    assert set(message) == {"id", "data"}
    found = json.loads(message["data"])
    assert found["body"] == {"action": "opened"}
    assert found["query"] == {"a": "1", "b": ["2", "3"]}
    assert abs(found["timestamp"] / 1000 - time.time()) < 60
    assert (found["x-github-event"], found["x-github-delivery"]) == ("issues", GUID)
    assert found["content-length"] == "19"
    assert found["host"] in channel


@pytest.mark.parametrize("title", ["plain", "Ünï 😀 <b>&</b>", "a\u2028b\u0085c", 'say "\\"\n'])
def test_a_signature_holds_for_what_is_written_anew(
    playground: Playground, channel: str, ear: Ear, title: str
) -> None:
    world = playground.world
    repository = world.create_repository("olivia", "loom")
    playground.install("olivia")
    playground.set_hook(channel)
    world.create_issue(world.person("olivia"), repository, title, title)
    assert playground.settle(10)
    assert [one.status for one in world.deliveries] == ["OK"]
    ear.wait(lambda: len(ear.events) == 2)
    found = json.loads(ear.events[1]["data"])
    assert found["body"]["issue"]["body"] == title
    # As JSON.stringify writes it.
    anew = json.dumps(found["body"], separators=(",", ":"), ensure_ascii=False)
    assert found["x-hub-signature-256"] == sign(SECRET, anew.encode())


def test_channels_are_apart_and_all_listeners_hear(
    playground: Playground, client: httpx.Client, channel: str, ear: Ear
) -> None:
    other = Ear(channel)
    deaf = Ear(f"{playground.url}/smee/another")
    post(client, channel)
    for one in (ear, other):
        one.wait(lambda one=one: len(one.events) == 2)  # type: ignore[misc]
    playground.smee.cut()
    other.close()
    deaf.close()
    assert len(deaf.events) == 1


def test_nothing_is_kept_for_later(client: httpx.Client, channel: str) -> None:
    assert post(client, channel).status_code == 200
    with client.stream("GET", channel, headers={"accept": "text/event-stream"}) as answer:
        first = next(answer.iter_bytes())
    assert first == b"id: 0\nevent: ready\ndata: {}\n\n"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"content": b"{"}, 400),
        ({"content": b"[]"}, 400),
        ({"content": b'{"a":"\\ud800"}'}, 400),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content": b'{"a":"' + b"a" * 1024 * 1024 + b'"}'}, 413),
        ({"x-github-delivery": "not-a-guid"}, 400),
        ({"x-hub-signature-256": "sha256=short"}, 400),
        ({"x-hub-signature-256": "sha256=" + "a" * 64}, 200),
    ],
)
def test_what_is_refused(
    client: httpx.Client, channel: str, changes: dict[str, Any], status: int
) -> None:
    assert post(client, channel, **changes).status_code == status


@pytest.mark.parametrize("name", ["a.b", "a" * 129, "a%20b"])
def test_a_channel_of_another_form(playground: Playground, client: httpx.Client, name: str) -> None:
    url = f"{playground.url}/smee/{name}"
    assert post(client, url).status_code == 400
    assert client.get(url, headers={"accept": "text/event-stream"}).status_code == 400


def test_pings_keep_a_stream_alive(channel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smee, "PING", 0.05)
    with httpx.Client(trust_env=False, timeout=10) as client:  # noqa: SIM117
        with client.stream("GET", channel, headers={"accept": "text/event-stream"}) as answer:
            raw = b""
            for chunk in answer.iter_bytes():
                raw += chunk
                if raw.count(b"event: ping\ndata: {}\n\n") == 2:
                    break
    assert raw.startswith(b"id: 0\nevent: ready")


def test_there_is_a_limit_to_listeners(
    client: httpx.Client, channel: str, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smee, "MOST_LISTENERS", 1)
    accept = {"accept": "text/event-stream"}
    assert client.get(channel, headers=accept).status_code == 503


def test_one_who_is_too_far_behind_is_cut_off() -> None:
    async def fall_behind() -> None:
        listener = smee.Listener("c")
        for _ in range(smee.MOST_WAITING):
            listener.tell("{}")
        assert listener.open
        listener.tell("{}")
        assert not listener.open
        assert (await listener.next(0)).count("data: ") == smee.MOST_WAITING

    asyncio.run(fall_behind())


def test_streams_end_with_the_playground(client: httpx.Client) -> None:
    with Playground() as started:
        ear = Ear(f"{started.url}/smee/channel")
    assert ear.ended.wait(5)
    ear.close()
