"""A town on a clock of its own, whose replies are swept: what `bench.sweep_cost` lives in."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import playground.installs
from app.bootstrap.bot import Bot
from app.bootstrap.building import build
from app.domain import Person, Reply, Repository, Signal
from app.github.ledger import ProcessLedger
from app.local import UNHURRIED
from app.settings import PREFIX, load
from app.store import migrate
from playground.clock import Clock
from playground.nodes import node_id
from playground.server import Playground
from playground.values import Issue

PEOPLE = 40


class Simulated(Clock):
    """The playground's time, which the bench sets."""

    def __init__(self) -> None:
        super().__init__()
        self.at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)

    def now(self) -> datetime:
        """The time, to the second as GitHub gives it."""
        return self.at.replace(microsecond=0)


@dataclass(kw_only=True)
class Town:
    """A repository whose replies are swept.

    `points` are what each request took of the part of GitHub's interface that is `counted`, and
    when; `seen` is when something was first seen on a reply.
    """

    github: Playground
    bot: Bot
    clock: Simulated
    rng: random.Random
    repository: Repository
    issue: Issue | None = None
    points: list[tuple[datetime, int]] = field(default_factory=list)
    counted: str = "graphql"
    seen: dict[int, datetime] = field(default_factory=dict)

    def post(self, at: datetime, next_sweep: datetime | None = None) -> Reply:
        """Posts a reply as the App, on a thread of about ten."""
        world = self.github.world
        if self.issue is None or self.rng.random() < 0.1:
            place = world.repositories[self.repository.id]
            self.issue = world.create_issue(world.person("p0"), place, title="How?", body="")
        [installation] = world.installations
        comment = world.create_comment(world.bot(installation), self.issue, "So. [1]")
        store = self.bot.store
        return store.replies.add(
            Reply(
                id=0,
                repository_id=self.repository.id,
                number=self.issue.number,
                comment_id=comment.id,
                comment_node_id=node_id("IssueComment", comment.id),
                url=f"http://h/{comment.id}",
                trigger_comment_id=-comment.id,
                trigger_node_id=f"T{comment.id}",
                asker=Person(id=1, login="p0"),
                question="How?",
                answer="So.",
                body="So. [1]",
                block={},
                posted_at=at,
            ),
            next_sweep=next_sweep,
        )

    def react(self, reply: Reply) -> None:
        """Lets somebody react to a reply, now."""
        world = self.github.world
        person = world.person(f"p{self.rng.randrange(PEOPLE)}")
        content = self.rng.choice(["+1", "-1", "heart", "rocket"])
        world.react(person, world.comment(reply.comment_id), content)


@contextmanager
def founded(folder: Path, rng: random.Random) -> Iterator[Town]:
    """Makes a town on a clock of its own."""
    clock = Simulated()
    # The bot renews its tokens by the real time.
    playground.installs.TOKEN_LIFE = timedelta(days=60)
    with Playground(clock=clock) as github:
        world = github.world
        for number in range(PEOPLE):
            world.create_user(f"p{number}")
        made = world.create_repository("olivia", "loom", files={"README.md": b"# Loom\n"})
        github.install("olivia")
        [installation] = world.installations
        settings = load(
            {
                "TREADLE_APP_ID": str(github.app_id),
                "TREADLE_PRIVATE_KEY": github.private_key_pem,
                "TREADLE_WEBHOOK_SECRET": github.webhook_secret,
                "TREADLE_GITHUB_API_URL": github.api_url,
                "TREADLE_DATA_DIR": str(folder),
                "TREADLE_MODEL": "extract",
                **{PREFIX + name: value for name, value in UNHURRIED.items()},
            }
        )
        migrate(settings)
        ledger = ProcessLedger(lambda: clock.at.timestamp())
        bot = build(settings, clock=lambda: clock.at, ledger=ledger)
        repository = Repository(
            id=made.id, owner="olivia", name="loom", installation_id=installation.id
        )
        bot.store.repositories.save(repository)
        town = Town(github=github, bot=bot, clock=clock, rng=rng, repository=repository)
        spend, record = world.budgets.spend, bot.store.signals.record

        def counting(who: str, resource: str, points: int = 1) -> object:
            if resource == town.counted:
                town.points.append((clock.at, points))
            return spend(who, resource, points)

        def noting(reply_id: int, signals: Sequence[Signal], seen_at: datetime) -> bool:
            if signals:
                town.seen.setdefault(reply_id, clock.at)
            return record(reply_id, signals, seen_at)

        world.budgets.spend = counting  # type: ignore[assignment, method-assign]
        bot.store.signals.record = noting  # type: ignore[method-assign]
        try:
            yield town
        finally:
            bot.close()
