"""Webhooks from the playground over HTTP into the route: what is kept of each, and what is not."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

import pytest
import uvicorn
from fastapi import FastAPI

from app.domain import Delivery
from app.webhooks.commands import command_key
from app.webhooks.route import routes
from tests.integration.github.conftest import Scene

QUESTION = command_key("ask", "why?")


@dataclass
class Gate:
    """The route on a port of its own, with what it kept; told of since the last look."""

    scene: Scene
    kept: list[Delivery] = field(default_factory=list)
    seen: int = 0

    def accept(self, delivery: Delivery) -> bool:
        known = any(one.guid == delivery.guid for one in self.kept)
        self.kept.append(delivery)
        return not known

    def ready(self) -> bool:
        return True

    def answers(self) -> list[tuple[str, str]]:
        """Event and outcome of each delivery since the last look: a reason, or the status."""
        assert self.scene.playground.settle()
        sent = list(self.scene.world.deliveries)[self.seen :]
        self.seen += len(sent)
        found = []
        for one in sent:
            assert one.status_code == 202, one.response_body
            body = json.loads(one.response_body)
            found.append((one.event, body.get("reason", body["status"])))
        return found


@pytest.fixture
def gate(scene: Scene) -> Iterator[Gate]:
    made = Gate(scene)
    app = FastAPI()
    app.include_router(
        routes(
            secret=scene.playground.webhook_secret.encode(),
            app_id=scene.playground.app_id,
            inbox=made,
            max_body_bytes=1024 * 1024,
        )
    )
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    scene.playground.set_hook(f"http://127.0.0.1:{listener.getsockname()[1]}/webhooks")
    yield made
    scene.playground.settle()
    server.should_exit = True
    thread.join(timeout=10)
    listener.close()


def test_a_command(scene: Scene, gate: Gate) -> None:
    comment = scene.world.create_comment(scene.person("pat"), scene.issue, "Hi\n/ask why?")
    assert gate.answers() == [("issue_comment", "accepted")]
    [kept] = gate.kept
    assert kept.commands == (QUESTION,)
    assert (kept.comment_id, kept.number) == (comment.id, scene.issue.number)
    assert (kept.installation_id, kept.repository_id) == (
        scene.installation.id,
        scene.repository.id,
    )
    assert "why" not in str(asdict(kept))


def test_an_edit_that_adds_a_command_and_one_that_does_not(scene: Scene, gate: Gate) -> None:
    pat = scene.person("pat")
    comment = scene.world.create_comment(pat, scene.issue, "Hello")
    scene.world.edit_comment(pat, comment, "Hello\n/ask why?")
    scene.world.edit_comment(pat, scene.world.comment(comment.id), "Hello!\n/ask why?")
    assert gate.answers() == [
        ("issue_comment", "no command"),
        ("issue_comment", "accepted"),
        ("issue_comment", "no command"),
    ]
    [kept] = gate.kept
    assert (kept.action, kept.commands) == ("edited", (QUESTION,))


def test_our_own_comment_and_what_people_do_to_it(scene: Scene, gate: Gate) -> None:
    posted = scene.github.post(scene.repository, scene.issue.number, "/ask myself")
    scene.world.edit_comment(scene.person("walt"), scene.world.comment(posted.id), "Better")
    bot = scene.world.bot(scene.installation)
    scene.world.edit_comment(bot, scene.world.comment(posted.id), "Best")
    scene.world.delete_comment(scene.person("mia"), scene.world.comment(posted.id))
    assert [outcome for _, outcome in gate.answers()] == [
        "own comment",
        "accepted",
        "own change",
        "accepted",
    ]
    assert [(one.own_comment, one.action, one.comment_id) for one in gate.kept] == [
        (True, "edited", posted.id),
        (True, "deleted", posted.id),
    ]


def test_a_push_is_kept(scene: Scene, gate: Gate) -> None:
    olivia = scene.person("olivia")
    scene.world.put_file(olivia, scene.place, "new.md", b"New\n", message="Add", branch="main")
    assert ("push", "accepted") in gate.answers()
    [kept] = gate.kept
    assert kept.repository_id == scene.repository.id


def test_a_lost_thread_a_rename_and_an_uninstall_are_kept(scene: Scene, gate: Gate) -> None:
    olivia = scene.person("olivia")
    scene.world.delete_issue(olivia, scene.issue)
    scene.world.update_repository(olivia, scene.place, name="heddle")
    scene.world.uninstall(scene.installation.id)
    gate.answers()
    assert [(one.event, one.action, one.name) for one in gate.kept] == [
        ("issues", "deleted", "loom"),
        ("repository", "renamed", "heddle"),
        ("installation", "deleted", ""),
    ]


def test_the_same_delivery_again_is_known(scene: Scene, gate: Gate) -> None:
    scene.world.create_comment(scene.person("pat"), scene.issue, "/ask why?")
    gate.answers()
    [first] = list(scene.world.deliveries)
    scene.world.redeliver(first.guid)
    assert gate.answers() == [("issue_comment", "known")]


def test_what_failed_is_listed_and_sent_again(scene: Scene, gate: Gate) -> None:
    began = scene.world.clock.now()
    hook = scene.world.app.hook_url
    scene.playground.set_hook("http://127.0.0.1:9/webhooks")
    scene.world.create_comment(scene.person("pat"), scene.issue, "/ask why?")
    assert scene.playground.settle()
    scene.playground.set_hook(hook)
    [lost] = scene.github.deliveries(began)
    assert (lost.event, lost.action, lost.succeeded) == ("issue_comment", "created", False)
    assert (lost.installation_id, lost.repository_id) == (
        scene.installation.id,
        scene.repository.id,
    )
    scene.github.redeliver(lost.id)
    assert scene.playground.settle()
    again, first = scene.github.deliveries(began)
    assert first == lost
    assert (again.guid, again.redelivery, again.succeeded) == (lost.guid, True, True)
    assert [one.guid for one in gate.kept] == [lost.guid]
