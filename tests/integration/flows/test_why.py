"""Why an answer says what it says, on a real (local) GitHub."""

import pytest

from app.errors import UserError
from tests.integration.flows.conftest import Town

RIGHT = "The loom reads its settings from `.config/loom.yml` in your home folder."
WRONG = "The loom reads its settings from `.loom.yml` in the root."


def taught(town: Town) -> str:
    """Corrects one reply and asks again; returns the address of the second reply."""
    number, _ = town.ask("rae", "/ask Where does the loom read its settings from?")
    first = town.reply(number)
    town.people["mia"].edit(first.id, first.body.replace(WRONG, RIGHT))
    town.work()
    number, _ = town.ask("walt", "/ask From which file are the settings of the loom read?")
    return town.reply(number).url


def test_a_difference_is_linked_to_the_comment_that_caused_it(town: Town) -> None:
    url = taught(town)
    why = town.bot.why.reply(url)
    assert why.repeated and why.same_text
    assert RIGHT in why.posted and RIGHT in why.now.text
    assert RIGHT not in why.without_both.text and WRONG in why.without_both.text
    assert RIGHT in why.by_memory.gained
    first = town.bot.store.replies.recent(town.repository.id, 10)
    corrected = min(first, key=lambda reply: reply.id)
    assert [cause.url for cause in why.by_memory.causes] == [corrected.url]
    assert why.by_memory.causes[0].author == "mia"


def test_it_shows_what_was_known_when_the_reply_was_posted(town: Town) -> None:
    url = taught(town)
    before = town.bot.why.reply(url)
    town.put("docs/settings.md", b"# Settings\n\nNothing is written here any more.\n")
    after = town.bot.why.reply(url)
    assert after.now.text == before.now.text
    assert after.same_text


def test_without_anything_learned_nothing_differs(town: Town) -> None:
    number, _ = town.ask("rae", "/ask How do I run the tests?")
    why = town.bot.why.reply(town.reply(number).url)
    assert why.now.text == why.without_both.text
    assert not why.by_memory.causes and not why.by_dictionary.causes


def test_an_unknown_address_is_told(town: Town) -> None:
    with pytest.raises(UserError, match="no reply of this bot is known"):
        town.bot.why.reply("https://github.com/olivia/loom/issues/1#issuecomment-1")


def test_a_lost_sentence_is_put_down_to_the_phrases_that_were_struck_out(town: Town) -> None:
    town.put(
        "docs/tools.md",
        b"# Tools\n\nTo spin yarn with the old wheel, run `wheel spin`.\n\n"
        b"To spin yarn with the jenny, run `jenny spin`.\n\n"
        b"To wind yarn with the old wheel, run `wheel wind`.\n",
    )
    number, _ = town.ask("rae", "/ask How do I wind yarn?")
    first = town.reply(number)
    assert "the old wheel" in first.body
    town.people["mia"].edit(
        first.id,
        first.body.replace(
            "To wind yarn with the old wheel, run `wheel wind`.",
            "To wind yarn with the jenny, run `jenny wind`.",
        ),
    )
    town.work()
    number, _ = town.ask("walt", "/ask How do I spin yarn?")
    why = town.bot.why.reply(town.reply(number).url)
    assert any("old wheel" in text for text in why.by_dictionary.lost)
    told = " ".join(cause.how for cause in why.by_dictionary.causes)
    assert "old wheel" in told
    assert {cause.author for cause in why.by_dictionary.causes} == {"mia"}


def test_a_reply_is_found_under_its_repositorys_new_name(town: Town) -> None:
    number, _ = town.ask("rae", "/ask How do I run the tests?")
    url = town.reply(number).url
    moved = url.replace("/olivia/loom/", "/olivia/loom2/")
    assert town.bot.why.reply(moved).question == "How do I run the tests?"
