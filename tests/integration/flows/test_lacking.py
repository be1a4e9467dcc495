"""The bot on a GitHub that lacks parts: it does without them, and goes on."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain import (
    SOMEONE,
    Job,
    MemoryKind,
    Reply,
    ReplyState,
    Repository,
    SignalKind,
    Thread,
)
from app.errors import TransientError
from app.feedback import metadata
from app.flows.backfill_posted import NOT_AS_POSTED
from app.webhooks.commands import commands
from playground.faults import Fault
from tests.integration.flows.conftest import Town
from tests.integration.flows.test_backfill import empty, learned

RIGHT = "The loom reads its settings from `.config/loom.yml` in your home folder."
WRONG = "The loom reads its settings from `.loom.yml` in the root."
QUESTION = "Where does the loom read its settings from?"


def without(town: Town, *paths: str, status: int = 404) -> None:
    """Takes parts away from the playground."""
    for path in paths:
        fault = Fault(kind="status", path=path, status=status, times=10_000)
        town.playground.world.faults.add(fault)


def asked(town: Town) -> Reply:
    number, _ = town.ask("rae", f"/ask {QUESTION}")
    reply = town.bot.store.replies.by_url(town.reply(number).url)
    assert reply is not None
    return reply


def sweep(town: Town) -> None:
    assert town.bot.sweep.repository(town.repository.id) > 0


@pytest.mark.parametrize("status", [404, 501])
def test_without_graphql_an_edit_is_one_of_a_writer(town: Town, status: int) -> None:
    without(town, "^/graphql", status=status)
    reply = asked(town)
    town.playground.world.clock.advance(60)  # REST tells an edit by its second.
    town.people["mia"].edit(reply.comment_id, reply.body.replace(WRONG, RIGHT))
    sweep(town)
    [signal] = town.bot.store.signals.of_reply(reply.id)
    assert (signal.kind, signal.person, signal.trust) == (SignalKind.EDIT, SOMEONE, 1.0)
    [memory] = [
        one
        for one in town.bot.store.evidence.memories(town.repository.id)
        if one.kind is MemoryKind.CORRECTION
    ]
    assert (memory.before, memory.after, memory.author) == (WRONG, RIGHT, "")
    again = asked(town)
    assert RIGHT in again.answer
    assert "corrected [in" in again.body
    sweep(town)
    assert town.bot.store.signals.of_reply(reply.id) == [signal], "nothing new"


def test_without_graphql_votes_and_deletions_are_seen(town: Town) -> None:
    without(town, "^/graphql")
    reply = asked(town)
    town.people["walt"].react(reply.comment_id, "-1")
    sweep(town)
    [signal] = town.bot.store.signals.of_reply(reply.id)
    assert (signal.content, signal.person.login, signal.trust) == ("-1", "walt", 1.0)
    world = town.playground.world
    world.delete_comment(world.person("mia"), world.comment(reply.comment_id))
    sweep(town)
    found = town.bot.store.replies.by_id(reply.id)
    assert found is not None and found.state is ReplyState.DELETED


def test_without_reactions_a_question_is_answered(town: Town) -> None:
    without(town, "/reactions$")
    assert WRONG in asked(town).answer


def test_what_we_wrote_is_no_question_whoever_is_said_to_have_written_it(town: Town) -> None:
    """Some GitHubs say that a person wrote what an App posted, and not which App did."""
    text = f"Try this:\n\n/ask {QUESTION}\n"
    sealed = metadata.seal(text, {}, keys=town.bot.context.keys, trigger_node_id="IC_1")
    number, _ = town.ask("rae", "Hello.")
    town.people["mia"].comment(number, sealed)
    town.work()
    assert town.replies(number) == []
    town.people["mia"].comment(number, sealed.replace("Try this", "I did"))
    town.work()
    assert len(town.replies(number)) == 1, "in other words than ours"


def test_a_reply_is_found_where_nobody_says_which_app_wrote_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    github = town.bot.context.github
    whole = github.thread

    def unnamed(repository: Repository, number: int) -> Thread:
        thread = whole(repository, number)
        comments = tuple(replace(comment, app_id=None) for comment in thread.comments)
        return replace(thread, comments=comments)

    monkeypatch.setattr(github, "thread", unnamed)
    town.playground.world.faults.add(
        Fault(kind="drop_after", method="POST", path=r"/issues/\d+/comments$", contains="treadle {")
    )
    number = town.people["rae"].open_issue("Settings", "")
    posted = town.people["rae"].comment(number, f"/ask {QUESTION}")
    with pytest.raises(TransientError):
        town.work()
    (command,) = commands(f"/ask {QUESTION}")
    town.run(Job(name="ask", key="", args=(f"ask:{posted.node_id}:{command.key}",)))
    assert len(town.replies(number)) == 1


def test_without_graphql_answers_that_nobody_edited_are_learned_again(
    town: Town, tmp_path: Path
) -> None:
    first, second = asked(town), asked(town)
    town.people["walt"].react(first.comment_id, "+1")
    town.playground.world.clock.advance(60)
    town.people["mia"].edit(second.comment_id, second.body.replace(WRONG, RIGHT))
    without(town, "^/graphql")
    with empty(town, tmp_path) as other:
        [lost] = learned(other)
        assert (lost.url, lost.what) == (second.url, NOT_AS_POSTED)
        [reply_id] = other.store.replies.ids(town.repository.id)
        kept = other.store.replies.by_id(reply_id)
        assert kept is not None
        assert replace(kept, id=first.id) == first
        assert [one.content for one in other.store.signals.of_reply(reply_id)] == ["+1"]
