"""The check list against the playground: what is open at first turns well step by step."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.checks import Finding, Onboarding
from app.checks.onboarding import KEPT_OPEN
from app.models.present import Present
from app.settings import Settings, load
from app.store import Store, open_store
from playground.server import Playground
from tests.databases import put_tables
from tests.integration.playground.receiver import Receiver
from tests.stored import a_reply, a_repository


@pytest.fixture
def playground() -> Iterator[Playground]:
    with Playground() as made:
        yield made


@pytest.fixture
def settings(playground: Playground, tmp_path: Path) -> Settings:
    return load(
        {},
        app_id=playground.app_id,
        private_key=playground.private_key_pem,
        webhook_secret=playground.webhook_secret,
        github_api_url=playground.api_url,
        data_dir=tmp_path,
        model="extract",
    )


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    put_tables(settings)
    with closing(open_store(settings)) as opened:
        yield opened


def look(settings: Settings, store: Store) -> dict[str, Finding]:
    """One look at all steps, as a process that starts now has it."""
    with closing(Onboarding(settings, store, model=Present(settings))) as onboarding:
        return {finding.part: finding for finding in onboarding.findings()}


def states(found: dict[str, Finding]) -> dict[str, str]:
    return {part: finding.state for part, finding in found.items()}


def test_the_list_turns_well_step_by_step(
    playground: Playground, settings: Settings, store: Store
) -> None:
    assert states(look(settings, store)) == {
        "App reached": "ok",
        "permissions": "ok",
        "events": "ok",
        "installed": "open",
        "webhook address": "fault",
        "webhook": "open",
        "model": "ok",
        "worker": "open",
        "first question": "open",
    }
    with Receiver() as receiver:
        world = playground.world
        world.create_repository("olivia", "loom", files={"README.md": b"# Loom\n"})
        world.set_hook(receiver.url)
        playground.install("olivia")
        assert playground.settle()
    store.workers.beat("one", datetime.now(UTC))
    store.repositories.save(a_repository())
    reply = store.replies.add(a_reply())
    found = look(settings, store)
    assert set(states(found).values()) == {"ok"}
    assert found["installed"].told == "on olivia: 1 repository"
    assert found["webhook"].told.startswith("installation of ")
    assert found["worker"].told == "one running"
    assert reply.url in found["first question"].told


def test_a_secret_that_does_not_fit(
    playground: Playground, settings: Settings, store: Store
) -> None:
    with Receiver(status=401) as receiver:
        playground.world.create_repository("olivia", "loom", files={})
        playground.world.set_hook(receiver.url)
        playground.install("olivia")
        assert playground.settle()
    found = look(settings, store)["webhook"]
    assert found.state == "fault"
    assert "failed with 401" in found.told and "TREADLE_WEBHOOK_SECRET" in found.remedy


def test_a_suspended_installation(playground: Playground, settings: Settings, store: Store) -> None:
    playground.world.create_repository("olivia", "loom", files={})
    installation = playground.install("olivia")
    playground.world.suspend(installation.id, by="olivia")
    assert look(settings, store)["installed"].told == "suspended on olivia"


def test_a_worker_that_is_silent_is_not_running(settings: Settings, store: Store) -> None:
    store.workers.beat("one", datetime.now(UTC) - timedelta(hours=1))
    assert look(settings, store)["worker"].state == "open"


def test_what_is_open_is_looked_at_again_in_a_while(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("app.checks.onboarding.time", SimpleNamespace(monotonic=lambda: now[0]))

    def worker(onboarding: Onboarding) -> str:
        return next(one.state for one in onboarding.findings() if one.part == "worker")

    with closing(Onboarding(settings, store)) as onboarding:
        assert worker(onboarding) == "open"
        store.workers.beat("one", datetime.now(UTC))
        now[0] += KEPT_OPEN / 2
        assert worker(onboarding) == "open", "kept"
        now[0] += KEPT_OPEN
        assert worker(onboarding) == "ok"
