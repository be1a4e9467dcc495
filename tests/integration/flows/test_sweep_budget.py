"""Sweeps of many installations: who goes first, who waits, and what is left alone."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.bootstrap.bot import Bot
from app.bootstrap.building import build
from app.domain import Permission, Person, Reaction, Reply, Repository, Snapshot
from app.errors import GoneError
from app.flows.sweep import BATCH, TURNS, aligned
from app.github.batch import points
from app.github.ledger import ProcessLedger
from app.ports.github import Purse
from app.settings import load
from tests.databases import put_tables
from tests.stored import ANN, NOW, a_reply, later

BUSY, QUIET = 7, 8
ZOE = Person(id=9, login="zoe")


@dataclass
class Hub:
    """A GitHub of replies that look as they are told; it keeps what was asked for."""

    now: datetime = NOW
    login: str = "treadle[bot]"
    app_id: int = 1
    reactions: dict[str, Sequence[Reaction]] = field(default_factory=dict)
    forbidden: set[str] = field(default_factory=set)
    queries: list[tuple[int, list[str]]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    permissions: dict[str, Permission] = field(default_factory=dict)

    def snapshots(
        self, repository: Repository, node_ids: Sequence[str], purse: Purse | None = None
    ) -> Sequence[Snapshot]:
        """Shows replies, and has them paid for."""
        assert purse is not None
        purse.take(points(len(node_ids)))
        self.queries.append((repository.installation_id, list(node_ids)))
        if self.forbidden & set(node_ids):
            raise GoneError("FORBIDDEN")
        return [
            Snapshot(
                comment_node_id=one,
                seen_at=self.now,
                body="So.",
                reactions=self.reactions.get(one, ()),
            )
            for one in node_ids
        ]

    def permission(self, repository: Repository, login: str) -> Permission:
        """Lets everybody write of whom nothing else is said."""
        self.asked.append(login)
        return self.permissions.get(login, Permission.WRITE)

    def file(self, repository: Repository, path: str) -> None:
        """There is no configuration."""

    organisation_file = file


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A bot with two installations, one of many replies and one of few."""

    bot: Bot
    hub: Hub
    begun_again: Callable[[], AbstractContextManager[Bot]]

    def at(self, seconds: float) -> None:
        """Moves the time on to some seconds after `NOW`."""
        self.hub.now = later(seconds)

    def look(self, seconds: float, reply: Reply) -> None:
        """Sweeps a reply some seconds after `NOW`."""
        self.at(seconds)
        self.bot.store.sweeps.set_due([reply.id], self.hub.now)
        assert self.bot.sweep.due() == 1

    def replies(self, repository_id: int, count: int, *, age: float = 0.0) -> list[Reply]:
        """Adds replies, the first the oldest, a second between two."""
        base = repository_id * 100_000 + len(self.bot.store.replies.ids(repository_id))
        added = [
            a_reply(
                base + number,
                repository_id=repository_id,
                posted_at=later(number - count - age),
            )
            for number in range(count)
        ]
        return [self.bot.store.replies.add(one, next_sweep=NOW) for one in added]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    settings = load({}, data_dir=tmp_path, sweep_points=310)
    put_tables(settings)
    hub = Hub()
    ledger = ProcessLedger(lambda: hub.now.timestamp())

    def begun() -> Bot:
        return build(settings, github=hub, clock=lambda: hub.now, ledger=ledger)  # type: ignore[arg-type]

    bot = begun()
    for installation_id in (BUSY, QUIET):
        for place in (0, 10):
            bot.store.repositories.save(
                Repository(
                    id=installation_id + place,
                    owner="o",
                    name=f"r{installation_id + place}",
                    installation_id=installation_id,
                )
            )
    yield Scene(bot=bot, hub=hub, begun_again=lambda: closing(begun()))
    bot.close()


def test_a_busy_installation_does_not_keep_a_quiet_one_waiting(scene: Scene) -> None:
    scene.replies(BUSY, 1200)
    [few] = scene.replies(QUIET, 1)
    scene.bot.sweep.due()
    assert [one for one, _ in scene.hub.queries[:3]] == [BUSY, QUIET, BUSY], "they take turns"
    assert scene.hub.queries[1][1] == [few.comment_node_id]
    # Ten points of a part of the hour are five full queries.
    assert [len(nodes) for _, nodes in scene.hub.queries] == [BATCH, 1, *[BATCH] * 4]
    assert len(scene.hub.queries) <= TURNS + 1


