"""A database that lived through a repository's life, and one made from what GitHub shows of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.bootstrap.bot import Bot
from app.bootstrap.building import build
from app.domain import (
    OPERATOR,
    Evidence,
    Job,
    MemoryKind,
    Person,
    Reply,
    ReplyState,
    RowKind,
    another,
)
from app.domain.backfill import Lost
from app.errors import UserError
from app.flows import backfill as course
from app.flows import backfill_compare, backfill_posted
from app.flows.backfill_compare import Comparing, Difference
from app.flows.deciding import By
from tests.databases import put_tables
from tests.integration.flows.conftest import Town
from tests.integration.flows.test_learned import opened, taught, untick, write
from tests.integration.flows.test_sweep import RIGHT, WRONG, asked, sweep

TESTS = "How do I run the tests?"


@contextmanager
def empty(town: Town, data: Path) -> Iterator[Bot]:
    """Makes a second bot on the same GitHub, with the same keys and an empty database."""
    settings = town.bot.settings.model_copy(
        update={"database_url": f"sqlite:///{data / 'empty.db'}"}
    )
    put_tables(settings)
    bot = build(settings, clock=town.clock)
    try:
        yield bot
    finally:
        bot.close()


def learned(bot: Bot, since: datetime | None = None) -> list[Lost]:
    """Reads and learns the past; returns what is not shown any more."""
    github = bot.context.github
    repository = github.repository("olivia", "loom")
    bot.store.repositories.save(repository)
    return list(bot.backfill.learn(repository, bot.backfill.read(repository, since)))


def compared(town: Town, other: Bot, lost: list[Lost]) -> list[Difference]:
    return Comparing(
        town.bot.store,
        other.store,
        town.repository.id,
        own_login=other.context.github.login,
        lost=lost,
    ).differences()


def live(town: Town) -> list[Reply]:
    """Lives through votes, edits, a correction that is quoted, help, and what teaches nothing."""
    first, second = asked(town), asked(town, TESTS)
    number, _ = town.ask("walt", "/help")
    assert town.replies(number)
    mia, walt, tess, rae, pat = (town.people[one] for one in ("mia", "walt", "tess", "rae", "pat"))
    mia.edit(first.comment_id, first.body.replace(WRONG, RIGHT))
    town.work()
    for person, content in ((walt, "+1"), (tess, "heart"), (rae, "+1"), (pat, "rocket")):
        person.react(second.comment_id, content)
    walt.react(first.comment_id, "+1")
    town.work()
    third = asked(town, "From which file are the settings of the loom read?")
    assert RIGHT in third.answer
    unknown = asked(town, "Who painted the Mona Lisa in the Louvre?")
    assert unknown.abstained
    walt.react(third.comment_id, "-1")
    mia.edit(unknown.comment_id, f"Leonardo da Vinci painted it.\n\n{unknown.body}")
    town.work()
    sweep(town)
    return [first, second, third, unknown]


def test_all_rows_come_out_equal(town: Town, tmp_path: Path) -> None:
    live(town)
    evidence = town.bot.store.evidence
    memories = evidence.memories(town.repository.id)
    assert {one.kind for one in memories} == set(MemoryKind)
    assert {one.kind for one in evidence.rows(town.repository.id)} == set(RowKind)
    assert town.bot.store.weights.latest(town.repository.id).weights
    with empty(town, tmp_path) as other:
        lost = learned(other)
        assert lost == []
        assert other.store.replies.ids(town.repository.id)
        assert compared(town, other, lost) == []
        assert other.store.backfills.get(town.repository.id) is None
        assert learned(other) == [], "again it changes nothing"
        assert compared(town, other, lost) == []


def test_a_quoted_correction_is_as_it_was_then(town: Town, tmp_path: Path) -> None:
    first, _, third, _ = live(town)
    again = first.body.replace(WRONG, "The loom has no settings.")
    town.playground.world.clock.advance(60)
    town.people["mia"].edit(first.comment_id, again)
    sweep(town)
    with empty(town, tmp_path) as other:
        found = compared(town, other, learned(other))
        assert {one.reason for one in found} == {backfill_compare.REMOVED}, "the earlier edit"
        rebuilt = other.store.replies.by_comment(town.repository.id, third.comment_id)
        assert rebuilt is not None
        [source] = [one for one in rebuilt.sources if one.memory_id is not None]
        assert (source.text, source.author, source.url) == (RIGHT, "mia", first.url)
        ids = [one.id for one in other.store.evidence.memories(town.repository.id)]
        assert min(ids) > (source.memory_id or 0), "no number that an answer cites"


def test_what_is_not_shown_any_more_is_told_and_nothing_else_differs(
    town: Town, tmp_path: Path
) -> None:
    _, second, third, unknown = live(town)
    world = town.playground.world
    mia, walt = world.person("mia"), world.person("walt")
    world.unreact(walt, world.comment(second.comment_id), "+1")
    world.minimize(mia, world.comment(third.comment_id), "off-topic")
    world.delete_comment(mia, world.comment(unknown.comment_id))
    sweep(town)
    with empty(town, tmp_path) as other:
        lost = learned(other)
        assert lost == []
        found = compared(town, other, lost)
    assert [one for one in found if not one.reason] == []
    assert {(one.url, one.reason) for one in found if one.reason != backfill_compare.FOLLOWS} == {
        (second.url, backfill_compare.REMOVED),
        (third.url, backfill_compare.HIDDEN_SINCE),
        (unknown.url, backfill_compare.DELETED),
    }


def broken(town: Town, reply: Reply) -> None:
    """Breaks the block and deletes the text of the version that had it."""
    world, mia = town.playground.world, town.playground.world.person("mia")
    world.edit_comment(mia, world.comment(reply.comment_id), "Nothing of it is left.")
    versions = world.comment(reply.comment_id).revisions
    world.delete_revision(mia, world.comment(reply.comment_id), versions[0].id)


def unasked(town: Town, reply: Reply) -> None:
    world = town.playground.world
    world.delete_comment(world.person("mia"), world.comment(reply.trigger_comment_id))


def copied(town: Town, reply: Reply) -> None:
    """Lets the App say in another thread what it said here."""
    world = town.playground.world
    [installation] = list(world.installations)
    issue = world.create_issue(world.person("rae"), town.repository, "Elsewhere", "")
    world.create_comment(world.bot(installation), issue, reply.body)


@pytest.mark.parametrize(
    ("do", "what"),
    [
        (broken, backfill_posted.NO_BLOCK),
        (unasked, backfill_posted.NO_QUESTION),
        (copied, backfill_posted.ELSEWHERE),
    ],
)
def test_an_answer_that_cannot_be_known_is_listed(
    do: object, what: str, town: Town, tmp_path: Path
) -> None:
    reply = asked(town, TESTS)
    assert callable(do)
    do(town, reply)
    with empty(town, tmp_path) as other:
        [lost] = learned(other)
        assert lost.what == what
        known = other.store.replies.by_comment(town.repository.id, reply.comment_id)
        assert (known is None) is (do is not copied)


def test_what_was_edited_is_found_in_its_history(town: Town, tmp_path: Path) -> None:
    reply = asked(town)
    mia, rae = town.people["mia"], town.people["rae"]
    mia.edit(reply.comment_id, "All of it is gone, the block as well.")
    rae.edit(reply.trigger_comment_id, "Never mind.")
    town.work()
    sweep(town)
    with empty(town, tmp_path) as other:
        assert learned(other) == []
        assert compared(town, other, []) == []


def test_other_keys_are_told(town: Town, tmp_path: Path) -> None:
    reply = asked(town)
    with empty(town, tmp_path) as other:
        context = replace(other.context, keys={"k9": "another key"})
        stranger = replace(other, context=context)
        backfill = course.Backfill(
            context, other.sweep.intake, other.backfill._learn, other.backfill._orders
        )
        assert learned(replace(stranger, backfill=backfill)) == [
            Lost(url=reply.url, what=backfill_posted.UNKNOWN_KEY)
        ]


def test_a_file_that_is_not_shown_any_more_is_told(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = asked(town)
    town.people["walt"].react(reply.comment_id, "+1")
    sweep(town)
    monkeypatch.setattr("app.github.history.History.files", lambda *_: {})
    with empty(town, tmp_path) as other:
        lost = learned(other)
        assert {one.url for one in lost} == {reply.url}
        assert "is not shown any more" in lost[0].what
        found = compared(town, other, lost)
    assert found
    assert [one for one in found if not one.reason] == []


def test_an_answer_in_the_hands_of_a_worker_is_left_to_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is posted, and the worker is just about to keep it."""
    store = town.bot.store
    with monkeypatch.context() as patched:

        def cut_off(*_: object) -> None:
            raise KeyboardInterrupt

        patched.setattr(store.replies, "add", cut_off)
        with pytest.raises(KeyboardInterrupt):
            asked(town, TESTS)
    assert learned(town.bot) == []
    assert store.replies.ids(town.repository.id) == []
    [ask] = store.asks.newest(town.repository.id, 10)
    town.bot.ask.publish(ask.key)
    assert learned(town.bot) == []
    assert len(store.replies.ids(town.repository.id)) == 1
    assert len(town.replies(ask.number)) == 1


