"""Taking the App off and putting it back, against the playground, until nothing is left."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, Table, select

from app.domain import Delivery
from app.errors import TransientError
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


def late(town: Town, event: str, action: str) -> None:
    """Handles a delivery once more that was handled, as one sent again out of order is."""
    world = town.playground.world
    [old] = [
        delivery
        for delivery in world.deliveries
        if (delivery.event, json.loads(delivery.payload).get("action")) == (event, action)
    ]
    assert old.id in town.handled
    town.handled.remove(old.id)
    town.work()


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


def test_a_late_suspension_is_over(town: Town) -> None:
    number, _ = town.ask("rae", QUESTION)
    world = town.playground.world
    [installation] = list(world.installations)
    world.suspend(installation.id, by="olivia")
    town.work()
    assert not town.bot.store.repositories.active(town.repository.id)
    late(town, "installation", "suspend")
    assert not town.bot.store.repositories.active(town.repository.id)
    world.unsuspend(installation.id, by="olivia")
    town.work()
    late(town, "installation", "suspend")
    assert town.bot.store.repositories.active(town.repository.id)
    assert town.reply(number)


def test_that_a_suspension_is_over_shows_in_any_delivery(town: Town) -> None:
    town.ask("rae", QUESTION)
    [installation] = list(town.playground.world.installations)
    repositories = town.bot.store.repositories
    repositories.set_installation_state(installation.id, "suspended", town.clock())
    assert not repositories.active(town.repository.id)
    number, _ = town.ask("rae", QUESTION)
    assert repositories.active(town.repository.id)
    assert town.reply(number)


def test_late_news_bring_no_removed_installation_back(town: Town) -> None:
    town.ask("rae", QUESTION)
    world = town.playground.world
    [installation] = list(world.installations)
    world.suspend(installation.id, by="olivia")
    world.unsuspend(installation.id, by="olivia")
    town.work()
    uninstall(town)
    for action in ("created", "unsuspend", "suspend"):
        late(town, "installation", action)
        assert not town.bot.store.repositories.active(town.repository.id)
    town.clock.ahead = timedelta(days=31)
    assert town.bot.forgetting.forget_due() == 1


def test_a_late_end_leaves_what_was_installed_since(town: Town) -> None:
    town.ask("rae", QUESTION)
    uninstall(town)
    town.playground.install("olivia")
    town.work()
    late(town, "installation", "deleted")
    assert town.bot.store.repositories.active(town.repository.id)


def test_an_end_that_github_knows_nothing_of_is_none(town: Town) -> None:
    town.ask("rae", QUESTION)
    [installation] = list(town.playground.world.installations)
    forged = Delivery(
        guid="forged", event="installation", action="deleted", installation_id=installation.id
    )
    assert town.bot.deliveries.handle(forged) == ()
    assert town.bot.store.repositories.active(town.repository.id)


def test_whether_a_repository_is_in_or_out_is_asked_of_github(town: Town) -> None:
    world = town.playground.world
    world.create_repository("olivia", "other", files={"README.md": b"# Other\n"})
    town.ask("rae", QUESTION)
    [installation] = list(world.installations)
    active = town.bot.store.repositories.active
    world.choose_repositories(installation.id, ["other"])
    town.work()
    assert not active(town.repository.id)
    world.choose_repositories(installation.id, ["other", "loom"])
    town.work()
    assert active(town.repository.id)
    late(town, "installation_repositories", "removed")
    assert active(town.repository.id)
    added = Delivery(
        guid="late",
        event="installation_repositories",
        action="added",
        installation_id=installation.id,
        added=(town.repository.id,),
    )
    gone = replace(added, action="removed", added=(), removed=added.added)
    world.choose_repositories(installation.id, ["other"])
    town.bot.deliveries.handle(gone)
    assert not active(town.repository.id)
    town.bot.deliveries.handle(added)
    assert not active(town.repository.id)


def test_a_repository_that_is_there_was_not_deleted(town: Town) -> None:
    town.ask("rae", QUESTION)
    [installation] = list(town.playground.world.installations)
    forged = Delivery(
        guid="forged",
        event="repository",
        action="deleted",
        installation_id=installation.id,
        repository_id=town.repository.id,
        owner="olivia",
        name="loom",
    )
    town.bot.deliveries.handle(forged)
    assert town.bot.store.repositories.active(town.repository.id)


def test_while_github_cannot_say_nothing_changes(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.ask("rae", QUESTION)
    [installation] = list(town.playground.world.installations)
    gone = Delivery(
        guid="g", event="installation", action="deleted", installation_id=installation.id
    )

    def down(owner: str, name: str) -> None:
        raise TransientError("down")

    with monkeypatch.context() as patch:
        patch.setattr(town.bot.deliveries._context.github, "repository", down)
        with pytest.raises(TransientError):
            town.bot.deliveries.handle(gone)
    assert town.bot.store.repositories.active(town.repository.id)
