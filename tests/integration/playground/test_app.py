"""The App: its JWT, installations, tokens and what these may do."""

import time
from typing import Any

import jwt
import pytest

from playground.keys import new_private_key
from playground.server import Playground
from playground.values import Installation
from tests.integration.playground.conftest import make_jwt

LOOM = "/repos/olivia/loom"


def test_the_app_knows_itself(ask: Any, pg: Playground, app_jwt: str) -> None:
    app = ask("GET", "/app", app_jwt).json()
    assert (app["id"], app["slug"], app["installations_count"]) == (pg.app_id, "treadle", 0)
    by_client_id = make_jwt(pg, iss=pg.client_id)
    assert ask("GET", "/app", by_client_id).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"exp": -1}, 401, "'Expiration time' claim ('exp') must be a numeric value"),
        ({"exp": 660}, 401, "'Expiration time' claim ('exp') is too far in the future"),
        ({"exp": None}, 401, "'Expiration time' claim ('exp') must be a numeric value"),
        ({"iat": 120}, 401, "'Issued at' claim ('iat') must be an Integer"),
        ({"iat": None}, 401, "'Issued at' claim ('iat') must be an Integer"),
        ({"iss": "77"}, 404, "Integration not found"),
    ],
)
def test_a_jwt_out_of_its_bounds(
    ask: Any, pg: Playground, changes: dict[str, Any], status: int, message: str
) -> None:
    now = int(time.time())
    claims = {k: now + v if isinstance(v, int) else v for k, v in changes.items()}
    reply = ask("GET", "/app", make_jwt(pg, **claims))
    assert reply.status_code == status
    assert reply.json()["message"].startswith(message)


def test_a_jwt_that_is_forged(ask: Any, pg: Playground, app_jwt: str, bot: str) -> None:
    now = int(time.time())
    claims = {"iat": now, "exp": now + 60, "iss": str(pg.app_id)}
    forged = jwt.encode(claims, new_private_key(), algorithm="RS256")
    unsigned = jwt.encode(claims, None, algorithm="none")
    for token in (forged, unsigned, "a.b.c", bot):
        reply = ask("GET", "/app", token)
        assert reply.status_code == 401
        assert reply.json()["message"] == "A JSON web token could not be decoded"
    assert ask("GET", "/user", app_jwt).status_code == 401


def test_installations_are_found(ask: Any, app_jwt: str, installation: Installation) -> None:
    (found,) = ask("GET", "/app/installations", app_jwt).json()
    assert (found["id"], found["account"]["login"]) == (installation.id, "olivia")
    path = f"/app/installations/{installation.id}"
    assert ask("GET", path, app_jwt).json() == found
    assert ask("GET", f"{LOOM}/installation", app_jwt).json() == found
    assert ask("GET", "/app/installations/1", app_jwt).status_code == 404
    assert ask("GET", path).status_code == 401


def test_a_token_lives_one_hour(
    ask: Any, pg: Playground, app_jwt: str, installation: Installation
) -> None:
    path = f"/app/installations/{installation.id}/access_tokens"
    made = ask("POST", path, app_jwt)
    assert made.status_code == 201
    token = made.json()["token"]
    assert token.startswith("ghs_")
    listed = ask("GET", "/installation/repositories", token).json()
    assert [r["full_name"] for r in listed["repositories"]] == ["olivia/loom", "olivia/secret"]
    pg.world.clock.advance(3590)
    assert ask("GET", LOOM, token).status_code == 200
    pg.world.clock.advance(20)
    assert ask("GET", LOOM, token).status_code == 401


