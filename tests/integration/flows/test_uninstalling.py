"""Taking the App off and putting it back, against the playground, until nothing is left."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Select, Table, select

from app.store.schema import metadata
from tests.integration.flows.conftest import Town

QUESTION = "/ask How do I run the tests?"
NOT_OF_A_REPOSITORY = {"forgotten", "worker"}


def uninstall(town: Town) -> None:
    world = town.playground.world
    [installation] = list(world.installations)
    world.uninstall(installation.id, by="olivia")
    town.work()


def tables(town: Town) -> set[str]:
    """Returns the tables that hold anything of a repository or an installation."""
    with town.bot.store.engine.connect() as connection:
        return {
            table.name
            for table in metadata.sorted_tables
            if table.name not in NOT_OF_A_REPOSITORY and connection.execute(_rows(table)).first()
        }


def _rows(table: Table) -> Select[Any]:
    # Under 0 stands what the App does in its own name.
    named = "installation_id" in table.c
    return select(table).where(table.c.installation_id != 0) if named else select(table)


def indexes(town: Town) -> list[str]:
    root: Path = town.bot.settings.data_dir / "knowledge"
    return [home.name for home in root.glob("*/*")]


def test_installed_again_in_time_all_is_there_again(town: Town) -> None:
    number, _ = town.ask("rae", QUESTION)
    reply = town.reply(number)
    before = tables(town)
    uninstall(town)
    town.bot.forgetting.tidy()
    assert indexes(town) == [], "text that the App may not read any more"
    town.clock.ahead = timedelta(days=29)
    assert town.bot.forgetting.forget_due() == 0

    town.playground.install("olivia")
    town.work()
    town.clock.ahead = timedelta(days=99)
    assert town.bot.forgetting.forget_due() == 0
    assert tables(town) == before
    town.people["walt"].react(reply.id, "-1")
    town.bot.sweep.thread(town.repository.id, number)
    [kept] = town.bot.store.replies.on_thread(town.repository.id, number)
    assert [signal.content for signal in town.bot.store.signals.of_reply(kept.id)] == ["-1"]
    town.ask("rae", "/ask What is the default interval?")
    assert indexes(town) == [str(town.repository.id)]


def test_after_its_time_nothing_is_left(town: Town) -> None:
    town.ask("rae", QUESTION)
    assert {"ask", "repository", "reply"} <= tables(town)
    uninstall(town)
    town.clock.ahead = timedelta(days=30, minutes=1)
    assert town.bot.forgetting.forget_due() == 1
    assert tables(town) == set()
    assert indexes(town) == []

    town.playground.install("olivia")
    number, _ = town.ask("rae", QUESTION)
    assert "make check" in town.reply(number).body
    assert town.bot.forgetting.forget_due() == 0


def test_a_repository_that_was_taken_out_goes_alone(town: Town) -> None:
    world = town.playground.world
    other = world.create_repository(
        "olivia", "other", files={"README.md": b"# Other\n\nIt spins.\n"}
    )
    town.ask("rae", QUESTION)
    [installation] = list(world.installations)
    world.choose_repositories(installation.id, ["other"])
    town.work()
    town.clock.ahead = timedelta(days=31)
    assert town.bot.forgetting.forget_due() == 1
    assert "reply" not in tables(town)
    assert [one.name for one in town.bot.store.repositories.all()] == ["other"]
    assert indexes(town) == [str(other.id)]


def test_a_delivery_that_was_lost_costs_nothing(town: Town) -> None:
    number, _ = town.ask("rae", QUESTION)
    uninstall(town)
    town.playground.install("olivia")
    # That the App is back was never delivered.
    town.clock.ahead = timedelta(days=31)
    assert town.bot.forgetting.forget_due() == 0
    assert town.bot.store.repositories.active(town.repository.id)
    assert town.bot.store.replies.on_thread(town.repository.id, number)


def test_a_suspended_installation_is_kept(town: Town) -> None:
    town.ask("rae", QUESTION)
    world = town.playground.world
    [installation] = list(world.installations)
    world.suspend(installation.id, by="olivia")
    town.work()
    before = tables(town)
    town.clock.ahead = timedelta(days=999)
    assert town.bot.forgetting.forget_due() == 0
    assert tables(town) == before


def test_a_repository_that_was_deleted_is_deleted_here(town: Town) -> None:
    town.ask("rae", QUESTION)
    world = town.playground.world
    world.delete_repository(world.person("olivia"), town.repository)
    town.work()
    assert town.bot.store.repositories.all() == []
    assert town.bot.forgetting.forget_due() == 0
    town.clock.ahead = timedelta(days=31)
    assert town.bot.forgetting.forget_due() == 1
    assert not {"ask", "reply", "repository"} & tables(town)
