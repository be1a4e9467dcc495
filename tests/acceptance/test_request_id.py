"""One question is found in the logs of both processes by its delivery's GUID, and no text is."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.demo.people import Someone
from app.local import Processes, bot_environment, free_port
from playground.server import Playground

FILES = {"README.md": b"# Loom\n\nRun the tests with `make check`.\nThe loom needs Python 3.11.\n"}
QUESTION = "Which zebra runs the tests?"
PATIENCE = 120.0
TOKEN = "a-token-of-the-dashboard"


@pytest.fixture
def playground() -> Iterator[Playground]:
    with Playground() as running:
        running.world.create_user("wren")
        repository = running.world.create_repository("olivia", "loom", files=FILES)
        running.world.set_role(repository, "wren", "write")
        running.install("olivia")
        yield running


def lines(log: Path) -> list[dict[str, Any]]:
    """The lines of a process that are JSON; the dashboard's address is printed beside them."""
    written = log.read_text("utf-8").splitlines()
    return [json.loads(line) for line in written if line.startswith("{")]


def test_a_question_is_followed_from_its_delivery_to_its_reply(
    playground: Playground, tmp_path: Path
) -> None:
    port = free_port()
    environment = bot_environment(
        playground,
        data=tmp_path,
        port=port,
        admin_port=free_port(),
        admin_token=TOKEN,
        model="extract",
    )
    playground.set_hook(f"http://127.0.0.1:{port}/webhooks")
    wren = Someone(
        login="wren", token="ghp_wren", api_url=playground.api_url, full_name="olivia/loom"
    )
    with Processes(environment, tmp_path) as processes:
        number = wren.open_issue("A title about zebras", "A body about zebras")
        wren.comment(number, f"/ask {QUESTION}")
        deadline = time.monotonic() + PATIENCE
        while "ask.answered" not in (tmp_path / "worker.log").read_text("utf-8"):
            processes.check()
            assert time.monotonic() < deadline, "no answer"
            time.sleep(0.05)
    wren.close()

    web, worker = lines(tmp_path / "web.log"), lines(tmp_path / "worker.log")
    (accepted,) = (
        line
        for line in web
        if line["event"] == "delivery.accepted" and line["event_kind"] == "issue_comment"
    )
    guid = accepted["delivery"]
    events = [line["event"] for line in worker if line.get("delivery") == guid]
    assert [event for event in events if event.startswith("ask.")] == [
        "ask.opened",
        "ask.acknowledged",
        "ask.answered",
    ]
    # What was done for it on the way carries the id too.
    assert {"policy.read", "repository.indexing"} <= set(events)
    asks = [line for line in worker if line["event"].startswith("ask.")]
    assert {line["delivery"] for line in asks} == {guid}
    assert len({line["ask"] for line in asks}) == 1

    logged = "\n".join(json.dumps(line) for line in web + worker)
    secrets = (TOKEN, playground.webhook_secret, "PRIVATE KEY", "ghs_", "Bearer")
    for text in ("zebra", "make check", *secrets):
        assert text not in logged
