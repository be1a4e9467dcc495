"""What people do on a (local) GitHub, each as the signal that it is, once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.bootstrap.building import build
from app.domain import (
    Evidence,
    MemoryKind,
    PreferenceRow,
    Reply,
    ReplyState,
    RowKind,
    SignalKind,
)
from app.feedback.trust import REACTIONS
from tests.integration.flows.conftest import FILES, Town

RIGHT = "The loom reads its settings from `.config/loom.yml` in your home folder."
WRONG = "The loom reads its settings from `.loom.yml` in the root."
QUESTION = "/ask Where does the loom read its settings from?"


def asked(town: Town) -> Reply:
    number, _ = town.ask("rae", QUESTION)
    reply = town.bot.store.replies.by_url(town.reply(number).url)
    assert reply is not None
    return reply


def sweep(town: Town) -> None:
    assert town.bot.sweep.repository(town.repository.id) > 0


def state(town: Town, reply: Reply) -> ReplyState:
    stored = town.bot.store.replies.by_id(reply.id)
    assert stored is not None
    return stored.state


def unpaired(town: Town, reply: Reply) -> list[PreferenceRow]:
    rows = town.bot.store.evidence.of_reply(reply.id).rows
    return [row for row in rows if row.kind is RowKind.UNPAIRED]


@pytest.mark.parametrize(("content", "value"), REACTIONS.items())
def test_each_reaction_counts_and_goes_with_its_removal(
    content: str, value: float, town: Town
) -> None:
    town.put(".github/treadle.yml", b"another_answer: false\n")
    reply = asked(town)
    world = town.playground.world
    walt, comment = world.person("walt"), world.comment(reply.comment_id)
    reaction, _ = world.react(walt, comment, content)
    sweep(town)
    [signal] = town.bot.store.signals.of_reply(reply.id)
    assert (signal.content, signal.value, signal.trust) == (content, value, 1.0)
    assert (signal.first_seen, signal.removed_at) == (reaction.created_at, None)
    rows = unpaired(town, reply)
    # A smile of one person alone is too little for a row.
    assert [row.weight for row in rows] == ([abs(value)] if abs(value) >= 0.5 else [])
    assert all(bool(row.chosen) == (value > 0) for row in rows)
    world.unreact(walt, comment, content)
    town.clock.ahead = timedelta(minutes=5)
    sweep(town)
    [signal] = town.bot.store.signals.of_reply(reply.id)
    assert signal.removed_at is not None and signal.removed_at > signal.first_seen
    assert town.bot.store.evidence.of_reply(reply.id) == Evidence()


def test_a_reaction_is_seen_without_any_event(town: Town) -> None:
    reply = asked(town)
    town.bot.sweep.due()
    town.people["walt"].react(reply.comment_id, "+1")
    town.clock.ahead = timedelta(minutes=2)
    assert town.work() == [], "GitHub tells nobody of reactions"
    assert town.bot.sweep.due() == 1
    assert [one.content for one in town.bot.store.signals.of_reply(reply.id)] == ["+1"]


@pytest.mark.parametrize("first", ["delivery", "sweep"])
def test_an_edit_counts_once_whichever_tells_of_it_first(first: str, town: Town) -> None:
    reply = asked(town)
    town.people["mia"].edit(reply.comment_id, reply.body.replace(WRONG, RIGHT))
    look = {"delivery": town.work, "sweep": lambda: sweep(town)}
    look[first]()
    learned = town.bot.store.evidence.of_reply(reply.id)
    version = town.bot.store.weights.latest(town.repository.id).version
    for other in (*look.values(), town.handled.clear, town.work):
        other()
    assert town.bot.store.evidence.of_reply(reply.id) == learned
    assert town.bot.store.weights.latest(town.repository.id).version == version
    [signal] = town.bot.store.signals.of_reply(reply.id)
    assert signal.kind is SignalKind.EDIT
    assert [memory.kind for memory in learned.memories] == [MemoryKind.CORRECTION]


def test_a_deleted_revision_leaves_nothing_of_its_text(town: Town) -> None:
    reply = asked(town)
    secret = reply.body.replace(WRONG, "The key is hunter2.")
    town.people["mia"].edit(reply.comment_id, secret)
    sweep(town)
    world = town.playground.world
    world.clock.advance(60)  # GitHub tells edits of one person apart by their second.
    town.people["mia"].edit(reply.comment_id, reply.body.replace(WRONG, RIGHT))
    comment = world.comment(reply.comment_id)
    world.delete_revision(world.person("mia"), comment, comment.revisions[-2].id)
    sweep(town)
    kept = town.bot.store.revisions.of_reply(reply.id)
    assert [one.deleted for one in kept] == [False, True, False]
    assert not any("hunter2" in (one.body or "") for one in kept)
    evidence = town.bot.store.evidence.of_reply(reply.id)
    assert "hunter2" not in repr(evidence)
    assert any(RIGHT in memory.after for memory in evidence.memories)


@pytest.mark.parametrize(
    ("reason", "judges"),
    [
        ("spam", True),
        ("abuse", True),
        ("off-topic", True),
        ("outdated", False),
        ("resolved", False),
        ("duplicate", False),
    ],
)
def test_a_hide_means_what_its_reason_says(reason: str, judges: bool, town: Town) -> None:
    reply = asked(town)
    world = town.playground.world
    world.minimize(world.person("mia"), world.comment(reply.comment_id), reason)
    sweep(town)
    [signal] = town.bot.store.signals.of_reply(reply.id)
    assert (signal.kind, signal.content) == (SignalKind.HIDE, reason)
    assert state(town, reply) is ReplyState.HIDDEN
    rows = unpaired(town, reply)
    assert bool(rows) == judges and all(row.rejected and not row.chosen for row in rows)


def test_a_forged_block_changes_nothing_and_is_flagged(town: Town) -> None:
    reply = asked(town)
    forged = reply.body.replace("docs/settings.md", "evil/settings.md").replace("README", "EVIL")
    assert forged != reply.body
    town.people["mia"].edit(reply.comment_id, forged)
    sweep(town)
    stored = town.bot.store.replies.by_id(reply.id)
    assert stored is not None
    assert (stored.sources, stored.block, stored.answer) == (
        reply.sources,
        reply.block,
        reply.answer,
    )
    found = town.bot.blocks.faults(town.repository.id)
    assert found == {reply.id: town.bot.blocks.fault(stored)}
    assert "wrong signature" in found[reply.id]
    town.people["mia"].edit(reply.comment_id, reply.body)
    sweep(town)
    assert town.bot.blocks.faults(town.repository.id) == {}


def test_a_locked_thread_keeps_what_was_said_and_is_still_read(town: Town) -> None:
    reply = asked(town)
    town.people["walt"].react(reply.comment_id, "+1")
    world = town.playground.world
    issue = world.issue(town.repository, reply.number)
    world.lock_issue(world.person("mia"), issue)
    sweep(town)
    town.people["mia"].edit(reply.comment_id, reply.body.replace(WRONG, RIGHT))
    sweep(town)
    kinds = {one.kind for one in town.bot.store.signals.of_reply(reply.id)}
    assert kinds == {SignalKind.REACTION, SignalKind.EDIT}
    assert state(town, reply) is ReplyState.LIVE


def delete(town: Town, reply: Reply) -> None:
    world = town.playground.world
    world.delete_issue(world.person("olivia"), world.issue(town.repository, reply.number))


def transfer_away(town: Town, reply: Reply) -> None:
    world = town.playground.world
    other = world.create_repository("olivia", "other", files=FILES)
    [installation] = list(world.installations)
    world.choose_repositories(installation.id, ["loom"])
    # Who has no access sees nothing of a private repository.
    world.update_repository(world.person("olivia"), other, private=True)
    issue = world.issue(town.repository, reply.number)
    world.transfer_issue(world.person("olivia"), issue, world.repositories[other.id])


@pytest.mark.parametrize("leave", [delete, transfer_away])
def test_a_thread_that_goes_is_no_judgement_of_its_replies(
    leave: Callable[[Town, Reply], None], town: Town
) -> None:
    reply = asked(town)
    town.people["walt"].react(reply.comment_id, "+1")
    sweep(town)
    learned = town.bot.store.evidence.of_reply(reply.id)
    assert learned.memories
    leave(town, reply)
    sweep(town)
    assert state(town, reply) is ReplyState.UNREACHABLE
    assert town.bot.store.evidence.of_reply(reply.id) == learned
    assert {one.kind for one in town.bot.store.signals.of_reply(reply.id)} == {SignalKind.REACTION}


def test_a_thread_transferred_within_reach_is_read_on(town: Town) -> None:
    reply = asked(town)
    world = town.playground.world
    other = world.create_repository("olivia", "other", files=FILES)
    issue = world.issue(town.repository, reply.number)
    world.transfer_issue(world.person("olivia"), issue, other)
    walt = world.person("walt")
    world.react(walt, world.comment(reply.comment_id), "-1")
    town.work()
    sweep(town)
    assert state(town, reply) is ReplyState.LIVE
    assert [one.content for one in town.bot.store.signals.of_reply(reply.id)] == ["-1"]


def test_after_a_rename_replies_are_read_on(town: Town) -> None:
    reply = asked(town)
    world = town.playground.world
    world.update_repository(world.person("olivia"), town.repository, name="loom2")
    world.react(world.person("walt"), world.comment(reply.comment_id), "+1")
    # Before and after the webhook that tells of it.
    town.bot.sweep.repository(reply.repository_id)
    assert [one.content for one in town.bot.store.signals.of_reply(reply.id)] == ["+1"]
    town.work()
    town.bot.sweep.repository(reply.repository_id)
    [signal] = town.bot.store.signals.of_reply(reply.id)
    assert signal.removed_at is None and signal.trust == 1.0


def test_what_is_learned_stays_in_its_repository_and_outlives_the_process(town: Town) -> None:
    reply = asked(town)
    world = town.playground.world
    other = world.create_repository("olivia", "other", files=FILES)
    town.people["mia"].edit(reply.comment_id, reply.body.replace(WRONG, RIGHT))
    town.work()
    issue = world.create_issue(world.person("rae"), other, title="Hello", body="")
    world.create_comment(world.person("rae"), issue, QUESTION)
    town.work()
    [elsewhere] = town.bot.store.replies.on_thread(other.id, issue.number)
    assert WRONG in elsewhere.answer
    assert town.bot.store.weights.latest(other.id).weights == {}
    again = build(town.bot.settings, clock=town.clock)
    try:
        assert again.store.weights.latest(town.repository.id).weights
        [memory] = again.store.evidence.memories(town.repository.id)
        assert RIGHT in memory.after
        assert again.store.evidence.memories(other.id) == []
    finally:
        again.close()
