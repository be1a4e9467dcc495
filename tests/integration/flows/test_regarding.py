"""Votes move what answers cited, on a real (local) GitHub, until they are taken back."""

import pytest

from tests.integration.flows.conftest import Town

ASKED = "/ask Where does the loom read its settings from?"


def vote(town: Town, content: str) -> int:
    """Asks, and has a writer vote on the answer; returns its comment's id."""
    number, _ = town.ask("rae", ASKED)
    comment = town.reply(number).id
    town.people["walt"].react(comment, content)
    sweep(town)
    return comment


def sweep(town: Town) -> None:
    for reply in town.bot.store.replies.recent(town.repository.id, 10):
        town.bot.sweep.thread(reply.repository_id, reply.number)


@pytest.mark.parametrize("content, way", [("-1", -1), ("+1", 1)])
def test_a_vote_moves_what_the_answer_cited(town: Town, content: str, way: int) -> None:
    vote(town, content)
    found = town.bot.store.regards.of(town.repository.id)
    assert {one.person for one in found} == {"walt"}
    assert all(one.mass * way > 0 for one in found)
    number, _ = town.ask("rae", "/ask From where does the loom read the settings?")
    why = town.bot.why.reply(town.reply(number).url)
    assert why.repeated
    assert {one.path for one in why.now.moved} <= {one.path for one in found}
    assert why.now.moved
    assert all((one.factor > 1) == (way > 0) for one in why.now.moved)
    assert not why.without_memory.moved


def test_a_vote_that_was_taken_back_moves_nothing(town: Town) -> None:
    comment = vote(town, "-1")
    world = town.playground.world
    world.unreact(world.person("walt"), world.comment(comment), "-1")
    sweep(town)
    assert town.bot.store.regards.of(town.repository.id) == []


def test_the_reply_itself_is_explained_without_the_votes_on_it(town: Town) -> None:
    vote(town, "-1")
    [reply] = town.bot.store.replies.recent(town.repository.id, 10)
    why = town.bot.why.reply(reply.url)
    assert why.repeated and not why.now.moved