def test_a_token_may_be_narrowed(
    ask: Any, pg: Playground, app_jwt: str, installation: Installation
) -> None:
    path = f"/app/installations/{installation.id}/access_tokens"
    body = {"permissions": {"issues": "read"}, "repositories": ["loom"]}
    made = ask("POST", path, app_jwt, body).json()
    assert made["permissions"] == {"metadata": "read", "issues": "read"}
    assert [r["name"] for r in made["repositories"]] == ["loom"]
    token = made["token"]
    assert ask("GET", "/repos/olivia/secret", token).status_code == 404
    assert ask("GET", f"{LOOM}/issues", token).status_code == 200
    refused = ask("POST", f"{LOOM}/issues", token, {"title": "T"})
    assert refused.status_code == 403
    assert refused.json()["message"] == "Resource not accessible by integration"
    assert ask("GET", f"{LOOM}/contents/README.md", token).status_code == 403
    for wrong in (
        {"permissions": {"contents": "write"}},
        {"permissions": {"members": "read"}},
        {"repositories": ["nope"]},
        {"repositories": "loom"},
        {"repositories": [{}]},
        {"repository_ids": ["1"]},
        {"permissions": []},
        {"permissions": {"issues": []}},
    ):
        assert ask("POST", path, app_jwt, wrong).status_code == 422


def test_the_app_writes_as_its_bot(ask: Any, pg: Playground, bot: str) -> None:
    ask("POST", f"{LOOM}/issues", "pat", {"title": "T"})
    made = ask("POST", f"{LOOM}/issues/1/comments", bot, {"body": "b"}).json()
    assert (made["user"]["login"], made["user"]["type"]) == ("treadle[bot]", "Bot")
    assert made["performed_via_github_app"]["id"] == pg.app_id
    by_pat = ask("POST", f"{LOOM}/issues/1/comments", "pat", {"body": "b"}).json()
    assert by_pat["performed_via_github_app"] is None
    body = {"message": "m", "content": "YQ=="}
    assert ask("PUT", f"{LOOM}/contents/a.txt", bot, body).status_code == 403
    assert ask("GET", "/user", bot).status_code == 403
    assert ask("GET", "/users/treadle[bot]").json()["type"] == "Bot"


def test_a_suspended_installation_is_of_no_use(
    ask: Any, pg: Playground, app_jwt: str, installation: Installation, bot: str
) -> None:
    path = f"/app/installations/{installation.id}"
    pg.world.suspend(installation.id, by="olivia")
    assert ask("GET", LOOM, bot).status_code == 403
    refused = ask("POST", f"{path}/access_tokens", app_jwt)
    assert (refused.status_code, refused.json()["message"]) == (
        403, "This installation has been suspended",
    )  # fmt: skip
    assert ask("GET", path, app_jwt).json()["suspended_by"]["login"] == "olivia"
    pg.world.unsuspend(installation.id)
    assert ask("GET", LOOM, bot).status_code == 200
    assert ask("DELETE", path, app_jwt).status_code == 204
    assert ask("GET", LOOM, bot).status_code == 401
    assert ask("POST", f"{path}/access_tokens", app_jwt).status_code == 404
    assert ask("GET", f"{LOOM}/installation", app_jwt).status_code == 404


def test_an_installation_on_some_repositories(ask: Any, pg: Playground, app_jwt: str) -> None:
    made = pg.install("olivia", ["secret"])
    token = pg.world.create_installation_token(made.id).value
    listed = ask("GET", "/installation/repositories", token).json()
    assert [r["name"] for r in listed["repositories"]] == ["secret"]
    assert ask("GET", LOOM, token).status_code == 200
    assert ask("POST", f"{LOOM}/issues", token, {"title": "T"}).status_code == 403
    assert ask("GET", f"{LOOM}/installation", app_jwt).status_code == 404


def test_organisations_have_owners(ask: Any, pg: Playground, app_jwt: str) -> None:
    world = pg.world
    world.create_organization("weavers", owners=("mia",))
    world.create_repository("weavers", ".github", files={"treadle.yml": b"a: 1\n"})
    pg.install("weavers")
    found = ask("GET", "/repos/weavers/.github", "mia").json()
    assert (found["owner"]["type"], found["organization"]["login"]) == ("Organization", "weavers")
    assert found["permissions"]["admin"] is True
    listed = ask("GET", "/app/installations", app_jwt).json()
    assert [i["target_type"] for i in listed] == ["Organization"]
