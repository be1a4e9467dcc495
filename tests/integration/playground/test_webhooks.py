"""Webhooks: signed, in order, logged, tried once."""

import hashlib
import hmac
import socket
from typing import Any

import pytest

from playground.server import Playground
from playground.values import Installation
from tests.integration.playground.receiver import Receiver

LOOM = "/repos/olivia/loom"


def settled(pg: Playground) -> None:
    """Waits until all was sent."""
    assert pg.settle(10)


def test_a_delivery_is_signed_over_its_bytes(
    ask: Any, pg: Playground, installation: Installation, hook: Receiver
) -> None:
    ask("POST", f"{LOOM}/issues", "pat", {"title": "Ünï", "body": "b"})
    settled(pg)
    (one,) = hook.received
    digest = hmac.new(pg.webhook_secret.encode(), one.body, hashlib.sha256).hexdigest()
    assert one.headers["x-hub-signature-256"] == f"sha256={digest}"
    assert one.headers["x-github-event"] == "issues"
    assert one.headers["content-type"] == "application/json"
    assert one.headers["user-agent"].startswith("GitHub-Hookshot/")
    assert one.payload["issue"]["title"] == "Ünï"
    assert one.payload["sender"]["login"] == "pat"
    assert one.payload["installation"]["id"] == installation.id


def test_each_event_is_told_in_order(
    ask: Any, pg: Playground, installation: Installation, bot: str, hook: Receiver
) -> None:
    world, olivia = pg.world, pg.world.person("olivia")
    issue = f"{LOOM}/issues/1"
    ask("POST", f"{LOOM}/issues", "pat", {"title": "T", "body": "one"})
    ask("PATCH", issue, "pat", {"body": "two"})
    made = ask("POST", f"{issue}/comments", bot, {"body": "b"}).json()
    comment = f"{LOOM}/issues/comments/{made['id']}"
    ask("POST", f"{comment}/reactions", "pat", {"content": "+1"})
    ask("PATCH", comment, "mia", {"body": "c"})
    ask("PATCH", comment, "mia", {"body": "c"})
    world.minimize(olivia, world.comments[made["id"]], "outdated")
    ask("DELETE", comment, "mia")
    ask("PATCH", issue, "pat", {"state": "closed"})
    body = {"message": "m", "content": "YQ=="}
    ask("PUT", f"{LOOM}/contents/a.txt", "walt", body)
    loom = world.find_repository("olivia", "loom")
    target = world.create_repository("olivia", "other")
    world.transfer_issue(olivia, world.issue(loom, 1), target)
    world.delete_issue(olivia, world.issue(target, 1))
    ask("PATCH", LOOM, "olivia", {"name": "warp", "private": True})
    settled(pg)
    assert hook.events == [
        "issues.opened", "issues.edited", "issue_comment.created", "issue_comment.edited",
        "issue_comment.deleted", "issues.closed", "push", "issues.transferred",
        "issues.opened",
        "issues.deleted", "repository.renamed", "repository.privatized",
    ]  # fmt: skip
    by = {one.event: one.payload for one in hook.received}
    assert by["issues.edited"]["changes"] == {"body": {"from": "one"}}
    assert by["issue_comment.created"]["sender"]["login"] == "treadle[bot]"
    assert by["issue_comment.edited"]["changes"] == {"body": {"from": "b"}}
    assert by["issue_comment.edited"]["comment"]["body"] == "c"
    assert by["push"]["ref"] == "refs/heads/main"
    assert by["push"]["head_commit"]["added"] == ["a.txt"]
    assert by["issues.transferred"]["changes"]["new_repository"]["name"] == "other"
    assert by["repository.renamed"]["changes"] == {"repository": {"name": {"from": "loom"}}}


def test_pull_requests_tell_too(pg: Playground, installation: Installation, hook: Receiver) -> None:
    world, walt = pg.world, pg.world.person("walt")
    loom = world.find_repository("olivia", "loom")
    world.commit_files(walt, loom, {"README.md": b"new\n"}, message="m", branch="fix")
    pull = world.create_pull(walt, loom, "P", head="fix")
    world.create_comment(walt, pull, "plain")
    sha = pull.pull.head_sha if pull.pull else ""
    world.create_review_comment(walt, pull, "on a line", path="README.md", commit_sha=sha, line=1)
    settled(pg)
    assert hook.events == [
        "push", "pull_request.opened", "issue_comment.created",
        "pull_request_review_comment.created",
    ]  # fmt: skip
    assert "pull_request" in hook.received[2].payload["issue"]
    assert hook.received[0].payload["created"] is True


