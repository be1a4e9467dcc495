"""A pick on a real (local) GitHub: asked there, picked on the page, and a pair in the export."""

import json
import re
from pathlib import Path

import pytest
from rich.console import Console
from starlette.testclient import TestClient

from app.domain import RowOrigin, ask_key
from app.exchanging import Order, export_rows
from app.flows.picking import Picking
from app.web.dashboard import create_dashboard
from app.web.links import tried_path
from tests.integration.flows.conftest import Town

SITE = "http://127.0.0.1:8081"
TOKEN = "a-token-of-some-length"


@pytest.fixture
def browser(town: Town) -> TestClient:
    client = TestClient(create_dashboard(town.bot, TOKEN, clock=town.clock), base_url=SITE)
    assert client.get("/", params={"token": TOKEN}).status_code == 200
    return client


def exported(town: Town, folder: Path) -> list[dict[str, object]]:
    """Returns the pairs of picks in an export."""
    file = folder / "rows.jsonl"
    export_rows(
        town.bot.settings, "olivia/loom", file, Order(force=True), console=Console(quiet=True)
    )
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    return [row for row in rows if row["origin"] == RowOrigin.PICK and row["kind"] == "pair"]


def press(browser: TestClient, place: str, act: str, **fields: str) -> None:
    answer = browser.post(f"{place}/{act}", data=fields, headers={"Origin": SITE})
    assert answer.status_code == 200, answer.text


def page_of(town: Town, number: int) -> str:
    [reply] = town.bot.store.replies.on_thread(town.repository.id, number)
    return tried_path(town.repository.id, reply.trigger_comment_id, reply.command_key)


def test_a_pick_is_exported_until_it_is_taken_back(
    town: Town, browser: TestClient, tmp_path: Path
) -> None:
    number, _ = town.ask("rae", "/ask Where does the loom read its settings from?")
    place = page_of(town, number)
    text = browser.get(place).text
    assert text.count('<span class="tag">posted</span>') == 1
    keys = re.findall(r'name="draft" value="([0-9a-f]{16})"', text)
    assert 2 <= len(keys) <= 8
    assert exported(town, tmp_path) == []

    [reply] = town.bot.store.replies.on_thread(town.repository.id, number)
    ask = town.bot.store.asks.get(ask_key(reply.trigger_node_id, reply.command_key))
    assert ask is not None
    choice = Picking(town.bot.store, town.clock).choice(ask)
    assert {one.key for one in choice.texts} == set(keys)
    own, *others = sorted(choice.texts, key=lambda one: not one.posted)
    assert own.posted and own.text in town.reply(number).body.replace(" [1]", "")
    press(browser, place, "pick", draft=others[0].key)
    rows = exported(town, tmp_path)
    assert 1 <= len(rows) <= 4
    assert [row["chosen"] for row in rows] == [others[0].text] * len(rows)
    assert rows[0]["rejected"] == own.text
    assert rows[0]["urls"] == [reply.url] and rows[0]["weight"] == 1.0
    # The reply on GitHub stays as it is, and a look at it takes no pick away.
    town.bot.sweep.repository(town.repository.id)
    assert exported(town, tmp_path) == rows

    press(browser, place, "take-back")
    assert exported(town, tmp_path) == []


@pytest.mark.parametrize(("login", "words"), [("walt", "/forget"), ("rae", "/forget mine")])
def test_what_is_forgotten_takes_its_pick_along(
    town: Town, browser: TestClient, tmp_path: Path, login: str, words: str
) -> None:
    number, _ = town.ask("rae", "/ask Where does the loom read its settings from?")
    place = page_of(town, number)
    keys = re.findall(r'name="draft" value="([0-9a-f]{16})"', browser.get(place).text)
    press(browser, place, "pick", draft=keys[-1])
    assert exported(town, tmp_path)
    town.people[login].comment(number, words)
    town.work()
    town.bot.taking_back.finish_due()
    assert exported(town, tmp_path) == []
    assert town.bot.store.picks.count(town.repository.id) == 0
    assert browser.get(place).status_code == 404
