"""Two workers of one database against the playground, which counts what each installation does."""

import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest

from app.errors import RateLimited
from app.github.client import Client, connect
from app.settings import Settings
from app.store import open_store
from playground.actors import Actor
from playground.faults import Fault
from tests.integration.github.conftest import Scene, settings_of

PAUSE = 0.15
"""Seconds; what is measured at the other end differs by what a request takes."""


@pytest.fixture
def changes(scene: Scene) -> list[float]:
    """When the App changed something, by the playground's side."""
    times: list[float] = []
    comment: Any = scene.world.create_comment

    def commented(actor: Actor, *details: Any, **more: Any) -> Any:
        if actor.installation_id is not None:
            times.append(time.monotonic())
        return comment(actor, *details, **more)

    scene.world.create_comment = commented  # type: ignore[method-assign]
    return times


@pytest.fixture
def clients(
    scene: Scene, make_settings: Callable[..., Settings], changes: list[float]
) -> Iterator[tuple[Client, Client]]:
    """Two processes as far as GitHub and the database can tell, each with its own of all."""
    stores = [open_store(make_settings()) for _ in range(2)]
    settings = settings_of(scene.playground, github_pause=PAUSE)
    one, other = [connect(settings, ledger=store.limits) for store in stores]
    # A token each, so that later times are of what is measured.
    one.head(scene.repository)
    other.head(scene.repository)
    yield one, other
    for client in (one, other):
        client.close()
    for store in stores:
        store.close()


def test_two_workers_keep_the_pause_together(
    scene: Scene, clients: tuple[Client, Client], changes: list[float]
) -> None:
    def post(client: Client) -> None:
        for _ in range(6):
            client.post(scene.repository, scene.issue.number, "Hello")

    threads = [threading.Thread(target=post, args=(client,)) for client in clients for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(changes) == 24
    pauses = [after - before for before, after in pairwise(changes)]
    # One slow request may come close to the next; taken together they cannot.
    assert sorted(pauses)[len(pauses) // 2] >= 0.8 * PAUSE
    assert changes[-1] - changes[0] >= 23 * PAUSE - 0.1


def test_a_refusal_to_one_keeps_the_other_from_asking(
    scene: Scene, clients: tuple[Client, Client], changes: list[float]
) -> None:
    one, other = clients
    refused = Fault(kind="secondary", path="/comments", method="POST", retry_after=40, times=5)
    scene.world.faults.add(refused)
    for client in (one, other):
        with pytest.raises(RateLimited) as caught:
            client.post(scene.repository, scene.issue.number, "Hello")
        assert 30 < caught.value.retry_after <= 40
    assert len(scene.world.faults.taken) == 1
    assert changes == []


def test_what_is_left_of_the_hour_is_known_from_each_answer(
    scene: Scene, clients: tuple[Client, Client]
) -> None:
    one, _ = clients
    who = scene.world.bot(scene.installation).budget
    scene.world.budgets.set_remaining(who, "core", 1)
    one.head(scene.repository)
    used = scene.world.budgets.standing(who, "core").used
    with pytest.raises(RateLimited) as caught:
        one.head(scene.repository)
    assert caught.value.retry_after > 60
    assert scene.world.budgets.standing(who, "core").used == used
