"""A playground with one repository, one thread and the App installed, and a client to it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from app.domain import Repository
from app.github.client import Client, connect
from app.settings import Settings, load
from playground.actors import Actor
from playground.server import Playground
from playground.values import Installation, Issue
from playground.values import Repository as Place
from playground.world import World

FILES = {
    "README.md": b"# Loom\n\nRun `make test`.\n",
    ".github/treadle.yml": b"command: question\n",
    "docs/large.md": b"word " * 300_000,
}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What a test acts on: the playground's side and the client's."""

    playground: Playground
    installation: Installation
    place: Place
    issue: Issue
    github: Client
    repository: Repository

    @property
    def world(self) -> World:
        return self.playground.world

    def person(self, login: str) -> Actor:
        return self.world.person(login)


def settings_of(playground: Playground, **more: object) -> Settings:
    """Settings that lead to a playground."""
    return load(
        {},
        app_id=playground.app_id,
        private_key=playground.private_key_pem,
        webhook_secret=playground.webhook_secret,
        github_api_url=playground.api_url,
        github_timeout=5.0,
        **{"github_pause": 0, **more},
    )


@pytest.fixture
def scene() -> Iterator[Scene]:
    """olivia/loom: mia maintains, walt writes, tess triages, pat passes by."""
    with Playground() as playground:
        world = playground.world
        for login in ("mia", "walt", "tess", "pat"):
            world.create_user(login)
        place = world.create_repository("olivia", "loom", files=FILES)
        for login, role in (("mia", "maintain"), ("walt", "write"), ("tess", "triage")):
            world.set_role(place, login, role)  # type: ignore[arg-type]
        issue = world.create_issue(world.person("pat"), place, "It breaks", "Always.")
        installation = playground.install("olivia")
        github = connect(settings_of(playground))
        yield Scene(
            playground=playground,
            installation=installation,
            place=place,
            issue=issue,
            github=github,
            repository=github.repository("olivia", "loom"),
        )
        github.close()
