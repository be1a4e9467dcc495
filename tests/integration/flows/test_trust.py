"""A repository's own say in whose judgement counts how much, from its file to the signal."""

import pytest

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
