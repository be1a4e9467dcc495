"""The issue "What Treadle learned" on a local GitHub: opened, ticked, written, left alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog

from app.domain import LearnedState, RulingKind, RulingWhat, Verdict
from app.errors import LackingError, TransientError
from app.feedback.learned_ticks import read
from app.flows.deciding import By
from app.flows.orders import run_id
from app.store.digests import memory_digest
from playground.errors import Forbidden
from playground.faults import Fault
from playground.values import Issue
from tests.integration.flows.conftest import Town
from tests.integration.flows.test_sweep import RIGHT, WRONG, asked
from tests.stored import a_version

ON = b"learned: true\n"
AGAIN = "/ask From which file are the settings of the loom read?"
HOUR = timedelta(minutes=61)


def taught(town: Town) -> None:
    """Has one correction learned."""
    reply = asked(town)
    town.people["mia"].edit(reply.comment_id, reply.body.replace(WRONG, RIGHT))
    town.work()


def issues(town: Town) -> list[Issue]:
    """Returns the issues that the bot opened."""
    found = town.playground.world.issues.of(town.repository.id)
    return [issue for issue in found if issue.app_id is not None]


def issue(town: Town) -> Issue:
    [found] = issues(town)
    return found


def opened(town: Town) -> Issue:
    """Has the issue opened by the configuration file."""
    town.put(".github/treadle.yml", ON)
    due(town)
    return issue(town)


def due(town: Town) -> None:
    """Does what the schedule does now."""
    for job in town.bot.learned.due():
        town.run(job)


def look(town: Town, later: timedelta = HOUR) -> None:
    """Lets time pass, and the schedule look."""
    town.clock.ahead += later
    due(town)
    town.work()


def write(town: Town, login: str, change: Callable[[str], str]) -> None:
    """Has a person change the issue's text."""
    world = town.playground.world
    now = issue(town)
    world.edit_issue(world.person(login), now, body=change(now.body or ""))


def untick(body: str) -> str:
    return body.replace("- [x] `The loom", "- [ ] `The loom")


def tick(body: str) -> str:
    return body.replace("- [ ] `The loom", "- [x] `The loom")


def corrected(town: Town) -> bool:
    """Asks, and tells whether the answer carries the correction."""
    number, _ = town.ask("walt", AGAIN)
    return RIGHT in town.reply(number).body


def acts(town: Town) -> list[tuple[str, str, str]]:
    entries = town.bot.store.audit.newest(town.repository.id, 100)
    return [
        (one.act, one.person.login, one.url) for one in reversed(entries) if one.act != "taught"
    ]


def test_the_issue_shows_what_was_learned_and_where(town: Town) -> None:
    taught(town)
    found = opened(town)
    assert found.title == "What Treadle learned"
    body = found.body or ""
    reply = town.bot.store.replies.recent(town.repository.id, 1)[0]
    line = next(one for one in body.split("\n") if one.startswith("- [x] `The loom"))
    assert "`mia`" in line and f"]({reply.url})" in line
    assert "`make" not in line
    assert "liked: " in body and "### Phrases" in body


def test_an_unticked_line_is_used_no_more_and_a_ticked_one_again(town: Town) -> None:
    taught(town)
    url = f"{town.playground.url}/olivia/loom/issues/{opened(town).number}"
    assert corrected(town)
    write(town, "walt", untick)
    town.work()  # The delivery is enough.
    assert not corrected(town)
    look(town)
    body = issue(town).body or ""
    assert "### Set aside" in body and "set aside by `walt`" in body and "- [ ] `The loom" in body
    write(town, "mia", tick)
    town.work()
    assert corrected(town)
    assert acts(town) == [("vetoed", "walt", url), ("restored", "mia", url)]


def test_a_tick_whose_delivery_is_lost_is_found_by_the_next_look(town: Town) -> None:
    taught(town)
    opened(town)
    write(town, "walt", untick)
    town.handled.update(one.id for one in town.playground.world.deliveries)
    assert corrected(town)
    look(town)
    assert not corrected(town)


def test_a_tick_that_was_written_over_is_not_lost(town: Town) -> None:
    taught(town)
    opened(town)
    write(town, "walt", untick)
    world = town.playground.world
    [installation] = world.installations
    body = tick(issue(town).body or "") + "\n"
    world.edit_issue(world.bot(installation), issue(town), body=body)
    town.work()
    assert not corrected(town)


