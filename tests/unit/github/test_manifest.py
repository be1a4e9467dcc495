"""`app.yml` asks for just what is used; an App is made of it, and its keys are fetched once."""

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from app.domain.history import FileAt
from app.errors import TransientError, TreadleError, UserError
from app.github.errors_of import BadRequest
from app.github.manifest import (
    Registered,
    Registration,
    convert,
    is_code,
    is_login,
    manifest,
    registration_page,
    wanted,
)
from app.ports.github import History
from app.webhooks.events import AUTOMATIC, SUBSCRIBED
from tests.unit.github.hub import COMMENT, ISSUE, NOW, REPOSITORY, Hub, answer, client

ROOT = Path(__file__).parents[3]
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "app.yml").read_text())
SHA = "0" * 40
BLOB = {"path": "a", "mode": "100644", "type": "blob", "sha": "b"}

# What GitHub documents for each endpoint; an issue's also work on pull requests with theirs.
# https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
NEEDED = {
    r"GET /app(/hook/deliveries)?": set(),
    r"POST /app/hook/deliveries/[0-9]+/attempts": set(),
    r"GET /repos/[^/]+/[^/]+/installation": set(),
    r"GET /repos/[^/]+/[^/]+": {("metadata", "read")},
    r"GET /repos/[^/]+/[^/]+/collaborators/[^/]+/permission": {("metadata", "read")},
    r"GET /repos/[^/]+/[^/]+/issues/.*": {("issues", "read"), ("pull_requests", "read")},
    r"(POST|PATCH) /repos/[^/]+/[^/]+/issues(/\d+)?": {("issues", "write")},
    r"GET /repos/[^/]+/[^/]+/issues": {("issues", "read")},
    r"POST /repos/[^/]+/[^/]+/issues/.*": {("issues", "write"), ("pull_requests", "write")},
    r"GET /repos/[^/]+/[^/]+/(contents|commits|tarball|branches|git)/.*": {("contents", "read")},
    r"POST /graphql": {("issues", "read"), ("pull_requests", "read")},
}


def _read_past(past: History) -> None:
    """Reads all that was said before, each way going on where the one before it failed."""
    for call in (
        lambda: past.comments(None),
        lambda: past.questions([(12, "a")]),
        lambda: past.files([FileAt(path="a", commit=SHA)]),
    ):
        with suppress(TreadleError, BadRequest):
            call()


@pytest.fixture(scope="module")
def sent() -> list[str]:
    """Every request that the port can make."""
    hub = Hub(
        {
            "GET /app": answer({"id": 1, "slug": "treadle"}),
            "GET /repos/octo/loom/installation": answer({"id": 99}),
            "GET /repos/octo/loom/issues/12": answer(ISSUE),
            "GET /repos/octo/loom/issues/12/comments": answer([]),
            "GET /repos/octo/loom/issues/comments/1": answer(COMMENT),
            "GET /repos/octo/loom/git/commits/" + SHA: answer({"tree": {"sha": "t"}}),
            "GET /repos/octo/loom/git/trees/t": answer({"tree": [BLOB]}),
            "POST /repos/octo/loom/issues/12/comments": answer(COMMENT),
            "POST /repos/octo/loom/issues/comments/1/reactions": answer({}),
        }
    )
    github = client(hub)

    def archive() -> None:
        with github.tarball(REPOSITORY, SHA) as chunks:
            list(chunks)

    calls: dict[str, Any] = {
        "login": lambda: github.login,
        "repository": lambda: github.repository("octo", "loom"),
        "deliveries": lambda: list(github.deliveries(NOW)),
        "redeliver": lambda: github.redeliver(12),
        "comment": lambda: github.comment(REPOSITORY, 1),
        "thread": lambda: github.thread(REPOSITORY, 12),
        "permission": lambda: github.permission(REPOSITORY, "mona"),
        "react": lambda: github.react(REPOSITORY, 1, "eyes"),
        "post": lambda: github.post(REPOSITORY, 12, "Hello"),
        "file": lambda: github.file(REPOSITORY, "a"),
        "organisation_file": lambda: github.organisation_file(REPOSITORY, "a"),
        "head": lambda: github.head(REPOSITORY),
        "tarball": archive,
        "snapshots": lambda: github.snapshots(REPOSITORY, ["a"]),
        "snapshot": lambda: github.snapshot(REPOSITORY, 1, "a"),
        "issue": lambda: github.issue(REPOSITORY, "a"),
        "open_issue": lambda: github.open_issue(REPOSITORY, "Title", "Body"),
        "write_issue": lambda: github.write_issue(REPOSITORY, 12, "Body"),
        "own_issues": lambda: github.own_issues(REPOSITORY),
        "history": lambda: _read_past(github.history(REPOSITORY)),
    }
    public = {name for name in dir(type(github)) if not name.startswith("_")}
    assert set(calls) == public - {"app_id", "close"}
    for call in calls.values():
        try:
            call()
        except (TreadleError, BadRequest):
            continue  # what was asked for is known, and that is all that counts here
    return hub.sent


