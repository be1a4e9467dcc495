"""`treadle train`: orders, follows and cancels a run; a worker does it."""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import app
from app.domain import Progress, RunState
from app.queue.work_queue import WorkQueue
from app.settings import load
from app.store import Store
from tests.integration.flows.conftest import Town
from tests.integration.flows.schooling import ROWS, teach

RUNNER = CliRunner()


@pytest.fixture
def store(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    teach(town)
    # A model is named, and nothing of it is loaded for an order.
    settings = {"DATA_DIR": str(tmp_path), "MODEL": "bobbin", "TRAINING_ROWS": str(ROWS)}
    for name, value in settings.items():
        monkeypatch.setenv(f"TREADLE_{name}", value)
    yield town.bot.store


def train(*options: str) -> Result:
    return RUNNER.invoke(app, ["train", "olivia/loom", *options])


def under_way(store: Store) -> str:
    [run] = store.runs.unfinished()
    return run.id


def test_an_order_waits_in_the_queue(store: Store) -> None:
    result = train()
    assert result.exit_code == 0, result.output
    run_id = under_way(store)
    assert run_id in result.output and "waiting" in result.output
    with closing(WorkQueue(load())) as queue:
        assert queue.unfinished() == [f"retrain:{run_id}"]
    again = train()
    assert again.exit_code == 1 and "waits for its turn" in str(again.exception)

    cancelled = train("--cancel")
    assert cancelled.exit_code == 0 and "was cancelled" in cancelled.output
    assert store.runs.unfinished() == []
    nothing = train("--cancel")
    assert nothing.exit_code == 1 and "No training run" in str(nothing.exception)


@pytest.mark.parametrize(
    ("state", "code"), [(RunState.PROMOTED, 0), (RunState.REFUSED, 1), (RunState.FAILED, 1)]
)
def test_a_run_is_followed_to_its_end(town: Town, store: Store, state: RunState, code: int) -> None:
    train()
    run_id = under_way(store)
    store.runs.start(run_id, town.clock())
    store.runs.set_progress(run_id, Progress(phase="sft", step=3, steps=40, loss=1.25))
    end = threading.Timer(
        1.0, store.runs.finish, (run_id, state, town.clock()), {"reason": "So it came."}
    )
    end.start()
    result = train("--wait")
    end.join()
    assert result.exit_code == code, result.output
    assert run_id in result.output and f"{state.value}: So it came." in result.output


def test_where_there_is_too_little_it_says_so(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREADLE_TRAINING_ROWS", "64")
    result = train()
    assert result.exit_code == 1
    assert "There are 18 rows" in str(result.exception)
    assert store.runs.unfinished() == []