def test_who_reads_can_edit_nothing_and_who_may_no_more_write_is_not_heard(town: Town) -> None:
    taught(town)
    opened(town)
    with pytest.raises(Forbidden):
        write(town, "rae", untick)
    write(town, "walt", untick)
    town.playground.world.set_role(town.repository, "walt", "read")
    with structlog.testing.capture_logs() as logs:
        town.work()
    assert "learned.tick_refused" in [line["event"] for line in logs]
    assert corrected(town)
    look(town)
    assert "- [x] `The loom" in (issue(town).body or "")


def test_other_edits_are_put_back_and_their_ticks_kept(town: Town) -> None:
    taught(town)
    before = opened(town).body or ""
    write(town, "walt", lambda body: untick(body).replace("Treadle", "Nobody") + "\n- [x] mine")
    town.work()
    assert not corrected(town)
    assert "mine" in (issue(town).body or ""), "at most one write an hour"
    look(town)
    after = issue(town).body or ""
    assert "mine" not in after and "Nobody" not in after and "set aside by `walt`" in after
    assert read(after).write == read(before).write + 1


def test_nothing_is_written_where_nothing_changed_nor_twice_an_hour(town: Town) -> None:
    taught(town)
    first = opened(town)
    look(town)
    assert issue(town).revisions == first.revisions == ()
    write(town, "walt", untick)
    town.work()  # An hour went by: it is written at once.
    assert len(issue(town).revisions) == 3
    write(town, "mia", tick)
    town.work()
    look(town, timedelta(minutes=30))
    assert len(issue(town).revisions) == 4
    look(town, timedelta(minutes=31))
    assert len(issue(town).revisions) == 5


def test_a_phrase_and_a_pin(town: Town) -> None:
    taught(town)
    repository_id = town.repository.id
    body = opened(town).body or ""
    line = next(one for one in body.split("\n") if "liked: " in one)
    phrase = line.split("`")[1]
    write(town, "walt", lambda text: text.replace(line, line.replace("[x]", "[ ]")))
    town.work()
    [ruling] = town.bot.store.rulings.of(repository_id)
    assert (ruling.kind, ruling.what) == (RulingKind.PHRASE, RulingWhat.DELETED)
    assert ruling.key not in town.bot.store.weights.latest(repository_id).weights

    person = town.bot.store.signals.of_reply(1)[0].person
    town.bot.deciding.phrase(repository_id, "make check", RulingWhat.PINNED, By(person=person))
    look(town)
    pinned = "- [x] pinned: `make check`"
    assert pinned in (issue(town).body or "")
    write(town, "walt", lambda text: text.replace(pinned, pinned.replace("[x]", "[ ]")))
    town.work()
    assert [one.key for one in town.bot.store.rulings.of(repository_id)] == [ruling.key]
    look(town)
    told = town.bot.store.audit.newest(repository_id, 1)[0]
    for _ in range(510):  # However much else is told since.
        town.bot.store.audit.record(repository_id, replace(told, act="exported", subject="rows"))
    lifted = "- [ ] pinned: `make check`"
    assert lifted in (issue(town).body or "") and phrase in (issue(town).body or "")
    write(town, "walt", lambda text: text.replace(lifted, lifted.replace("[ ]", "[x]")))
    town.work()
    assert {one.what for one in town.bot.store.rulings.of(repository_id)} == {
        RulingWhat.DELETED,
        RulingWhat.PINNED,
    }


