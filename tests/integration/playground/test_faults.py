"""Faults strike as armed; and what another process may steer."""

import time
from typing import Any

import httpx
import pytest

from playground.faults import Fault
from playground.server import Playground
from playground.values import Installation
from tests.integration.playground.receiver import Receiver

COMMENTS = "/repos/olivia/loom/issues/1/comments"


@pytest.fixture(autouse=True)
def thread(pg: Playground) -> None:
    """Issue 1."""
    world = pg.world
    world.create_issue(world.person("pat"), world.find_repository("olivia", "loom"), "T")


def bodies(pg: Playground) -> list[str]:
    """What was said."""
    return [comment.body for comment in pg.world.comments]


@pytest.mark.parametrize(
    ("fault", "status", "retry_after"),
    [
        (Fault(kind="status", status=502), 502, None),
        (Fault(kind="status", status=503), 503, None),
        (Fault(kind="secondary", retry_after=7), 403, "7"),
        (Fault(kind="limited", retry_after=9), 429, "9"),
    ],
)
def test_a_refusal_strikes_once_and_does_nothing(
    ask: Any, pg: Playground, fault: Fault, status: int, retry_after: str | None
) -> None:
    pg.world.faults.add(fault)
    refused = ask("POST", COMMENTS, "pat", {"body": "one"})
    assert (refused.status_code, refused.headers.get("retry-after")) == (status, retry_after)
    assert bodies(pg) == []
    assert ask("POST", COMMENTS, "pat", {"body": "two"}).status_code == 201
    assert bodies(pg) == ["two"]
    assert pg.world.faults.taken == [(fault, "POST", COMMENTS)]


@pytest.mark.parametrize(("kind", "said"), [("drop", []), ("drop_after", ["one"])])
def test_a_lost_connection(ask: Any, pg: Playground, kind: Any, said: list[str]) -> None:
    pg.world.faults.add(Fault(kind=kind, method="POST", path=r"/issues/\d+/comments$"))
    assert ask("GET", COMMENTS, "pat").status_code == 200
    with pytest.raises(httpx.RemoteProtocolError):
        ask("POST", COMMENTS, "pat", {"body": "one"})
    assert bodies(pg) == said
    assert ask("POST", COMMENTS, "pat", {"body": "two"}).status_code == 201


def test_a_delay(ask: Any, pg: Playground) -> None:
    pg.world.faults.add(Fault(kind="delay", seconds=0.2))
    began = time.monotonic()
    assert ask("GET", COMMENTS).status_code == 200
    assert time.monotonic() - began >= 0.2
    pg.world.faults.add(Fault(kind="delay", seconds=0.5))
    with pytest.raises(httpx.ReadTimeout):
        ask("GET", COMMENTS, timeout=0.05)


def test_graphql_and_tarballs_are_struck_too(ask: Any, pg: Playground) -> None:
    pg.world.faults.add(Fault(kind="status", path="^/graphql$", contains="viewer"))
    url = f"{pg.url}/api/graphql"
    assert ask("POST", url, "pat", {"query": "{ rateLimit { cost } }"}).status_code == 200
    assert ask("POST", url, "pat", {"query": "{ viewer { login } }"}).status_code == 502
    pg.world.faults.add(Fault(kind="status", path="^/_codeload/"))
    place = ask("GET", "/repos/olivia/loom/tarball/main").headers["location"]
    assert ask("GET", place).status_code == 502
    assert ask("GET", place).status_code == 200


def test_faults_from_another_process(ask: Any, pg: Playground) -> None:
    place = f"{pg.url}/_playground/faults"
    assert ask("POST", place, None, {"kind": "status", "times": 2}).status_code == 200
    assert ask("GET", COMMENTS).status_code == 502
    assert ask("GET", place).json() == [{"kind": "status", "method": "GET", "path": COMMENTS}]
    ask("DELETE", place)
    assert ask("GET", COMMENTS).status_code == 200
    assert ask("POST", place, None, {"kind": "status", "when": "now"}).status_code == 422
    assert ask("POST", place, None, {"kind": "status", "path": "("}).status_code == 422


