"""Hostile comments, files and edits on a real (local) GitHub: the bot does what it always does."""

import re
from collections.abc import Sequence
from typing import Any

import pytest

from app.feedback import metadata
from app.github.connection import Connection
from tests.attacks import Attack, one_of_each_kind
from tests.integration.flows.conftest import Town

ASKED = "How do I run the tests?"
REACTS = r"/repos/olivia/loom/issues/comments/\d+/reactions"
COMMENTS = r"/repos/olivia/loom/issues/\d+/comments"


@pytest.fixture
def changing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of all requests of the bot that change something at GitHub, reads left out."""
    found: list[str] = []
    send = Connection.send

    def watched(self: Connection, at: int, method: str, path: str, **options: Any) -> Any:
        reads = method == "GET" or path.endswith(("graphql", "access_tokens"))
        if not reads:
            found.append(path)
        return send(self, at, method, path, **options)

    monkeypatch.setattr(Connection, "send", watched)
    return found


@pytest.mark.parametrize("attack", one_of_each_kind(), ids=lambda attack: attack.id)
def test_an_attack_gets_one_reply_and_nothing_else(
    attack: Attack, town: Town, changing: list[str]
) -> None:
    town.put("docs/notes.md", f"# Notes\n\n{attack.text}\n".encode())
    number, posted = town.ask(
        "rae", f"/ask {ASKED}\n\n{attack.text}", title=" ".join(attack.text[:100].split())
    )
    assert matching(changing) == [REACTS, COMMENTS]
    reply = town.reply(number)
    block = metadata.read(reply.body, keys=town.bot.context.keys, trigger_node_id=posted.node_id)
    assert isinstance(block, metadata.Block) and block.intact
    assert reply.body.count("<!--") == 1
    # A writer pastes it into the reply: it is remembered as text, and teaches nothing else.
    town.people["walt"].edit(reply.id, reply.body.replace("make check", f"make x\n\n{attack.text}"))
    town.work()
    assert matching(changing) == [REACTS, COMMENTS]
    again, _ = town.ask("rae", "/ask Which interval is the default?")
    assert "The default interval is 5 seconds." in town.reply(again).body
    assert town.bot.store.runs.latest(town.repository.id) is None


def matching(paths: Sequence[str]) -> list[str]:
    """Returns the pattern of each path, itself where it has none."""
    return [
        next((kind for kind in (REACTS, COMMENTS) if re.fullmatch(kind, path)), path)
        for path in paths
    ]
