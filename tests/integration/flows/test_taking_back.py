"""`/forget` and opting out on the playground: what was taken back is nowhere any more."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from app.bootstrap.building import build
from app.domain import TAKEN_BACK, MemoryKind, ReplyState
from app.errors import TransientError
from app.flows.taking_back import SETTLED
from app.store import Store
from tests.integration.flows.conftest import Town
from tests.scanning import files_with, rows_with

WRONG = "The loom reads its settings from `.loom.yml` in the root."
FACT = "Xylophone settings live in `.config/quagga.yml`."
PHRASES = ("quagga", "zanzibar", "okapi")
"""Words that only people wrote: walt's edit, pat's question, the text that opens pat's issue."""


@pytest.fixture
def store(town: Town) -> Store:
    return town.bot.store


def finish(town: Town) -> None:
    """Lets all be forgotten that was ordered, the second look included."""
    town.work()
    town.bot.taking_back.finish_due()
    town.clock.ahead += SETTLED + timedelta(seconds=1)
    town.bot.taking_back.finish_due()
    assert town.bot.store.removals.unfinished() == []


def sweep(town: Town) -> None:
    town.bot.sweep.repository(town.repository.id)


def taught(town: Town) -> int:
    """Has pat ask and walt correct the answer; returns the issue's number."""
    pat = town.people["pat"]
    number = pat.open_issue("An okapi question", "My okapi cannot find a file.")
    pat.comment(number, "/ask Where are the zanzibar settings of the loom read?")
    town.work()
    reply = town.reply(number)
    assert WRONG in reply.body
    town.people["walt"].edit(reply.id, reply.body.replace(WRONG, FACT))
    sweep(town)
    return number


def asked_again(town: Town, login: str = "rae") -> int:
    """Has somebody ask what was corrected; returns the issue's number."""
    number, _ = town.ask(login, "/ask Where are the settings of the loom read?")
    return number


def said(town: Town, login: str, number: int, text: str) -> list[str]:
    """Lets a person comment; returns what the bot reacted with."""
    comment = town.people[login].comment(number, text)
    town.work()
    return [content for _, content in town.people["mia"].reactions(comment.id)]


def planted(town: Town, folder: Path, words: tuple[str, ...] = PHRASES) -> dict[str, bool]:
    """Tells of each word whether it is anywhere in the tables or the files of the bot."""
    return {word: bool(rows_with(folder, word) or files_with(folder, word)) for word in words}


def test_a_writer_has_a_reply_forgotten_with_what_quoted_it(town: Town, tmp_path: Path) -> None:
    number = taught(town)
    other = asked_again(town)
    assert "quagga" in town.reply(other).body
    assert planted(town, tmp_path) == dict.fromkeys(PHRASES, True)
    assert said(town, "mia", number, "/forget") == ["+1"]
    finish(town)
    assert planted(town, tmp_path) == dict.fromkeys(PHRASES, False)
    # GitHub still shows all of it.
    sweep(town)
    town.clock.ahead += timedelta(days=2)
    sweep(town)
    finish(town)
    assert planted(town, tmp_path) == dict.fromkeys(PHRASES, False)
    store = town.bot.store
    states = [one.state for one in store.replies.recent(town.repository.id, 9)]
    assert states == [ReplyState.TAKEN_BACK, ReplyState.TAKEN_BACK]
    [entry] = store.audit.newest(town.repository.id, 9, decisions=True)
    assert (entry.person.login, entry.act, entry.subject) == ("mia", "forgot", "reply 1")
    assert "quagga" not in town.reply(asked_again(town)).body


def test_an_editor_takes_all_of_theirs_back(town: Town, tmp_path: Path) -> None:
    number = taught(town)
    asked_again(town)
    assert said(town, "walt", number, "/forget mine") == ["+1"]
    finish(town)
    sweep(town)
    finish(town)
    assert planted(town, tmp_path, ("quagga", "walt")) == {"quagga": False, "walt": False}
    # What pat asked is pat's.
    assert town.bot.store.replies.by_id(1).question.startswith("Where are the zanzibar")
    # From now on walt is learned from again; GitHub tells times by the second.
    town.playground.world.clock.advance(60)
    other, _ = town.ask("rae", "/ask How are the tests run?")
    reply = town.reply(other)
    town.people["walt"].edit(reply.id, reply.body.replace("make check", "make wombat"))
    sweep(town)
    [memory] = town.bot.store.evidence.memories(town.repository.id)
    assert "wombat" in memory.after


def test_who_asked_takes_the_question_back_and_leaves_the_correction(
    town: Town, tmp_path: Path
) -> None:
    number = taught(town)
    asked_again(town)
    assert said(town, "pat", number, "/forget mine") == ["+1"]
    finish(town)
    sweep(town)
    finish(town)
    words = ("okapi", "zanzibar", "pat")
    assert planted(town, tmp_path, words)["okapi"] is False
    assert planted(town, tmp_path, words)["zanzibar"] is False
    [memory] = town.bot.store.evidence.memories(town.repository.id)
    assert (memory.kind, memory.question, memory.author) == (MemoryKind.CORRECTION, "", "walt")
    assert town.bot.store.evidence.rows(town.repository.id) == []


