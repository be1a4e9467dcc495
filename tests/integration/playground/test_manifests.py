"""Apps made from manifests over HTTP: their keys, and what each App is told and may see."""

import json
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from playground.apps import Keys
from playground.server import Playground
from playground.webhooks import sign
from tests.integration.playground.receiver import Receiver

MANIFEST = {
    "name": "Weft",
    "url": "http://127.0.0.1:8080",
    "redirect_url": "http://127.0.0.1:8080/back",
    "description": "Answers",
    "default_permissions": {"issues": "write", "contents": "read"},
    "default_events": ["issue_comment", "issues"],
}


def accept(pg: Playground, *, login: str = "olivia", name: str = "Weft", **changes: Any) -> str:
    """Says yes to a manifest as somebody; returns the code."""
    text = json.dumps({**MANIFEST, **changes})
    key = pg.world.offer_manifest(text, state=None, organization=None)
    return pg.world.accept_manifest(pg.world.account(login), key, name)


def app_token(keys: Keys) -> str:
    """A JWT signed with the key that was handed out."""
    now = int(time.time())
    claims = {"iat": now - 60, "exp": now + 300, "iss": str(keys.app.id)}
    return jwt.encode(claims, keys.private_key_pem, algorithm="RS256")


@pytest.fixture
def second(pg: Playground) -> Iterator[tuple[Keys, Receiver]]:
    """Another App beside the playground's own, with a hook of its own."""
    with Receiver() as receiver:
        code = accept(pg, hook_attributes={"url": receiver.url})
        yield pg.world.convert_code(code), receiver


def test_a_code_becomes_keys_once(ask: Any, pg: Playground) -> None:
    code = accept(pg, hook_attributes={"url": "http://127.0.0.1:9/"})
    made = ask("POST", f"/app-manifests/{code}/conversions")
    assert made.status_code == 201
    found = made.json()
    assert (found["slug"], found["name"], found["description"]) == ("weft", "Weft", "Answers")
    assert found["owner"]["login"] == "olivia"
    assert found["external_url"] == "http://127.0.0.1:8080"
    assert found["permissions"] == {"contents": "read", "issues": "write", "metadata": "read"}
    assert found["events"] == ["issue_comment", "issues"]
    assert len(found["client_secret"]) == len(found["webhook_secret"]) == 40
    assert "installations_count" not in found
    now = int(time.time())
    for issuer in (str(found["id"]), found["client_id"]):
        claims = {"iat": now - 60, "exp": now + 300, "iss": issuer}
        token = jwt.encode(claims, found["pem"], algorithm="RS256")
        assert ask("GET", "/app", token).json()["id"] == found["id"]
    assert ask("POST", f"/app-manifests/{code}/conversions").status_code == 404


def test_a_code_is_good_for_an_hour(ask: Any, pg: Playground) -> None:
    late, in_time = accept(pg), accept(pg, name="Warp")
    pg.world.clock.advance(3599)
    assert ask("POST", f"/app-manifests/{in_time}/conversions").status_code == 201
    pg.world.clock.advance(1)
    assert ask("POST", f"/app-manifests/{late}/conversions").status_code == 404
    assert ask("POST", "/app-manifests/nonsense/conversions").status_code == 404


def test_without_a_hook_there_is_no_secret(ask: Any, pg: Playground) -> None:
    made = ask("POST", f"/app-manifests/{accept(pg)}/conversions").json()
    assert made["webhook_secret"] is None
    assert list(pg.world.deliveries) == []


def test_an_app_without_keys_is_nobody(ask: Any, pg: Playground) -> None:
    accept(pg)
    app = list(pg.world.apps)[-1]
    now = int(time.time())
    claims = {"iat": now - 60, "exp": now + 300, "iss": str(app.id)}
    token = jwt.encode(claims, pg.private_key_pem, algorithm="RS256")
    assert ask("GET", "/app", token).status_code == 401


def test_each_app_is_told_its_own(
    ask: Any, pg: Playground, hook: Receiver, second: tuple[Keys, Receiver]
) -> None:
    keys, receiver = second
    world = pg.world
    pg.install("olivia", ["loom"])
    made = world.install("olivia", slug="weft")
    ask("POST", "/repos/olivia/loom/issues", "pat", {"title": "T"})
    ask("POST", "/repos/olivia/secret/issues", "olivia", {"title": "T"})
    # Only the first App asked for pushes.
    world.put_file(
        world.person("walt"), world.find_repository("olivia", "loom"), "a.txt", b"a", message="m"
    )
    world.suspend(made.id, by="olivia")
    ask("POST", "/repos/olivia/loom/issues", "pat", {"title": "T"})
    assert pg.settle(10)
    assert hook.events == [
        "installation.created", "issues.opened", "push", "issues.opened",
    ]  # fmt: skip
    assert receiver.events == [
        "ping", "installation.created", "issues.opened", "issues.opened", "installation.suspend",
    ]  # fmt: skip
    secrets = {pg.app_id: pg.webhook_secret, keys.app.id: keys.app.webhook_secret}
    for app_id, heard in ((pg.app_id, hook), (keys.app.id, receiver)):
        for one in heard.received:
            assert one.headers["x-hub-signature-256"] == sign(secrets[app_id], one.body)
            assert one.headers["x-github-hook-installation-target-id"] == str(app_id)
    installations = {one.payload["installation"]["id"] for one in receiver.received[1:]}
    assert installations == {made.id}


