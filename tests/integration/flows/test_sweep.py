"""Votes, edits and hides on a real (local) GitHub, what they teach, and taking them back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import structlog

from app.domain import (
    MemoryKind,
    Reply,
    ReplyState,
    Repository,
    RowKind,
    SignalKind,
    Snapshot,
)
from app.errors import RateLimited, TransientError
from app.flows.sweep import interval
from tests.integration.flows.conftest import FILES, Town

RIGHT = "The loom reads its settings from `.config/loom.yml` in your home folder."
WRONG = "The loom reads its settings from `.loom.yml` in the root."


def asked(town: Town, question: str = "Where does the loom read its settings from?") -> Reply:
    number, _ = town.ask("rae", f"/ask {question}")
    reply = town.bot.store.replies.by_url(town.reply(number).url)
    assert reply is not None
    return reply


def sweep(town: Town) -> None:
    assert town.bot.sweep.repository(town.repository.id) > 0


def test_a_vote_teaches_and_taking_it_back_unteaches(town: Town) -> None:
    reply = asked(town)
    before = town.bot.store.weights.latest(town.repository.id).weights
    world = town.playground.world
    walt, comment = world.person("walt"), world.comment(reply.comment_id)
    world.react(walt, comment, "-1")
    sweep(town)
    [signal] = town.bot.store.signals.of_reply(reply.id)
    assert (signal.kind, signal.content, signal.trust, signal.value) == (
        SignalKind.REACTION,
        "-1",
        1.0,
        -1.0,
    )
    assert signal.person.login == "walt"
    evidence = town.bot.store.evidence.of_reply(reply.id)
    assert [memory.kind for memory in evidence.memories] == [MemoryKind.BAD]
    assert {row.kind for row in evidence.rows} == {RowKind.UNPAIRED, RowKind.COH}
    assert all(mass.mass < 0 for mass in evidence.masses)

    world.unreact(walt, comment, "-1")
    sweep(town)
    [signal] = town.bot.store.signals.of_reply(reply.id)
    assert signal.removed_at is not None
    evidence = town.bot.store.evidence.of_reply(reply.id)
    assert (evidence.memories, evidence.masses, evidence.rows) == ((), (), ())
    assert town.bot.store.weights.latest(town.repository.id).weights == before


@pytest.mark.parametrize(
    ("login", "trust"), [("mia", 1.0), ("walt", 1.0), ("tess", 0.5), ("rae", 0.5), ("pat", 0.25)]
)
def test_trust_goes_by_verified_permission(login: str, trust: float, town: Town) -> None:
    reply = asked(town)
    town.people[login].react(reply.comment_id, "+1")
    sweep(town)
    [signal] = town.bot.store.signals.of_reply(reply.id)
    assert signal.trust == trust


def test_an_edit_becomes_memory_that_the_next_answer_cites(town: Town) -> None:
    reply = asked(town)
    assert WRONG in reply.answer
    town.people["mia"].edit(reply.comment_id, reply.body.replace(WRONG, RIGHT))
    town.work()  # The delivery of the edit is enough; no sweep has to come due.
    [memory] = [
        item
        for item in town.bot.store.evidence.memories(town.repository.id)
        if item.kind is MemoryKind.CORRECTION
    ]
    assert (memory.before, memory.after, memory.author) == (WRONG, RIGHT, "mia")
    [pair] = [
        row for row in town.bot.store.evidence.rows(town.repository.id) if row.kind is RowKind.PAIR
    ]
    assert RIGHT in pair.chosen and WRONG in pair.rejected
    assert pair.people == ("mia",) and pair.urls[0].startswith(reply.url)

    number, _ = town.ask("walt", "/ask From which file are the settings of the loom read?")
    answer = town.reply(number).body
    assert RIGHT in answer and WRONG not in answer
    assert (
        "corrected by" in answer and "mia" in answer and "@mia" not in answer.replace("`@mia`", "")
    )


def test_an_unrelated_answer_is_not_touched_by_a_correction(town: Town) -> None:
    before = asked(town, "How do I run the tests?")
    reply = asked(town)
    town.people["mia"].edit(reply.comment_id, reply.body.replace(WRONG, RIGHT))
    town.work()
    after = asked(town, "How do I run the tests?")
    assert after.answer == before.answer


def test_an_undone_edit_unteaches(town: Town) -> None:
    reply = asked(town)
    mia = town.people["mia"]
    mia.edit(reply.comment_id, reply.body.replace(WRONG, RIGHT))
    town.work()
    mia.edit(reply.comment_id, reply.body)
    town.work()
    assert town.bot.store.evidence.memories(town.repository.id) == []


@pytest.mark.parametrize(
    ("edit", "event", "reason"),
    [
        (lambda body: body.replace(WRONG, RIGHT), "reply.edited", None),
        (lambda body: body.partition("<!--")[0], "block.broken", "its hidden block is gone"),
        (
            lambda body: body.replace('"version":1', '"version":2'),
            "block.broken",
            "its hidden block is not the one that was posted: wrong signature",
        ),
        (
            lambda body: body.replace(" -->", ""),
            "block.broken",
            "its hidden block is not the one that was posted: malformed",
        ),
        (
            lambda body: f"{body}\n<!-- treadle {{}} k 00 -->",
            "block.broken",
            "it has another hidden block beside its own",
        ),
    ],
)
def test_what_an_edit_does_to_the_hidden_block_is_noted_once(
    edit: Callable[[str], str], event: str, reason: str | None, town: Town
) -> None:
    reply = asked(town)
    town.people["mia"].edit(reply.comment_id, edit(reply.body))
    with structlog.testing.capture_logs() as logs:
        sweep(town)
        sweep(town)
    noted = [line for line in logs if line["event"] in {"reply.edited", "block.broken"}]
    assert [(line["event"], line.get("reason")) for line in noted] == [(event, reason)]
    assert noted[0]["reply"] == reply.id
    assert not any("loom" in str(line) for line in noted)


def test_an_edit_of_footer_and_sources_teaches_nothing(town: Town) -> None:
    reply = asked(town)
    head = reply.body.partition("**Sources**")[0]
    town.people["mia"].edit(reply.comment_id, head)
    town.work()
    assert town.bot.store.signals.of_reply(reply.id) == []


def test_a_hide_is_a_signal_and_lifting_it_takes_it_back(town: Town) -> None:
    reply = asked(town)
    world = town.playground.world
    mia, comment = world.person("mia"), world.comment(reply.comment_id)
    world.minimize(mia, comment, "off-topic")
    sweep(town)
    [signal] = town.bot.store.signals.of_reply(reply.id)
    assert (signal.kind, signal.content) == (SignalKind.HIDE, "off-topic")
    stored = town.bot.store.replies.by_id(reply.id)
    assert stored is not None and stored.state is ReplyState.HIDDEN
    world.unminimize(mia, world.comment(reply.comment_id))
    sweep(town)
    stored = town.bot.store.replies.by_id(reply.id)
    assert stored is not None and stored.state is ReplyState.LIVE
    assert town.bot.store.evidence.of_reply(reply.id).masses == ()


def test_a_deleted_reply_is_noted_and_the_others_are_read(town: Town) -> None:
    gone, stays = asked(town), asked(town, "How do I run the tests?")
    world = town.playground.world
    world.delete_comment(world.person("mia"), world.comment(gone.comment_id))
    town.people["walt"].react(stays.comment_id, "+1")
    sweep(town)
    stored = town.bot.store.replies.by_id(gone.id)
    assert stored is not None and stored.state is ReplyState.DELETED
    assert [item.content for item in town.bot.store.signals.of_reply(stays.id)] == ["+1"]


def test_a_repository_out_of_reach_loses_nothing_that_was_learned(town: Town) -> None:
    world = town.playground.world
    world.update_repository(world.person("olivia"), town.repository, private=True)
    reply = asked(town)
    town.people["walt"].react(reply.comment_id, "-1")
    sweep(town)
    learned = town.bot.store.evidence.of_reply(reply.id)
    assert learned.memories
    world.create_repository("olivia", "other", files={"a.md": b"a\n"})
    [installation] = list(world.installations)
    world.choose_repositories(installation.id, ["other"])
    # The sweep comes before the webhook that tells of it.
    town.bot.sweep.repository(town.repository.id)
    stored = town.bot.store.replies.by_id(reply.id)
    assert stored is not None and stored.state is ReplyState.LIVE
    assert town.bot.store.evidence.of_reply(reply.id) == learned
    world.choose_repositories(installation.id, ["loom", "other"])
    sweep(town)
    assert town.bot.store.evidence.of_reply(reply.id) == learned


def test_a_sweep_broken_off_weighs_what_it_learned_at_the_next_one(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The newest are read first.
    second, first = asked(town, "How do I run the tests?"), asked(town)
    town.people["mia"].edit(first.comment_id, first.body.replace(WRONG, RIGHT))
    absorb = town.bot.sweep.intake.absorb

    def limited(repository: Repository, reply: Reply, snapshot: Snapshot) -> bool:
        if reply.id == second.id:
            raise RateLimited("wait", retry_after=60)
        return absorb(repository, reply, snapshot)

    monkeypatch.setattr(town.bot.sweep.intake, "absorb", limited)
    monkeypatch.setattr("app.flows.learn.Learn.dictionary", lambda *_, **__: None)
    with pytest.raises(RateLimited):
        town.bot.sweep.repository(town.repository.id)
    monkeypatch.undo()
    assert town.bot.store.evidence.of_reply(first.id).masses
    assert town.bot.store.weights.latest(town.repository.id).version == 0
    sweep(town)
    assert ".config/loom.yml" in town.bot.store.weights.latest(town.repository.id).weights


@pytest.mark.parametrize("fault", [TransientError("down"), ValueError("a bug")])
def test_one_repository_or_reply_that_fails_does_not_stop_the_others(
    fault: Exception, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = asked(town)
    world = town.playground.world
    other = world.create_repository("olivia", "other", files=FILES)
    world.set_role(other, "walt", "write")
    issue = world.create_issue(world.person("rae"), other, title="Hello", body="")
    world.create_comment(world.person("rae"), issue, "/ask How do I run the tests?")
    town.work()
    [good] = town.bot.store.replies.on_thread(other.id, issue.number)
    world.react(world.person("walt"), world.comment(good.comment_id), "+1")
    absorb = town.bot.sweep.intake.absorb

    def failing(repository: Repository, reply: Reply, snapshot: Snapshot) -> bool:
        if reply.id == bad.id:
            raise fault
        return absorb(repository, reply, snapshot)

    monkeypatch.setattr(town.bot.sweep.intake, "absorb", failing)
    town.bot.sweep.due()
    assert [item.content for item in town.bot.store.signals.of_reply(good.id)] == ["+1"]
    [installation] = list(town.playground.world.installations)
    due = town.bot.store.sweeps.due(town.bot.context.clock(), installation.id, 10)
    assert bad.id not in [one.reply.id for one in due], "it is put off like the others"


def test_a_repository_can_do_without_preference_rows(town: Town) -> None:
    reply = asked(town)
    town.people["walt"].react(reply.comment_id, "-1")
    sweep(town)
    assert town.bot.store.evidence.of_reply(reply.id).rows
    town.put(".github/treadle.yml", b"training: false\n")
    sweep(town)
    evidence = town.bot.store.evidence.of_reply(reply.id)
    assert evidence.rows == () and evidence.memories


def test_votes_of_others_can_be_made_to_wait(town: Town) -> None:
    town.put(".github/treadle.yml", b"delay_days: 3\n")
    reply = asked(town)
    town.people["tess"].react(reply.comment_id, "-1")
    sweep(town)
    assert town.bot.store.signals.of_reply(reply.id)
    assert town.bot.store.evidence.of_reply(reply.id).memories == ()
    town.clock.ahead = timedelta(days=3, minutes=1)
    sweep(town)
    assert town.bot.store.evidence.of_reply(reply.id).memories


def test_sweeping_again_changes_nothing(town: Town) -> None:
    reply = asked(town)
    town.people["walt"].react(reply.comment_id, "+1")
    sweep(town)
    first = town.bot.store.weights.latest(town.repository.id)
    evidence = town.bot.store.evidence.of_reply(reply.id)
    sweep(town)
    assert town.bot.store.weights.latest(town.repository.id) == first
    assert town.bot.store.evidence.of_reply(reply.id) == evidence


def test_work_cut_off_between_signal_and_evidence_is_made_good(town: Town) -> None:
    reply = asked(town)
    town.people["walt"].react(reply.comment_id, "+1")
    sweep(town)
    evidence = town.bot.store.evidence.of_reply(reply.id)
    town.bot.store.evidence.replace(reply.id, type(evidence)())
    sweep(town)
    assert town.bot.store.evidence.of_reply(reply.id).masses == evidence.masses


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(minutes=1), timedelta(seconds=60)),
        (timedelta(hours=1), timedelta(seconds=60)),
        (timedelta(hours=6), timedelta(minutes=6)),
        (timedelta(days=10), timedelta(hours=4)),
        (timedelta(days=300), timedelta(days=1)),
    ],
)
def test_the_interval_grows_with_the_age(age: timedelta, expected: timedelta) -> None:
    assert interval(age, timedelta(seconds=60)) == expected