def test_the_state_from_another_process(
    ask: Any, pg: Playground, bot: str, installation: Installation
) -> None:
    made = ask("POST", COMMENTS, bot, {"body": "b"}).json()
    ask("POST", f"/repos/olivia/loom/issues/comments/{made['id']}/reactions", "pat",
        {"content": "+1"})  # fmt: skip
    state = ask("GET", f"{pg.url}/_playground/state").json()
    (comment,) = state["comments"]
    assert (comment["author"], comment["body"], comment["number"]) == ("treadle[bot]", "b", 1)
    assert comment["reactions"] == [{"user": "pat", "content": "+1"}]
    assert state["issues"][0]["title"] == "T"


def test_steering_from_another_process(ask: Any, pg: Playground, hook: Receiver) -> None:
    def steer(path: str, **body: Any) -> Any:
        reply = ask("POST", f"{pg.url}/_playground/{path}", None, body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    assert steer("users", login="zoe")["token"] == "ghp_zoe"
    steer("repositories", full_name="zoe/cloth", files={"README.md": "# Cloth\n"})
    steer("install", owner="zoe")
    steer("roles", repository="zoe/cloth", login="pat", role="write")
    found = ask("GET", "/repos/zoe/cloth/collaborators/pat/permission", "zoe").json()
    assert found["role_name"] == "write"
    assert ask("GET", f"{pg.url}/_playground/app").json()["id"] == pg.app_id
    before = pg.world.clock.now()
    steer("clock", advance=3600)
    assert (pg.world.clock.now() - before).total_seconds() >= 3600
    steer("ping")
    steer("duplicate", times=1)
    ask("POST", "/repos/zoe/cloth/issues", "pat", {"title": "T"})
    assert pg.settle(10)
    assert hook.events == [
        "installation.created", "member.added", "ping", "issues.opened", "issues.opened",
    ]  # fmt: skip
    deliveries = ask("GET", f"{pg.url}/_playground/deliveries").json()
    assert deliveries[-1]["guid"] == deliveries[-2]["guid"]
    steer(f"redeliver/{deliveries[0]['guid']}")
    assert pg.settle(10)
    assert hook.received[-1].guid == hook.received[0].guid
    steer("hook", url=None)
    assert pg.world.app.hook_url is None


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("roles", {"repository": "olivia/loom", "login": "pat", "role": "king"}),
        ("users", {"login": "../x"}),
        ("repositories", {"full_name": "olivia/loom"}),
        ("repositories", {"full_name": "olivia/new", "files": {"a": 1}}),
        ("clock", {}),
        ("clock", {"advance": -5}),
    ],
)
def test_steering_wrongly(ask: Any, pg: Playground, path: str, body: dict[str, Any]) -> None:
    assert ask("POST", f"{pg.url}/_playground/{path}", None, body).status_code == 422


def test_a_page_cannot_steer(ask: Any, pg: Playground) -> None:
    for headers in ({"origin": "http://evil.example"}, {"host": "evil.example"}):
        reply = ask("POST", f"{pg.url}/_playground/ping", None, {}, headers=headers)
        assert reply.status_code == 403


def test_a_renamed_repository_is_found_again(ask: Any, pg: Playground) -> None:
    ask("PATCH", "/repos/olivia/loom", "olivia", {"name": "warp"})
    moved = ask("GET", "/repos/olivia/loom/issues?state=all", "pat")
    assert moved.status_code == 301
    assert [i["title"] for i in ask("GET", moved.headers["location"], "pat").json()] == ["T"]
    posted = ask("POST", COMMENTS, "pat", {"body": "b"}, follow_redirects=True)
    assert posted.status_code == 201
    assert ask("GET", "/repositories/1/issues").status_code == 404