def test_a_passer_by_takes_back_what_they_said_of_one_reply(town: Town, store: Store) -> None:
    number, other = asked_again(town), asked_again(town)
    for login in ("tess", "rae"):
        for one in (number, other):
            town.people[login].react(town.reply(one).id, "+1")
    sweep(town)
    assert said(town, "tess", number, "/forget") == ["+1"]
    finish(town)
    sweep(town)
    left = {
        (signal.reply_id, signal.person.login)
        for reply in (1, 2)
        for signal in store.signals.of_reply(reply)
    }
    assert left == {(1, "rae"), (2, "tess"), (2, "rae")}


@pytest.mark.parametrize(
    ("login", "text", "reactions"),
    [
        ("tess", "/forget", ["confused"]),
        ("mia", "/forget everything", ["confused"]),
        ("mia", "/forget https://github.com/a/b/issues/1#issuecomment-1", ["confused"]),
        ("tess", "/forget mine", ["+1"]),
        ("mia", "> /forget", []),
    ],
)
def test_who_has_said_nothing_has_nothing_forgotten(
    town: Town, store: Store, login: str, text: str, reactions: list[str]
) -> None:
    number = asked_again(town)
    assert said(town, login, number, text) == reactions
    assert store.removals.unfinished() == []


def test_a_linked_reply_is_forgotten(town: Town, store: Store) -> None:
    first, second = asked_again(town), asked_again(town)
    url = store.replies.by_id(1).url
    assert said(town, "walt", second, f"/forget {url}") == ["+1"]
    finish(town)
    assert store.replies.by_id(1).state is ReplyState.TAKEN_BACK
    assert store.replies.by_id(2).state is ReplyState.LIVE
    del first


def test_opting_out_undoes_and_lasts(town: Town, tmp_path: Path) -> None:
    number = taught(town)
    town.people["walt"].comment(number, "/treadle opt-out")
    town.work()
    assert "nothing is learned from your words" in town.replies(number)[-1].body
    finish(town)
    assert planted(town, tmp_path, ("quagga",)) == {"quagga": False}
    other = asked_again(town, "walt")
    town.people["walt"].react(town.reply(other).id, "-1")
    town.people["walt"].edit(town.reply(other).id, "Numbat.")
    sweep(town)
    finish(town)
    assert planted(town, tmp_path, ("numbat",)) == {"numbat": False}
    # An answer they get all the same; its question is not kept.
    assert town.bot.store.replies.recent(town.repository.id, 1)[0].question == ""
    town.clock.ahead = timedelta()
    town.people["walt"].comment(number, "/treadle opt-in")
    town.work()
    finish(town)
    sweep(town)
    assert planted(town, tmp_path, ("numbat",)) == {"numbat": False}
    # GitHub's times are whole seconds: a vote in that of the opting in would be from before it.
    town.playground.world.clock.advance(1)
    third, _ = town.ask("rae", "/ask How are the tests run?")
    town.people["walt"].react(town.reply(third).id, "+1")
    sweep(town)
    assert [one.person.login for one in town.bot.store.signals.live(town.repository.id, 9)] == [
        "walt"
    ]
    acts = [
        entry.act for entry in town.bot.store.audit.newest(town.repository.id, 9, decisions=True)
    ]
    assert {"opted in", "opted out"} <= set(acts)


def test_who_only_decided_is_named_no_more(town: Town, store: Store) -> None:
    number = taught(town)
    said(town, "mia", number, "/treadle pin `make check`")
    assert [one.by.login for one in store.rulings.of(town.repository.id)] == ["mia"]
    assert said(town, "mia", number, "/forget mine") == ["+1"]
    finish(town)
    assert [one.by.login for one in store.rulings.of(town.repository.id)] == [TAKEN_BACK.login]
    entries = store.audit.newest(town.repository.id, 9, decisions=True)
    assert "mia" not in {entry.person.login for entry in entries}


def test_what_is_cut_off_is_computed_by_the_same_process_later(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = taught(town)
    said(town, "mia", number, "/forget")

    def cut_off(*_: object, **__: object) -> None:
        raise TransientError("the database is locked")

    with monkeypatch.context() as patched:
        patched.setattr("app.flows.learn.Learn.dictionary", cut_off)
        town.bot.taking_back.finish_due()
    assert rows_with(tmp_path, "quagga")
    town.clock.ahead += SETTLED + timedelta(seconds=1)
    town.bot.taking_back.finish_due()
    assert planted(town, tmp_path, ("quagga",)) == {"quagga": False}


def test_what_is_cut_off_goes_on_at_the_next_start(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = taught(town)
    said(town, "mia", number, "/forget")

    def cut_off(*_: object) -> None:
        raise TransientError("somebody reads")

    with monkeypatch.context() as patched:
        patched.setattr("app.flows.taking_back.compact", cut_off)
        town.bot.taking_back.finish_due()
    assert len(town.bot.store.removals.unfinished()) == 1
    town.clock.ahead += SETTLED + timedelta(seconds=1)
    with closing(build(town.bot.settings, clock=town.clock)) as later:
        later.taking_back.finish_due()
        assert later.store.removals.unfinished() == []
    assert planted(town, tmp_path) == dict.fromkeys(PHRASES, False)