def test_permissions_are_those_of_the_endpoints_in_use(sent: list[str]) -> None:
    needed: dict[str, str] = {}
    for request in sent:
        places = [pairs for place, pairs in NEEDED.items() if re.fullmatch(place, request)]
        assert places, f"{request} is not in the table"
        for name, level in places[0]:
            if needed.get(name) != "write":
                needed[name] = level
    assert needed == MANIFEST["default_permissions"]


def test_events_are_those_that_are_read() -> None:
    assert sorted(MANIFEST["default_events"]) == sorted(SUBSCRIBED)
    assert not set(MANIFEST["default_events"]) & set(AUTOMATIC)


def test_the_app_is_private_and_its_webhook_active() -> None:
    assert MANIFEST["public"] is False
    assert MANIFEST["hook_attributes"]["active"] is True
    assert MANIFEST["hook_attributes"]["url"].endswith("/webhooks")
    assert MANIFEST["hook_attributes"]["url"].startswith(MANIFEST["url"])


def test_the_packaged_copy_is_the_file() -> None:
    assert (ROOT / "app/github/app.yml").read_bytes() == (ROOT / "app.yml").read_bytes()


def test_a_manifest_asks_for_what_the_file_says() -> None:
    registration = Registration(
        name="A name of more than thirty-four characters",
        homepage="https://bot.example",
        webhook="https://bot.example/webhooks",
        back="http://127.0.0.1:8081/setup/created",
    )
    made = manifest(registration)
    assert made["default_permissions"] == wanted().permissions == MANIFEST["default_permissions"]
    assert made["default_events"] == list(wanted().events) == MANIFEST["default_events"]
    assert made["public"] is False
    assert made["hook_attributes"] == {"url": "https://bot.example/webhooks", "active": True}
    assert made["redirect_url"] == "http://127.0.0.1:8081/setup/created"
    assert made["url"] == "https://bot.example"
    assert len(made["name"]) == 34
    assert set(made) == {*MANIFEST, "redirect_url"}


@pytest.mark.parametrize(
    ("name", "can"),
    [
        ("a", True),
        ("octo-cat", True),
        ("a1-b2-c3", True),
        ("a" * 39, True),
        ("a" * 40, False),
        ("", False),
        ("-a", False),
        ("a-", False),
        ("a--b", False),
        ("a_b", False),
        ("a/b", False),
        ("a b", False),
        ("ä", False),
        ("a\n", False),
    ],
)
def test_names_of_accounts(name: str, can: bool) -> None:
    assert is_login(name) is can


@pytest.mark.parametrize(
    ("code", "can"), [("a180b1a3d2", True), ("", False), ("a/b", False), ("a" * 201, False)]
)
def test_codes(code: str, can: bool) -> None:
    assert is_code(code) is can


def test_where_a_manifest_is_posted_to() -> None:
    assert registration_page("https://github.com") == "https://github.com/settings/apps/new"
    assert (
        registration_page("https://git.example", "acme")
        == "https://git.example/organizations/acme/settings/apps/new"
    )


APP = {
    "id": 7,
    "slug": "treadle-acme",
    "name": "Treadle acme",
    "html_url": "https://github.com/apps/treadle-acme",
    "pem": "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\n",
    "webhook_secret": "a-secret",
    "client_secret": "not-kept",
    "owner": {"login": "acme", "id": 1},
}


def converted(status: int, content: Any) -> Registered:
    """What comes of an answer of GitHub's."""
    asked: list[httpx.Request] = []

    def answered(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(status, json=content)

    try:
        return convert(
            "https://git.example/api/v3/",
            "c0de",
            timeout=5,
            transport=httpx.MockTransport(answered),
        )
    finally:
        (request,) = asked
        assert request.method == "POST"
        assert request.url == "https://git.example/api/v3/app-manifests/c0de/conversions"
        assert "authorization" not in request.headers


def test_a_code_becomes_keys_that_are_not_shown() -> None:
    found = converted(201, APP)
    assert (found.id, found.pem, found.webhook_secret) == (7, APP["pem"], "a-secret")
    assert "MII" not in repr(found)
    assert "a-secret" not in repr(found)
    assert "not-kept" not in found.model_dump_json()


@pytest.mark.parametrize(
    ("status", "content", "error", "words"),
    [
        (404, {"message": "Not Found"}, UserError, "for an hour"),
        (422, {"message": "Validation failed"}, UserError, "begin again"),
        (500, {}, TransientError, "status 500"),
        (302, {}, TransientError, "status 302"),
        (201, {**APP, "pem": "MII-and-no-PEM"}, TransientError, "not as documented"),
        (201, {**APP, "webhook_secret": None}, TransientError, "not as documented"),
        (201, [], TransientError, "not as documented"),
    ],
)
def test_what_goes_wrong_is_told(
    status: int, content: Any, error: type[TreadleError], words: str
) -> None:
    with pytest.raises(error, match=words) as caught:
        converted(status, content)
    assert "MII" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_github_out_of_reach_is_told() -> None:
    def refused(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    with pytest.raises(TransientError, match="cannot be reached"):
        convert("https://git.example", "c", timeout=5, transport=httpx.MockTransport(refused))