def test_installations_tell_of_themselves(pg: Playground, hook: Receiver) -> None:
    world = pg.world
    world.ping()
    made = pg.install("olivia", ["loom"])
    world.choose_repositories(made.id, ["loom", "secret"])
    world.choose_repositories(made.id, ["secret"])
    world.suspend(made.id, by="olivia")
    world.unsuspend(made.id)
    world.uninstall(made.id)
    settled(pg)
    assert hook.events == [
        "ping", "installation.created", "installation_repositories.added",
        "installation_repositories.removed", "installation.suspend", "installation.unsuspend",
        "installation.deleted",
    ]  # fmt: skip
    created = hook.received[1].payload
    assert [r["full_name"] for r in created["repositories"]] == ["olivia/loom"]


def test_what_is_not_installed_is_not_told(ask: Any, pg: Playground, hook: Receiver) -> None:
    made = pg.install("olivia", ["secret"])
    ask("POST", f"{LOOM}/issues", "pat", {"title": "T"})
    pg.world.suspend(made.id, by="olivia")
    ask("POST", "/repos/olivia/secret/issues", "olivia", {"title": "T"})
    settled(pg)
    assert hook.events == ["installation.created", "installation.suspend"]


def test_the_log_and_another_try(
    ask: Any, pg: Playground, installation: Installation, app_jwt: str, hook: Receiver
) -> None:
    hook.status = 500
    ask("POST", f"{LOOM}/issues", "pat", {"title": "T"})
    settled(pg)
    (row,) = ask("GET", "/app/hook/deliveries", app_jwt).json()
    assert (row["status_code"], row["status"], row["event"], row["action"], row["redelivery"]) == (
        500, "Invalid HTTP Response: 500", "issues", "opened", False,
    )  # fmt: skip
    hook.status = 202
    path = f"/app/hook/deliveries/{row['id']}"
    full = ask("GET", path, app_jwt).json()
    assert full["request"]["payload"]["issue"]["title"] == "T"
    assert ask("POST", f"{path}/attempts", app_jwt).status_code == 202
    settled(pg)
    second, first = ask("GET", "/app/hook/deliveries", app_jwt).json()
    assert (second["guid"], second["redelivery"]) == (first["guid"], True)
    assert [one.guid for one in hook.received] == [row["guid"]] * 2
    page = ask("GET", "/app/hook/deliveries?per_page=1", app_jwt)
    assert [d["id"] for d in page.json()] == [second["id"]]
    rest = ask("GET", page.links["next"]["url"], app_jwt)
    assert [d["id"] for d in rest.json()] == [first["id"]]
    failed = ask("GET", "/app/hook/deliveries?status=failure", app_jwt).json()
    assert [d["id"] for d in failed] == [first["id"]]
    assert ask("GET", "/app/hook/deliveries/1", app_jwt).status_code == 404
    assert ask("GET", "/app/hook/deliveries").status_code == 401


def test_nobody_answers(ask: Any, pg: Playground, installation: Installation, app_jwt: str) -> None:
    with Receiver() as closed:
        url = closed.url
    set_to = ask("PATCH", "/app/hook/config", app_jwt, {"url": url}).json()
    assert set_to["url"] == url
    assert ask("GET", "/app/hook/config", app_jwt).json()["content_type"] == "json"
    ask("POST", f"{LOOM}/issues", "pat", {"title": "T"})
    settled(pg)
    (row,) = ask("GET", "/app/hook/deliveries", app_jwt).json()
    assert (row["status"], row["status_code"]) == ("failed to connect to host", 502)


@pytest.mark.parametrize("times", [1, 2])
def test_duplicates_share_a_guid(
    ask: Any, pg: Playground, installation: Installation, hook: Receiver, times: int
) -> None:
    pg.world.duplicate_deliveries = times
    for _ in range(2):
        ask("POST", f"{LOOM}/issues", "pat", {"title": "T"})
    settled(pg)
    guids = [one.guid for one in hook.received]
    assert (len(guids), len(set(guids))) == (2 + times, 2)


def test_a_hook_that_takes_too_long() -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    with silent, Playground(hook_timeout=0.1) as pg:
        pg.set_hook(f"http://127.0.0.1:{silent.getsockname()[1]}/")
        pg.install("olivia")
        settled(pg)
        (delivery,) = pg.world.deliveries
        assert (delivery.status, delivery.status_code) == ("timed out", 504)