def test_where_points_are_short_the_youngest_go_first_and_the_oldest_wait(scene: Scene) -> None:
    old = scene.replies(BUSY, 600, age=86_400)
    young = scene.replies(BUSY, 30)
    assert scene.bot.sweep.due() == 500
    seen = [node for _, nodes in scene.hub.queries for node in nodes]
    assert seen[:30] == [one.comment_node_id for one in reversed(young)]
    assert seen[30:] == [one.comment_node_id for one in reversed(old)][:470]
    assert scene.bot.store.sweeps.overdue(later(10)) == {BUSY: 10.0}
    scene.hub.queries.clear()
    scene.at(60)
    assert scene.bot.sweep.due() == 0, "this part of the hour is used up"
    # Parts of an hour are two minutes long; `NOW` is 61 seconds into one.
    scene.at(60)
    scene.at(121)
    scene.bot.sweep.due()
    assert scene.hub.queries[0][1][:30] == [one.comment_node_id for one in reversed(young)]


def test_one_query_is_of_all_repositories_of_an_installation(scene: Scene) -> None:
    first, second = scene.replies(BUSY, 3), scene.replies(BUSY + 10, 2)
    assert scene.bot.sweep.due() == 5
    [(_, nodes)] = scene.hub.queries
    assert set(nodes) == {one.comment_node_id for one in [*first, *second]}


def test_a_repository_out_of_reach_leaves_the_others_be(scene: Scene) -> None:
    [bad] = scene.replies(BUSY, 1)
    [good] = scene.replies(BUSY + 10, 1)
    scene.hub.forbidden = {bad.comment_node_id}
    assert scene.bot.sweep.due() == 1
    assert scene.hub.queries[-1][1] in ([good.comment_node_id], [bad.comment_node_id])
    assert scene.bot.sweep.due() == 0, "both are put off"


def test_activity_beyond_the_budget_is_looked_at_when_there_is_one(scene: Scene) -> None:
    [reply] = scene.replies(BUSY, 1, age=10 * 86_400)
    scene.bot.sweep.due()
    for _ in range(400):
        scene.bot.sweep.thread(BUSY, reply.number)
    assert len(scene.hub.queries) == 10, "of which one reply of one thread is a point"
    assert [one.reply.id for one in scene.bot.store.sweeps.due(scene.hub.now, BUSY, 9)] == [
        reply.id
    ]
    scene.at(121)
    assert scene.bot.sweep.due() == 1


