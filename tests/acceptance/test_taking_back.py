"""What people take back is in no byte of what running processes keep: files, tables and logs."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.demo.people import Posted, Someone
from app.domain import Run, RunState
from app.flows.run_folder import RUNS_FOLDER
from app.local import Processes, bot_environment, free_port
from app.settings import load
from app.store import open_store
from app.training import formats, snapshot
from playground.server import Playground
from tests.scanning import files_with, rows_with

FACT = "The loom reads its settings from `.loom.yml` in the root."
FILES = {"docs/settings.md": f"# Settings\n\n{FACT}\nThe interval is 5 seconds.\n".encode()}
QUESTION = "/ask Where are the zanzibar settings of the loom read?"
TAUGHT = "Xylophone settings live in `.config/quagga.yml`."
WORDS = ("zanzibar", "quagga", "okapi")
PATIENCE = 120.0


@pytest.fixture
def playground() -> Iterator[Playground]:
    with Playground() as running:
        repository = running.world.create_repository("olivia", "loom", files=FILES)
        for login, role in {"wren": "write", "rae": "read"}.items():
            running.world.create_user(login)
            repository = running.world.set_role(repository, login, role)  # type: ignore[arg-type]
        running.install("olivia")
        yield running


def settled(playground: Playground, data: Path) -> dict[str, str]:
    """Makes a bot's folder, tells the playground where it listens, and returns its settings."""
    data.mkdir()
    port = free_port()
    playground.set_hook(f"http://127.0.0.1:{port}/webhooks")
    return bot_environment(
        playground,
        data=data,
        port=port,
        admin_port=free_port(),
        admin_token="a-token-of-the-dashboard",
        model="extract",
    )


def person(playground: Playground, login: str) -> Someone:
    return Someone(
        login=login,
        token=f"ghp_{login}",
        api_url=playground.api_url,
        full_name="olivia/loom",
    )


def until(processes: Processes, met: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not met():
        processes.check()
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


def kept(folder: Path) -> list[str]:
    """Returns where any of the words is, in files and in what is packed in tables."""
    return [place for word in WORDS for place in files_with(folder, word) + rows_with(folder, word)]


def taught(processes: Processes, rae: Someone, wren: Someone, data: Path) -> int:
    """Has rae ask and wren correct; returns the issue's number once that is learned."""
    number = rae.open_issue("An okapi question", "Where does the okapi look?")
    asked = rae.comment(number, QUESTION)
    reply, _ = rae.reply_to(number, asked, seconds=PATIENCE)
    assert FACT in reply.body
    wren.edit(reply.id, reply.body.replace(FACT, TAUGHT, 1))
    log = data / "worker.log"
    until(processes, lambda: "dictionary.version" in log.read_text("utf-8"), "nothing is learned")
    return number


def a_run_that_read_it(data: Path) -> None:
    """Leaves what a training run and its export leave on the disk."""
    with closing(open_store(load({}, data_dir=data))) as store:
        [repository] = store.repositories.all()
        now = datetime.now(UTC)
        made = Run(id="r1-one", repository_id=repository.id, state=RunState.WAITING, created_at=now)
        store.runs.create(made)
        store.runs.finish("r1-one", RunState.REFUSED, now, reason="", adapter="r1-0001-aa")
    folder = data / RUNS_FOLDER / "r1-one"
    (folder / formats.FOLDER).mkdir(parents=True)
    (folder / snapshot.LINES).write_text(TAUGHT)
    (folder / formats.FOLDER / "dpo.jsonl").write_text(QUESTION)


def test_what_is_taken_back_is_nowhere(playground: Playground, tmp_path: Path) -> None:
    data = tmp_path / "data"
    environment = settled(playground, data)
    rae, wren = person(playground, "rae"), person(playground, "wren")

    def reacted(comment: Posted) -> bool:
        return bool(wren.reactions(comment.id))

    with Processes(environment, data) as processes:
        number = taught(processes, rae, wren, data)
        a_run_that_read_it(data)
        before = kept(data)
        assert "training/r1-one/snapshot.jsonl" in before
        assert any(place.startswith("treadle.db: dictionary") for place in before)
        order = wren.comment(number, "/forget")
        until(processes, lambda: reacted(order), "nobody heard it")
    # Stopped in the middle or not: it goes on at the next start.
    with Processes(environment, data) as processes:
        until(processes, lambda: not kept(data), "it is still there")
        assert [content for _, content in wren.reactions(order.id)] == ["+1"]
    rae.close()
    wren.close()
    assert kept(data) == []


def test_a_forgotten_repository_is_nowhere(
    playground: Playground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    environment = settled(playground, data)
    rae, wren = person(playground, "rae"), person(playground, "wren")
    with Processes(environment, data) as processes:
        taught(processes, rae, wren, data)
        a_run_that_read_it(data)
    rae.close()
    wren.close()
    assert kept(data)
    for name, value in environment.items():
        if name.startswith("TREADLE_"):
            monkeypatch.setenv(name, value)
    result = CliRunner().invoke(app, ["forget", "olivia/loom", "--yes"])
    assert result.exit_code == 0, f"{result.output}{result.exception}"
    assert kept(data) == []