def test_each_app_sees_its_own(
    ask: Any, pg: Playground, app_jwt: str, hook: Receiver, second: tuple[Keys, Receiver]
) -> None:
    token = app_token(second[0])
    first = pg.install("olivia")
    other = pg.world.install("olivia", slug="weft")
    assert pg.settle(10)
    for who, installation, events in (
        (app_jwt, first, ["installation"]), (token, other, ["installation", "ping"]),
    ):  # fmt: skip
        rows = ask("GET", "/app/hook/deliveries", who).json()
        assert [row["event"] for row in rows] == events
        assert rows[0]["installation_id"] == installation.id
        assert [one["id"] for one in ask("GET", "/app/installations", who).json()] == [
            installation.id
        ]
    mine = ask("GET", "/app/hook/deliveries", app_jwt).json()[0]["id"]
    for path in (f"/app/hook/deliveries/{mine}", f"/app/installations/{first.id}"):
        assert ask("GET", path, token).status_code == 404
    assert ask("POST", f"/app/hook/deliveries/{mine}/attempts", token).status_code == 404
    assert ask("POST", f"/app/installations/{first.id}/access_tokens", token).status_code == 404
    assert ask("GET", f"/app/hook/deliveries/{mine}", app_jwt).json()["url"] == hook.url


def test_each_app_has_a_hook_of_its_own(
    ask: Any, pg: Playground, app_jwt: str, hook: Receiver, second: tuple[Keys, Receiver]
) -> None:
    token = app_token(second[0])
    body = {"url": "http://127.0.0.1:9/new", "secret": "other"}
    assert ask("PATCH", "/app/hook/config", token, body).json()["url"] == body["url"]
    assert ask("GET", "/app/hook/config", app_jwt).json()["url"] == hook.url
    apps = {app.slug: app for app in pg.world.apps}
    assert apps["weft"].webhook_secret == "other"
    assert apps["treadle"].webhook_secret == pg.webhook_secret
    assert ask("PATCH", "/app/hook/config", token, {"url": "nowhere"}).status_code == 422


def test_each_app_writes_as_its_own_bot(
    ask: Any, pg: Playground, bot: str, second: tuple[Keys, Receiver]
) -> None:
    made = pg.world.install("olivia", slug="weft", repositories=["loom"])
    token = pg.world.create_installation_token(made.id).value
    ask("POST", "/repos/olivia/loom/issues", "pat", {"title": "T"})
    path = "/repos/olivia/loom/issues/1/comments"
    logins = [ask("POST", path, who, {"body": "b"}).json()["user"]["login"] for who in (bot, token)]
    assert logins == ["treadle[bot]", "weft[bot]"]
    app = ask("GET", path).json()[1]["performed_via_github_app"]
    assert (app["slug"], app["owner"]["login"]) == ("weft", "olivia")


def test_a_hook_that_is_not_active_is_told_nothing(pg: Playground) -> None:
    with Receiver() as receiver:
        accept(pg, hook_attributes={"url": receiver.url, "active": False})
        pg.world.install("olivia", slug="weft")
        assert pg.settle(10)
        assert receiver.events == []


def test_from_another_process(ask: Any, pg: Playground, second: tuple[Keys, Receiver]) -> None:
    def steer(method: str, name: str, body: Any = None) -> Any:
        answer = ask(method, f"{pg.url}/_playground/{name}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert steer("GET", "app?slug=weft")["id"] == second[0].app.id
    assert steer("GET", "app")["id"] == pg.app_id
    steer("POST", "hook", {"url": "http://127.0.0.1:9/", "slug": "weft"})
    steer("POST", "install", {"owner": "olivia", "slug": "weft"})
    steer("POST", "ping", {"slug": "weft"})
    assert pg.settle(10)
    found = [(d["app_id"], d["event"]) for d in steer("GET", "deliveries")]
    mine = second[0].app.id
    assert found == [(mine, "ping"), (mine, "installation"), (mine, "ping")]
    wrong = ask("POST", f"{pg.url}/_playground/hook", json={"slug": "none"})
    assert wrong.status_code == 404


def test_a_playground_without_an_app() -> None:
    with Playground(slug=None) as pg:
        assert list(pg.world.apps) == []
        accept(pg, name="Treadle")
        assert pg.app_id == pg.world.app.id
        assert pg.install("olivia").app_id == pg.app_id
