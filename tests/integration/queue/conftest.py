"""A store with a repository, a fake bot over it, and a way to wait for work to end."""

from collections.abc import Callable, Iterator

import pytest
from dbos import DBOSClient, DBOSPortableJSONSerializer

from app import jobs
from app.inbox import DurableInbox
from app.queue.work_queue import WorkQueue
from app.settings import Settings
from app.store import Store
from tests.integration.queue.fakes import FakeBot
from tests.stored import a_repository


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets workers of this process look for work more often: tests wait for little else."""
    for name in ("POLL_SECONDS", "SWEEP_POLL_SECONDS", "TRAINING_POLL_SECONDS"):
        monkeypatch.setattr(jobs, name, 0.05)


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings(attempts=3, backoff=0.01, worker_id="w1")


@pytest.fixture
def bot(store: Store) -> FakeBot:
    store.repositories.save(a_repository())
    return FakeBot(store=store)


@pytest.fixture
def inbox(settings: Settings) -> Iterator[DurableInbox]:
    opened = DurableInbox(settings)
    yield opened
    opened.close()


@pytest.fixture
def work(settings: Settings) -> Iterator[WorkQueue]:
    opened = WorkQueue(settings)
    yield opened
    opened.close()


@pytest.fixture
def outcome(settings: Settings) -> Iterator[Callable[[str], str]]:
    """Waits for the end of a workflow; returns its state, or the words that it failed with."""
    client = DBOSClient(
        system_database_url=settings.queue_database,
        serializer=DBOSPortableJSONSerializer(),
        application_name="treadle",
    )

    def wait(key: str) -> str:
        handle = client.retrieve_workflow(key)
        try:
            handle.get_result(polling_interval_sec=0.02)
        except Exception as error:  # noqa: BLE001
            return str(error)
        return str(handle.get_status().status)

    yield wait
    client.destroy()