def test_an_adapter(town: Town) -> None:
    store, repository_id = town.bot.store, town.repository.id
    number, comment = town.ask("mia", "/retrain")  # Refused: there is too little.
    [ask] = store.asks.of_command(repository_id, "retrain")
    version = a_version(repository_id=repository_id, run_id=run_id(repository_id, ask.key))
    retired = a_version(2, repository_id=repository_id, run_id="another")
    failed = a_version(3, repository_id=repository_id, verdict=Verdict(findings=()))
    for one in (version, retired, failed):
        store.adapters.add(one)
    store.adapters.retire(repository_id, retired.name, town.clock())
    store.adapters.promote(repository_id, version.name, by="mia", reason="", at=town.clock())
    body = opened(town).body or ""
    lines = body.partition("### Adapters\n\n")[2].split("\n")
    url = f"/olivia/loom/issues/{number}#issuecomment-{comment.id}"
    assert len(lines) == 1 and url in lines[0]
    assert lines[0].startswith(f"- [x] `{version.name}`, in force · by `mia`, [")
    write(town, "walt", lambda text: text.replace(f"[x] `{version.name}", f"[ ] `{version.name}"))
    town.work()
    assert store.adapters.active(repository_id) is None
    look(town)
    write(town, "walt", lambda text: text.replace(f"[ ] `{version.name}", f"[x] `{version.name}"))
    town.work()
    assert store.adapters.active(repository_id) == version


def test_what_was_decided_elsewhere_since_stands(town: Town) -> None:
    taught(town)
    opened(town)
    write(town, "walt", untick)
    town.handled.update(one.id for one in town.playground.world.deliveries)
    [target] = town.bot.store.evidence.memories(town.repository.id)
    assert target.after == RIGHT
    town.clock.ahead += timedelta(minutes=5)
    key = _digest(town)
    mia = By(person=town.bot.store.signals.of_reply(1)[0].person)
    deciding = town.bot.deciding
    deciding.rule(town.repository.id, RulingKind.MEMORY, key, RulingWhat.VETOED, mia)
    deciding.free(town.repository.id, RulingKind.MEMORY, key, mia)
    look(town)
    assert corrected(town)


def _digest(town: Town) -> str:
    [memory] = town.bot.store.evidence.memories(town.repository.id)
    return memory_digest(memory)


def test_a_writer_asks_for_it_by_command_and_gets_the_same_again(town: Town) -> None:
    for _ in range(2):
        number, _ = town.ask("walt", "/treadle learned")
        assert f"/issues/{issue(town).number})" in town.reply(number).body
    look(town)
    assert len(issues(town)) == 1


@pytest.mark.parametrize("login", ["tess", "rae", "pat"])
def test_others_cannot_ask_for_it(login: str, town: Town) -> None:
    town.ask(login, "/treadle learned")
    assert issues(town) == []


def test_the_file_may_forbid_it(town: Town) -> None:
    town.put(".github/treadle.yml", b"learned: false\n")
    number, _ = town.ask("walt", "/treadle learned")
    assert "learned: false" in town.reply(number).body
    look(town)
    assert issues(town) == []


def test_without_a_word_there_is_none_and_switched_off_it_is_left_alone(town: Town) -> None:
    taught(town)
    look(town)
    assert issues(town) == []
    body = opened(town).body
    town.put(".github/treadle.yml", b"")
    write(town, "walt", untick)
    town.work()
    look(town)
    assert town.bot.store.learned.get(town.repository.id) is None
    assert corrected(town) and issue(town).body == untick(body or "")


def test_a_closed_one_is_written_no_more_and_read_when_it_is_open_again(town: Town) -> None:
    taught(town)
    opened(town)
    world = town.playground.world
    world.edit_issue(world.person("walt"), issue(town), state="closed")
    look(town)
    assert kept(town) is LearnedState.CLOSED
    before = issue(town).body
    asked(town, "How do I run the tests?")
    write(town, "walt", untick)
    town.handled.update(one.id for one in world.deliveries)
    look(town)
    assert issue(town).body == untick(before or "") and corrected(town)
    number, _ = town.ask("mia", "/treadle learned")
    assert "is closed" in town.reply(number).body
    world.edit_issue(world.person("walt"), issue(town), state="open")
    town.work()
    assert not corrected(town) and kept(town) is LearnedState.OPEN
    look(town)
    assert "### Set aside" in (issue(town).body or "")


def kept(town: Town) -> LearnedState | None:
    found = town.bot.store.learned.get(town.repository.id)
    return None if found is None else found.state


def test_a_deleted_one_comes_back_when_somebody_asks_and_not_before(town: Town) -> None:
    taught(town)
    first = opened(town)
    world = town.playground.world
    world.delete_issue(world.person("olivia"), first)
    town.work()
    look(town, timedelta(days=2))
    look(town, timedelta(days=2))
    assert issues(town) == [] and kept(town) is LearnedState.GONE
    town.ask("walt", "/treadle learned")
    assert issue(town).number != first.number and kept(town) is LearnedState.OPEN


