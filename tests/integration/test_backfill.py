"""`treadle backfill`: what it says, asks and returns, on the playground."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from typer.testing import CliRunner

from app import backfill as past
from app.cli import app
from app.errors import TransientError, UserError
from app.flows.backfill import Backfill
from app.settings import load
from app.store import Store, open_store
from app.store.schema import memory, reply, signal
from playground.faults import Fault
from tests.integration.flows.conftest import Town, founded
from tests.integration.flows.test_backfill import TESTS, live
from tests.integration.flows.test_sweep import asked

RUNNER = CliRunner()
COMMAND = ["backfill", "Olivia/loom"]


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    (tmp_path / "data").mkdir()
    with founded(tmp_path / "data") as made:
        settings = made.bot.settings
        for name, value in {
            "APP_ID": str(settings.app_id),
            "PRIVATE_KEY": settings.private_key.get_secret_value(),
            "WEBHOOK_SECRET": settings.webhook_secret.get_secret_value(),
            "GITHUB_API_URL": settings.github_api_url,
            "DATA_DIR": str(settings.data_dir),
        }.items():
            monkeypatch.setenv(f"TREADLE_{name}", value)
        yield made


@pytest.fixture
def lost(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The same with an empty database in the place of the one that lived through it."""
    live(town)
    monkeypatch.setenv("TREADLE_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    store = open_store(load())
    yield store
    store.close()


def test_it_says_what_it_costs_and_asks(lost: Store, town: Town) -> None:
    result = RUNNER.invoke(app, COMMAND, input="n\n")
    assert result.exit_code == 1, result.output
    count = len(town.playground.world.comments)
    assert f"has up to {count} comments to read. Calls of GitHub's REST interface: 1, " in (
        result.output
    )
    assert "Points of GraphQL: up to 13." in result.output
    assert "Nothing was read." in result.output
    assert lost.replies.ids(town.repository.id) == []


def test_it_learns_what_there_is(lost: Store, town: Town) -> None:
    world = town.playground.world
    gone = lost_question(town)
    result = RUNNER.invoke(app, [*COMMAND, "--yes"])
    assert result.exit_code == 0, result.output
    assert "4 replies of Olivia/loom are kept, with all that they taught." in result.output
    assert f"{gone}: the comment that it answers was deleted" in result.output
    assert "GitHub never shows: reactions that were taken back" in result.output
    assert lost.evidence.memories(town.repository.id)
    assert world.comments


def lost_question(town: Town) -> str:
    """Has something asked whose question is then deleted; returns the answer's address."""
    answer = asked(town, TESTS)
    world = town.playground.world
    world.delete_comment(world.person("mia"), world.comment(answer.trigger_comment_id))
    return answer.url


def test_a_day_to_begin_with(lost: Store, town: Town) -> None:
    result = RUNNER.invoke(app, [*COMMAND, "--yes", "--since", "2999-01-01"])
    assert result.exit_code == 0, result.output
    assert "has up to 0 comments to read" in result.output
    assert "0 replies of" in result.output
    assert RUNNER.invoke(app, [*COMMAND, "--since", "yesterday"]).exit_code == 2


def test_cut_off_it_says_how_to_go_on(
    lost: Store, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.flows.backfill_asking.TRIES", 1)
    with monkeypatch.context() as patched:

        def down(*_: object) -> None:
            raise TransientError("down")

        patched.setattr(Backfill, "learn", down)
        assert isinstance(RUNNER.invoke(app, [*COMMAND, "--yes"]).exception, TransientError)
    assert lost.backfills.get(town.repository.id) is not None
    result = RUNNER.invoke(app, [*COMMAND, "--yes"])
    assert result.exit_code == 0, result.output
    assert "It goes on where it was cut off" in result.output
    assert "and 4 replies kept." in result.output
    town.playground.world.faults.add(Fault(kind="status", path="/comments", status=500, times=9))
    result = RUNNER.invoke(app, [*COMMAND, "--yes"])
    assert isinstance(result.exception, TransientError)


@pytest.mark.parametrize("options", [[], ["--check"]])
def test_a_repository_without_the_app_is_said(options: list[str], town: Town) -> None:
    result = RUNNER.invoke(app, ["backfill", "olivia/absent", "--yes", *options])
    assert isinstance(result.exception, UserError)
    result = RUNNER.invoke(app, ["backfill", "absent", "--yes", *options])
    assert isinstance(result.exception, UserError)


def test_a_check_finds_nothing_where_all_is_kept(town: Town) -> None:
    replies = live(town)
    world = town.playground.world
    world.unreact(world.person("walt"), world.comment(replies[1].comment_id), "+1")
    town.people["tess"].comment(replies[0].number, "/forget mine")
    town.people["walt"].comment(replies[0].number, '/treadle pin "make check"')
    town.work()
    town.bot.taking_back.finish_due()
    town.bot.sweep.repository(town.repository.id)
    before = town.bot.store.replies.ids(town.repository.id)
    result = RUNNER.invoke(app, [*COMMAND, "--check", "--yes"])
    assert result.exit_code == 0, result.output
    assert "What is kept of Olivia/loom is what GitHub shows of it." in result.output
    assert "Different, as it must be:" in result.output
    assert town.bot.store.replies.ids(town.repository.id) == before
    assert town.bot.store.backfills.get(town.repository.id) is None


@pytest.mark.parametrize(
    ("table", "change", "told"),
    [
        (memory, None, "memories that it teaches"),
        (signal, None, "is not kept"),
        (signal, {"trust": 0.75}, "its permission, trust or value"),
        (reply, {"question": "Why?"}, "question of the reply"),
        (reply, None, "the reply is not kept"),
    ],
)
def test_a_check_finds_what_is_wrong(
    table: object, change: dict[str, object] | None, told: str, town: Town
) -> None:
    live(town)
    statement = delete(table) if change is None else update(table).values(change)  # type: ignore[arg-type]
    with town.bot.store.engine.begin() as connection:
        connection.execute(statement)
    result = RUNNER.invoke(app, [*COMMAND, "--check", "--yes"])
    assert result.exit_code == 1, result.output
    assert told in result.output
    assert "`treadle backfill Olivia/loom` takes over" in result.output


def test_a_check_asks_too(town: Town) -> None:
    live(town)
    result = RUNNER.invoke(app, [*COMMAND, "--check"], input="n\n")
    assert result.exit_code == 1
    assert "Nothing was read." in result.output


def test_long_lists_are_cut(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console

    past._list("Title:", [f"line {number}" for number in range(25)], Console())
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "Title:"
    assert len(told) == past.SHOWN + 2
    assert told[-1].strip() == "and 5 more"
