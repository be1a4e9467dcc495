"""`app.yml` asks for just the permissions and events that are used."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.errors import TreadleError
from app.github.errors_of import BadRequest
from app.webhooks.events import AUTOMATIC, SUBSCRIBED
from tests.unit.github.hub import COMMENT, ISSUE, NOW, REPOSITORY, Hub, answer, client

MANIFEST: dict[str, Any] = yaml.safe_load((Path(__file__).parents[3] / "app.yml").read_text())
SHA = "0" * 40

# What GitHub documents for each endpoint; an issue's also work on pull requests with theirs.
# https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
NEEDED = {
    r"GET /app(/hook/deliveries)?": set(),
    r"POST /app/hook/deliveries/[0-9]+/attempts": set(),
    r"GET /repos/[^/]+/[^/]+/installation": set(),
    r"GET /repos/[^/]+/[^/]+": {("metadata", "read")},
    r"GET /repos/[^/]+/[^/]+/collaborators/[^/]+/permission": {("metadata", "read")},
    r"GET /repos/[^/]+/[^/]+/issues/.*": {("issues", "read"), ("pull_requests", "read")},
    r"POST /repos/[^/]+/[^/]+/issues/.*": {("issues", "write"), ("pull_requests", "write")},
    r"GET /repos/[^/]+/[^/]+/(contents|commits|tarball)/.*": {("contents", "read")},
    r"POST /graphql": {("issues", "read"), ("pull_requests", "read")},
}


@pytest.fixture(scope="module")
def sent() -> list[str]:
    """Every request that the port can make."""
    hub = Hub(
        {
            "GET /app": answer({"id": 1, "slug": "treadle"}),
            "GET /repos/octo/loom/installation": answer({"id": 99}),
            "GET /repos/octo/loom/issues/12": answer(ISSUE),
            "GET /repos/octo/loom/issues/12/comments": answer([]),
            "POST /repos/octo/loom/issues/12/comments": answer(COMMENT),
            "POST /repos/octo/loom/issues/comments/1/reactions": answer({}),
        }
    )
    github = client(hub)

    def archive() -> None:
        with github.tarball(REPOSITORY, SHA):
            pass

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