def test_what_looks_as_before_is_left_alone_for_a_day(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    [reply] = scene.replies(BUSY, 1)
    scene.hub.reactions = {
        reply.comment_node_id: (Reaction(content="+1", person=ZOE, created_at=NOW),)
    }
    taken = []
    absorb = scene.bot.sweep.intake.absorb
    monkeypatch.setattr(
        scene.bot.sweep.intake, "absorb", lambda *args: taken.append(scene.hub.now) or absorb(*args)
    )
    scene.look(0, reply)
    for minutes in range(20, 24 * 60, 20):
        scene.look(minutes * 60, reply)
    assert taken == [NOW]
    scene.look(24 * 3600 + 60, reply)
    assert len(taken) == 2


def test_who_may_write_no_more_counts_less_at_the_next_look(scene: Scene) -> None:
    [reply] = scene.replies(BUSY, 1)
    scene.hub.reactions = {
        reply.comment_node_id: (Reaction(content="+1", person=ZOE, created_at=NOW),)
    }
    scene.look(0, reply)
    assert scene.bot.store.evidence.of_reply(reply.id).memories
    scene.hub.permissions["zoe"] = Permission.TRIAGE
    scene.look(60, reply)
    assert scene.hub.asked == ["zoe"], "asked at most once in ten minutes"
    scene.look(660, reply)
    [signal] = scene.bot.store.signals.of_reply(reply.id)
    assert signal.permission is Permission.TRIAGE and signal.trust == 0.5
    assert scene.bot.store.evidence.of_reply(reply.id).memories == (), "it waits for its days"


def test_who_opted_out_counts_nothing_at_the_next_look(scene: Scene) -> None:
    [reply] = scene.replies(BUSY, 1)
    scene.hub.reactions = {
        reply.comment_node_id: tuple(
            Reaction(content="+1", person=one, created_at=NOW) for one in (ANN, ZOE)
        )
    }
    scene.look(0, reply)
    scene.bot.store.opt_outs.add(BUSY, ZOE.id, scene.hub.now)
    scene.look(60, reply)
    found = scene.bot.store.signals.of_reply(reply.id)
    assert {one.person.login: one.removed_at is None for one in found} == {
        "ann": True,
        "zoe": False,
    }
    scene.bot.store.opt_outs.lift(BUSY, ZOE.id)
    scene.look(120, reply)
    assert all(one.removed_at is None for one in scene.bot.store.signals.of_reply(reply.id))


def test_a_policy_that_changes_is_in_force_at_the_next_look(scene: Scene) -> None:
    [reply] = scene.replies(BUSY, 1)
    scene.hub.permissions["zoe"] = Permission.TRIAGE
    scene.hub.reactions = {
        reply.comment_node_id: (Reaction(content="+1", person=ZOE, created_at=NOW),)
    }
    scene.look(0, reply)
    assert not scene.bot.store.evidence.of_reply(reply.id).memories
    text = "trust:\n  vouched: [zoe]\ndelay_days: 0\n"
    scene.bot.store.repositories.save_policy(BUSY, "repository", "sha", text, ())
    scene.look(60, reply)
    assert scene.bot.store.evidence.of_reply(reply.id).memories


def test_what_an_earlier_process_took_in_is_taken_in_once_more(scene: Scene) -> None:
    [reply] = scene.replies(BUSY, 1)
    scene.hub.permissions["zoe"] = Permission.TRIAGE
    scene.hub.reactions = {
        reply.comment_node_id: (Reaction(content="+1", person=ZOE, created_at=NOW),)
    }
    scene.look(0, reply)
    scene.bot.store.repositories.save_policy(BUSY, "repository", "sha", "delay_days: 1\n", ())
    scene.look(23 * 3600, reply)
    assert not scene.bot.store.evidence.of_reply(reply.id).memories
    scene.at(25 * 3600)
    with scene.begun_again() as later_bot:
        later_bot.store.sweeps.set_due([reply.id], scene.hub.now)
        later_bot.sweep.due()
        assert later_bot.store.evidence.of_reply(reply.id).memories, "its day is over"


def test_a_vote_that_comes_and_goes_and_comes_is_noticed_each_time(scene: Scene) -> None:
    [reply] = scene.replies(BUSY, 1)
    vote = Reaction(content="+1", person=ANN, created_at=NOW)
    found = []
    for minute, shown in enumerate([(), (vote,), (), (vote,), (vote,)], 1):
        scene.hub.reactions = {reply.comment_node_id: shown}
        scene.at(minute * 60)
        scene.bot.store.sweeps.set_due([reply.id], scene.hub.now)
        scene.bot.sweep.due()
        signals = scene.bot.store.signals.of_reply(reply.id)
        found.append([one.removed_at is None for one in signals])
    assert found == [[], [True], [False], [True], [True]]


def test_cut_off_before_it_is_learned_it_is_taken_in_anew(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    [reply] = scene.replies(BUSY, 1)
    vote = Reaction(content="+1", person=ANN, created_at=NOW)
    scene.hub.reactions = {reply.comment_node_id: (vote,)}
    with monkeypatch.context() as patched:
        patched.setattr("app.flows.learn.Learn.reply", lambda *_: 1 / 0)
        scene.bot.sweep.due()
    assert scene.bot.store.evidence.of_reply(reply.id).memories == ()
    assert scene.bot.store.signals.of_reply(reply.id)
    scene.at(120)
    scene.bot.sweep.due()
    assert scene.bot.store.evidence.of_reply(reply.id).memories


@pytest.mark.parametrize(
    ("at", "expected"), [(29, 0), (31, 60), (60, 60), (89, 60), (91, 120), (3600, 3600)]
)
def test_looks_fall_on_whole_steps(at: float, expected: float) -> None:
    start = NOW.replace(second=0)
    found = aligned(start + timedelta(seconds=at), timedelta(seconds=60))
    assert found == start + timedelta(seconds=expected)
