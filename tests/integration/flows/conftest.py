"""A bot on a playground without queue or processes: deliveries are handled one after another."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.bootstrap.bot import Bot
from app.bootstrap.building import build
from app.demo.people import Posted, Someone
from app.domain import Job
from app.errors import GoneError, UserError
from app.local import UNHURRIED
from app.settings import PREFIX, load
from app.webhooks.events import parse
from app.webhooks.select import select
from playground.server import Playground
from playground.values import Repository
from tests.databases import put_tables

FILES = {
    "README.md": b"# Loom\n\nThe loom weaves cloth from yarn.\n\n## Tests\n\n"
    b"Run the tests with `make check`.\nThey need no network.\n",
    "docs/settings.md": b"# Settings\n\nThe loom reads its settings from `.loom.yml` in the root.\n"
    b"The default interval is 5 seconds.\n",
}
ROLES = {"mia": "maintain", "walt": "write", "tess": "triage", "rae": "read", "pat": "none"}


class Clock:
    """The real time, moved on as far as a test wants."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(frozen=True, kw_only=True)
class Town:
    """olivia/loom with people of each role, and a bot that works when told to."""

    playground: Playground
    bot: Bot
    people: dict[str, Someone]
    clock: Clock
    handled: set[int] = field(default_factory=set)

    def work(self) -> list[Job]:
        """Handles what was delivered since the last call; returns all jobs it led to."""
        assert self.playground.settle()
        world = self.playground.world
        done: list[Job] = []
        for delivery in list(world.deliveries):
            if delivery.id in self.handled:
                continue
            self.handled.add(delivery.id)
            event = parse(delivery.event, delivery.payload.encode())
            if event is None:
                continue
            chosen = select(
                event, guid=delivery.guid, kind=delivery.event, app_id=self.playground.app_id
            )
            if isinstance(chosen, str):
                continue
            for job in self.bot.deliveries.handle(chosen):
                self.run(job)
                done.append(job)
        return done

    def run(self, job: Job) -> None:
        """Runs one job to its end, as the workflows do where nothing fails."""
        if job.name == "ask":
            key = str(job.args[0])
            steps = self.bot.ask
            try:
                if steps.acknowledge(key) and steps.draft(key):
                    steps.publish(key)
            except UserError as error:
                steps.refuse(key, str(error))
            except GoneError:
                steps.drop(key)
        elif job.name == "sweep_thread":
            self.bot.sweep.thread(*job.args)
        elif job.name == "learned":
            self.bot.learned.look(*job.args)
        else:
            self.bot.refresh.repository(*job.args)

    def ask(self, login: str, text: str, *, title: str = "A question") -> tuple[int, Posted]:
        """Opens an issue with one comment and works; returns its number and the comment."""
        someone = self.people[login]
        number = someone.open_issue(title, "")
        posted = someone.comment(number, text)
        self.work()
        return number, posted

    def replies(self, number: int) -> list[Posted]:
        """Returns the bot's comments on an issue."""
        return [item for item in self.people["mia"].comments(number) if item.is_bot]

    def reply(self, number: int) -> Posted:
        """Returns the bot's one comment on an issue."""
        [posted] = self.replies(number)
        return posted

    @property
    def repository(self) -> Repository:
        """The playground's own repository."""
        account = self.playground.world.account("olivia")
        [found] = self.playground.world.repositories.of((account.id, "loom"))
        return found

    def put(self, path: str, content: bytes) -> None:
        """Commits a file as the owner, and works."""
        world = self.playground.world
        olivia = world.person("olivia")
        world.commit_files(olivia, self.repository, {path: content}, message="Change")
        self.work()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with founded(tmp_path) as made:
        yield made


@contextmanager
def founded(data: Path, *, model: str = "extract") -> Iterator[Town]:
    """Makes a town whose bot keeps its data in a folder and answers with a model."""
    with Playground() as playground:
        world = playground.world
        tokens = {login: world.create_user(login) for login in ROLES}
        repository = world.create_repository("olivia", "loom", files=FILES)
        for login, role in ROLES.items():
            repository = world.set_role(repository, login, role)  # type: ignore[arg-type]
        playground.set_hook("http://127.0.0.1:9/webhooks")
        playground.install("olivia")
        settings = load(
            {
                "TREADLE_APP_ID": str(playground.app_id),
                "TREADLE_PRIVATE_KEY": playground.private_key_pem,
                "TREADLE_WEBHOOK_SECRET": playground.webhook_secret,
                "TREADLE_GITHUB_API_URL": playground.api_url,
                "TREADLE_DATA_DIR": str(data),
                "TREADLE_MODEL": model,
                # Loading included, on a machine that has much else to do.
                "TREADLE_MODEL_TIMEOUT": "600",
                "TREADLE_SWEEP_YOUNGEST": "1",
                **{PREFIX + name: value for name, value in UNHURRIED.items()},
            }
        )
        put_tables(settings)
        people = {
            login: Someone(
                login=login, token=token, api_url=playground.api_url, full_name="olivia/loom"
            )
            for login, token in tokens.items()
        }
        clock = Clock()
        bot = build(settings, clock=clock)
        town = Town(playground=playground, bot=bot, people=people, clock=clock)
        try:
            yield town
        finally:
            bot.close()
            for person in people.values():
                person.close()