def test_a_transferred_one_is_left_where_it_went(town: Town) -> None:
    first = opened(town)
    world = town.playground.world
    target = world.create_repository("olivia", "elsewhere")
    moved = world.transfer_issue(world.person("olivia"), first, target)
    town.work()
    look(town, timedelta(days=2))
    assert issues(town) == [] and kept(town) is LearnedState.GONE
    assert world.issues[moved.id].revisions == ()


def test_what_is_taken_back_does_not_wait_for_the_hour(town: Town) -> None:
    taught(town)
    opened(town)
    look(town)
    write(town, "walt", untick)
    town.work()
    [reply] = town.bot.store.replies.recent(town.repository.id, 5)
    mia = town.bot.store.signals.of_reply(reply.id)[0].person
    town.bot.taking_back.reply(reply, by=mia, key="k", url="")
    town.bot.taking_back.finish_due()
    look(town, timedelta(minutes=10))
    assert ".config/loom.yml" not in (issue(town).body or "")


def test_one_that_was_opened_and_not_recorded_is_found(town: Town) -> None:
    taught(town)
    town.put(".github/treadle.yml", ON)
    world = town.playground.world
    world.faults.add(Fault(kind="drop_after", method="POST", path="/issues$"))
    with pytest.raises(TransientError):
        due(town)
    assert len(issues(town)) == 1 and kept(town) is LearnedState.WANTED
    assert town.bot.learned.due() == [], "what failed is tried again by the queue"
    look(town)
    assert len(issues(town)) == 1 and kept(town) is LearnedState.OPEN
    write(town, "walt", untick)
    town.work()
    assert not corrected(town)


def test_a_write_that_was_not_recorded_does_no_harm(town: Town) -> None:
    taught(town)
    opened(town)
    write(town, "walt", untick)
    town.work()
    before = town.bot.store.learned.get(town.repository.id)
    assert before is not None
    look(town)
    written = read(issue(town).body or "").write
    town.bot.store.learned.save(before)
    write(town, "mia", tick)
    town.work()
    look(town)
    assert corrected(town)
    assert read(issue(town).body or "").write == written + 1


def test_where_issues_are_off_it_is_said_once(town: Town) -> None:
    town.put(".github/treadle.yml", ON)
    world = town.playground.world
    fault = Fault(kind="status", method="POST", path="/issues$", status=410, times=100)
    world.faults.add(fault)
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            look(town, timedelta(days=2))
    assert [line["event"] for line in logs].count("learned.refused") == 1
    world.faults.clear()
    number = town.people["walt"].open_issue("A question", "")
    world.faults.add(fault)
    town.people["walt"].comment(number, "/treadle learned")
    town.work()
    assert "GitHub takes no issue here" in town.reply(number).body
    world.faults.clear()
    look(town, timedelta(days=2))
    assert kept(town) is LearnedState.OPEN


def test_a_look_under_way_is_not_crossed(town: Town) -> None:
    town.put(".github/treadle.yml", ON)
    workers, now = town.bot.store.workers, town.clock()
    name = f"learned:{town.repository.id}"
    assert workers.lease(name, "other", now, now + timedelta(minutes=5))
    with pytest.raises(TransientError):
        town.bot.learned.look(town.repository.id)
    workers.release(name, "other")
    town.bot.learned.look(town.repository.id)
    assert len(issues(town)) == 1


def test_without_graphql_a_tick_is_of_somebody_who_may_write(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(*_: object) -> None:
        raise LackingError("no GraphQL")

    taught(town)
    monkeypatch.setattr(town.bot.context.github, "issue", lacking)
    opened(town)
    write(town, "walt", untick)
    town.work()
    assert not corrected(town)
    look(town)
    assert "### Set aside" in (issue(town).body or "")
    look(town)
    write(town, "walt", tick)
    town.work()
    assert corrected(town)
    assert [one[:2] for one in acts(town)] == [("vetoed", ""), ("restored", "")]
    world = town.playground.world
    world.delete_issue(world.person("olivia"), issue(town))
    look(town)
    assert kept(town) is LearnedState.GONE
