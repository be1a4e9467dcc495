"""Training runs on both databases: one at a time, and no way back from the end."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from app.domain import Progress, Run, RunState
from app.errors import UserError
from app.store import Store
from tests.stored import NOW, a_repository, a_run, later

FINAL = [RunState.PROMOTED, RunState.REFUSED, RunState.FAILED, RunState.CANCELLED]


@pytest.fixture(autouse=True)
def _known_repositories(store: Store) -> None:
    store.repositories.save(a_repository())
    store.repositories.save(a_repository(id=2, name="shuttle"))


def test_a_run_from_first_to_last(store: Store) -> None:
    assert store.runs.latest(1) is None
    made = store.runs.create(a_run())
    assert made == Run(id="one", repository_id=1, state=RunState.WAITING, by="ann", created_at=NOW)
    running = store.runs.start("one", later(5))
    assert running == dataclasses.replace(made, state=RunState.RUNNING, started_at=later(5))
    progress = Progress(phase="sft", step=3, steps=48, loss=1.25)
    assert store.runs.set_progress("one", progress).progress == progress
    ended = store.runs.finish("one", RunState.PROMOTED, later(9), reason="It won.", adapter="r1")
    assert ended == dataclasses.replace(
        running,
        state=RunState.PROMOTED,
        progress=progress,
        reason="It won.",
        adapter="r1",
        ended_at=later(9),
    )
    assert store.runs.get("one") == ended
    assert store.runs.get("two") is None


def test_a_second_run_is_told_of_the_first(store: Store) -> None:
    store.runs.create(a_run("one"))
    with pytest.raises(UserError, match=r"is waiting: .* 2026-05-04 at 03:02 UTC\. Wait .* cancel"):
        store.runs.create(a_run("two"))
    store.runs.start("one", NOW)
    with pytest.raises(UserError, match="is running"):
        store.runs.create(a_run("two"))
    assert store.runs.create(a_run("three", repository_id=2)).state == RunState.WAITING
    store.runs.finish("one", RunState.FAILED, later(1))
    assert store.runs.create(a_run("two")).id == "two"


def test_the_same_run_again_is_the_same_run(store: Store) -> None:
    store.runs.create(a_run())
    running = store.runs.start("one", NOW)
    assert store.runs.create(a_run(by="ben", created_at=later(9))) == running
    assert store.runs.start("one", later(9)) == running


def test_many_at_a_time_make_one_run(store: Store) -> None:
    def create(number: int) -> None:
        with suppress(UserError):
            store.runs.create(a_run(str(number)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(create, range(16)))
    assert len(store.runs.recent(1, 99)) == 1


@pytest.mark.parametrize("state", FINAL)
def test_a_final_state_never_changes(store: Store, state: RunState) -> None:
    store.runs.create(a_run())
    ended = store.runs.finish("one", state, later(1), reason="So.")
    assert ended.state == state
    assert store.runs.start("one", later(2)) == ended
    assert store.runs.set_progress("one", Progress(step=4)) == ended
    assert store.runs.request_cancel("one") == ended
    for other in FINAL:
        assert store.runs.finish("one", other, later(2), reason="No.") == ended


@pytest.mark.parametrize("state", [RunState.WAITING, RunState.RUNNING])
def test_a_run_ends_in_a_final_state(store: Store, state: RunState) -> None:
    store.runs.create(a_run())
    with pytest.raises(ValueError, match=f"does not end as {state}"):
        store.runs.finish("one", state, NOW)


def test_only_a_running_run_gets_on(store: Store) -> None:
    store.runs.create(a_run())
    assert store.runs.set_progress("one", Progress(step=4)).progress == Progress()


def test_cancelling_is_a_wish(store: Store) -> None:
    store.runs.create(a_run())
    assert store.runs.request_cancel("one").state == RunState.WAITING
    store.runs.start("one", NOW)
    run = store.runs.get("one")
    assert run is not None
    assert (run.state, run.cancel) == (RunState.RUNNING, True)


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_is_none(store: Store, loss: float) -> None:
    store.runs.create(a_run())
    store.runs.start("one", NOW)
    assert store.runs.set_progress("one", Progress(loss=loss)).progress == Progress()


def test_what_is_there(store: Store) -> None:
    store.runs.create(a_run("b", created_at=later(1)))
    store.runs.finish("b", RunState.REFUSED, later(2))
    store.runs.create(a_run("a", created_at=later(3)))
    store.runs.create(a_run("c", repository_id=2, created_at=later(2)))
    assert [run.id for run in store.runs.recent(1, 9)] == ["a", "b"]
    assert [run.id for run in store.runs.recent(1, 1)] == ["a"]
    assert [run.id for run in store.runs.unfinished()] == ["c", "a"]
    latest, going = store.runs.latest(1), store.runs.under_way(1)
    assert latest is not None
    assert latest == going
    assert latest.id == "a"
    assert store.runs.latest_adapter(1) is None
    ended = store.runs.finish("a", RunState.CANCELLED, later(4))
    assert store.runs.under_way(1) is None
    assert store.runs.latest_ended(1) == ended


def test_the_newest_that_made_an_adapter(store: Store) -> None:
    for at, (name, adapter) in enumerate((("a", "r1-0001"), ("b", "r1-0002"), ("c", ""))):
        store.runs.create(a_run(name, created_at=later(at)))
        store.runs.finish(name, RunState.REFUSED, later(at), adapter=adapter)
    store.runs.create(a_run("d", created_at=later(9)))
    made, ended = store.runs.latest_adapter(1), store.runs.latest_ended(1)
    assert made is not None and ended is not None
    assert (made.id, ended.id) == ("b", "c")


def test_what_is_not_there_is_an_error(store: Store) -> None:
    with pytest.raises(LookupError, match="no repository with the id 9"):
        store.runs.create(a_run(repository_id=9))
    with pytest.raises(LookupError, match="no training run with the id one"):
        store.runs.start("one", NOW)
