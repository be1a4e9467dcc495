"""A repository's own say in whose judgement counts how much, from its file to the signal."""

import json
from datetime import timedelta

import pytest
from rich.console import Console

from app.contradictions import show_contradictions
from app.demo.people import Someone
from app.domain import Evidence, Reply
from app.feedback.assessment import Hold
from app.flows.assessing import Assessing
from tests.integration.flows.conftest import Town


@pytest.mark.parametrize(("login", "trust"), [("walt", 0.75), ("tess", 0.5), ("rae", 0.0)])
def test_the_configuration_file_weighs_people(login: str, trust: float, town: Town) -> None:
    town.put(".github/treadle.yml", b"trust: {writers: 0.75, asker: 0, readers: 0}\n")
    number, _ = town.ask("rae", "/ask Where does the loom read its settings from?")
    reply = town.bot.store.replies.by_url(town.reply(number).url)
    assert reply is not None
    town.people[login].react(reply.comment_id, "+1")
    town.bot.sweep.repository(town.repository.id)
    [signal] = town.bot.store.signals.of_reply(reply.id)
    assert signal.trust == trust


def asked(town: Town, login: str = "rae") -> Reply:
    number, _ = town.ask(login, "/ask Where does the loom read its settings from?")
    reply = town.bot.store.replies.by_url(town.reply(number).url)
    assert reply is not None
    return reply


def holds(town: Town) -> list[Hold | None]:
    assessing = Assessing(town.bot.store, town.bot.policies, town.clock)
    return [one.hold for one in assessing.repository(town.repository.id).signals]


def crowd(town: Town, reply: Reply, count: int) -> None:
    world = town.playground.world
    for number in range(count):
        token = world.create_user(f"new{number}")
        world.set_role(town.repository, f"new{number}", "read")
        someone = Someone(
            login=f"new{number}",
            token=token,
            api_url=town.playground.api_url,
            full_name="olivia/loom",
        )
        someone.react(reply.comment_id, "-1")
        someone.close()


def test_a_crowd_of_newcomers_teaches_nothing_until_a_writer_agrees(town: Town) -> None:
    reply, store = asked(town), town.bot.store
    crowd(town, reply, 7)
    town.clock.ahead = timedelta(days=4)
    town.bot.sweep.repository(town.repository.id)
    assert holds(town) == [Hold.BURST] * 7
    assert store.evidence.of_reply(reply.id) == Evidence()

    console = Console(record=True, width=200)
    show_contradictions(town.bot.settings, "olivia/loom", console=console, as_json=True)
    told = json.loads(console.export_text())
    assert {row["state"] for row in told["held"]} == {"quarantined"}
    assert "one of 7 newcomers" in told["held"][0]["reason"]

    town.people["walt"].react(reply.comment_id, "-1")
    town.bot.sweep.repository(town.repository.id)
    assert set(holds(town)) == {None}
    [row, _] = store.evidence.of_reply(reply.id).rows
    assert len(row.people) == 8 and row.rejected

    world = town.playground.world
    world.unreact(world.person("walt"), world.comment(reply.comment_id), "-1")
    town.bot.sweep.repository(town.repository.id)
    assert store.evidence.of_reply(reply.id) == Evidence()


def test_a_writer_vetoes_a_vote_that_waits(town: Town) -> None:
    reply, store = asked(town, "pat"), town.bot.store
    town.people["tess"].react(reply.comment_id, "+1")
    town.bot.sweep.repository(town.repository.id)
    assert holds(town) == [Hold.WAITING]
    town.people["walt"].react(reply.comment_id, "-1")
    town.clock.ahead = timedelta(days=4)
    town.bot.sweep.repository(town.repository.id)
    assert Hold.VETOED in holds(town)
    [row, _] = store.evidence.of_reply(reply.id).rows
    assert row.people == ("walt",)


def test_who_asked_teaches_no_row_alone(town: Town) -> None:
    reply, store = asked(town, "pat"), town.bot.store
    town.people["pat"].react(reply.comment_id, "+1")
    town.clock.ahead = timedelta(days=4)
    town.bot.sweep.repository(town.repository.id)
    found = store.evidence.of_reply(reply.id)
    assert found.memories and found.rows == ()
    assert all(abs(one.z) < 2 for one in store.weights.latest(town.repository.id).weights.values())