def test_after_it_the_next_answer_uses_the_correction(town: Town, tmp_path: Path) -> None:
    reply = asked(town)
    town.people["mia"].edit(reply.comment_id, reply.body.replace(WRONG, RIGHT))
    town.work()
    with empty(town, tmp_path) as other:
        learned(other)
        survivor = replace(town, bot=other)
        number, _ = survivor.ask("walt", "/ask From which file are the loom's settings read?")
        answer = survivor.reply(number).body
    assert RIGHT in answer and WRONG not in answer


def test_a_dictionary_that_was_lost_explains_nothing(town: Town, tmp_path: Path) -> None:
    _, _, third, _ = live(town)
    with empty(town, tmp_path) as other:
        learned(other)
        with pytest.raises(UserError, match="lost with an earlier database"):
            other.why.reply(third.url)
        assert other.store.weights.latest(town.repository.id).version > third.dictionary_version


@pytest.mark.parametrize("pages", [1, 2, 7])
def test_pages_and_batches_of_any_size_give_the_same(
    pages: int, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.github.history.PER_PAGE", pages)
    monkeypatch.setattr(course, "BATCH", 2)
    live(town)
    with empty(town, tmp_path) as other:
        told: list[tuple[str, int, int]] = []
        repository = other.context.github.repository("olivia", "loom")
        other.store.repositories.save(repository)

        def tell(doing: str, done: int, of: int) -> None:
            told.append((doing, done, of))

        state = other.backfill.read(repository, None, tell)
        comments = len(town.playground.world.comments)
        assert (state.comments, state.replies) == (comments, 4)
        assert told[-1][:2] == ("Reading comments", comments)
        assert other.backfill.learn(repository, state, tell) == []
        assert told[-1] == ("Learning", 4, 4)
        assert compared(town, other, []) == []


def test_what_was_posted_before_can_be_left_out(town: Town, tmp_path: Path) -> None:
    asked(town)
    town.playground.world.clock.advance(86_400)
    tests = asked(town, TESTS)
    with empty(town, tmp_path) as other:
        learned(other, tests.posted_at - timedelta(hours=1))
        [reply_id] = other.store.replies.ids(town.repository.id)
        reply = other.store.replies.by_id(reply_id)
        assert reply is not None and reply.comment_id == tests.comment_id


def test_what_people_took_back_stays_so(town: Town, tmp_path: Path) -> None:
    first, second = asked(town), asked(town, TESTS)
    for reply in (first, second):
        town.people["walt"].react(reply.comment_id, "+1")
        town.people["tess"].react(reply.comment_id, "+1")
    sweep(town)
    town.people["tess"].comment(first.number, "/forget mine")
    town.people["walt"].comment(second.number, "/forget")
    town.people["walt"].comment(first.number, '/treadle pin "make check"')
    town.work()
    town.clock.ahead = timedelta(minutes=3)
    town.bot.taking_back.finish_due()
    town.clock.ahead = timedelta(minutes=6)
    town.bot.taking_back.finish_due()
    sweep(town)
    with empty(town, tmp_path) as other:
        learned(other)
        town.clock.ahead = timedelta(minutes=9)
        other.taking_back.finish_due()
        kept, rebuilt = town.bot.store, other.store
        for store in (kept, rebuilt):
            evidence = store.evidence
            assert {one.author for one in evidence.memories(town.repository.id)} == {"walt"}
            assert {one.person for one in evidence.masses(town.repository.id)} <= {"walt"}
            assert [one.key for one in store.rulings.of(town.repository.id)] == ["make check"]
            forgotten = store.replies.by_comment(town.repository.id, second.comment_id)
            assert forgotten is not None and forgotten.state is ReplyState.TAKEN_BACK
            assert store.evidence.of_reply(forgotten.id) == Evidence()


def test_what_was_told_and_done_is_not_done_again(town: Town) -> None:
    reply = asked(town, TESTS)
    store, tess, walt = town.bot.store, town.people["tess"], town.people["walt"]
    for person, content in ((tess, "+1"), (walt, "+1")):
        person.react(reply.comment_id, content)
    sweep(town)
    for person, text in (
        (tess, "/treadle opt-out"),
        (tess, "/treadle opt-in"),
        (walt, '/treadle pin "make check"'),
    ):
        person.comment(reply.number, text)
        town.work()
    repository = town.bot.context.github.repository("olivia", "loom")
    by = By(person=OPERATOR)
    town.bot.deciding.free_phrase(repository.id, "make check", by)
    world = town.playground.world
    person = Person(id=world.account("tess").id, login="tess")
    town.bot.taking_back.opt_out(repository, person, key="opt-out:by command")
    before = store.audit.newest(repository.id, 100)
    assert {one.act for one in before} >= {"opted out", "opted in", "pinned", "freed"}
    learned(town.bot)
    assert store.audit.newest(repository.id, 100) == before
    assert store.rulings.of(repository.id) == []
    assert store.opt_outs.of(repository.id) == {person.id}


def test_a_decision_that_is_cut_off_is_made_by_the_next_run(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, _ = town.ask("walt", '/treadle pin "make check"\n/treadle forbid "use nox"')
    town.people["mia"].comment(number, '/treadle pin "run tox"')
    town.work()
    pinned = {(one.key, one.what) for one in town.bot.store.rulings.of(town.repository.id)}
    assert len(pinned) == 3
    with empty(town, tmp_path) as other:
        rulings = other.store.rulings
        for _ in pinned:
            with monkeypatch.context() as patched:
                patched.setattr("app.flows.learn.Learn.rule", cut_off)
                with pytest.raises(KeyboardInterrupt):
                    learned(other)
        assert learned(other) == []
        assert {(one.key, one.what) for one in rulings.of(town.repository.id)} == pinned
        told = other.store.audit.newest(town.repository.id, 9, decisions=True)
        assert len(told) == 3
        kept = town.bot.store.audit.newest(town.repository.id, 9, decisions=True)
        assert {one.subject: one.url for one in told} == {one.subject: one.url for one in kept}


def cut_off(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_ticks_that_were_read_too_early_are_taken_in_after_it(town: Town, tmp_path: Path) -> None:
    taught(town)
    opened(town)
    write(town, "walt", untick)
    town.work()
    [veto] = town.bot.store.rulings.of(town.repository.id)
    with empty(town, tmp_path) as other:
        repository = other.context.github.repository("olivia", "loom")
        other.store.repositories.save(repository)
        other.learned.look(repository.id)
        known = other.store.learned.get(repository.id)
        assert known is not None and known.edit
        assert other.store.rulings.of(repository.id) == []
        learned(other)
        other.learned.look(repository.id)
        [found] = other.store.rulings.of(repository.id)
        assert (found.key, found.what, found.by) == (veto.key, veto.what, veto.by)
        told = other.store.audit.newest(repository.id, 9)
        learned(other)
        other.learned.look(repository.id)
        assert other.store.audit.newest(repository.id, 9) == told


def test_what_somebody_else_wrote_into_a_comment_is_not_its_authors_wish(
    town: Town, tmp_path: Path
) -> None:
    reply = asked(town, TESTS)
    town.people["tess"].react(reply.comment_id, "+1")
    sweep(town)
    posted = town.people["tess"].comment(reply.number, "It works.")
    town.people["walt"].edit(posted.id, "/treadle opt-out")
    own = town.people["rae"].comment(reply.number, "/treadle opt-out")
    town.people["walt"].edit(own.id, "/treadle opt-out\n\nThanks!")
    rae = Person(id=town.playground.world.account("rae").id, login="rae")
    with empty(town, tmp_path) as other:
        learned(other)
        assert other.store.opt_outs.of(town.repository.id) == {rae.id}


def test_who_took_all_back_is_not_named_as_who_decided_before(town: Town, tmp_path: Path) -> None:
    number, _ = town.ask("walt", '/treadle pin "make check"')
    town.people["walt"].comment(number, "/treadle opt-out")
    town.people["mia"].comment(number, '/treadle pin "run tox"')
    town.work()
    with empty(town, tmp_path) as other:
        learned(other)
        for store in (town.bot.store, other.store):
            told = store.audit.newest(town.repository.id, 9, decisions=True)
            assert {one.person.login for one in told if one.act == "pinned"} == {
                "a person who took it back",
                "mia",
            }
            assert {one.by.login for one in store.rulings.of(town.repository.id)} == {
                "a person who took it back",
                "mia",
            }


def test_a_second_answer_is_kept_beside_the_first(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs: list[Job] = []
    monkeypatch.setattr("app.bootstrap.building._put", lambda _, job: jobs.append(job))
    first = asked(town)
    town.people["mia"].react(first.comment_id, "confused")
    sweep(town)
    town.run(jobs.pop())
    second = town.bot.store.replies.by_trigger(first.trigger_node_id, another(first.command_key))
    assert second is not None
    town.people["walt"].react(second.comment_id, "+1")
    sweep(town)
    with empty(town, tmp_path) as other:
        assert compared(town, other, learned(other)) == []
        assert len(other.store.replies.ids(town.repository.id)) == 2
