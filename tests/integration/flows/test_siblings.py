"""Siblings on a real (local) GitHub: a vote and a hide make a pair, taking one back unmakes it."""

from app.domain import PreferenceRow, RowKind, RowOrigin
from app.flows.usable_rows import UsableRows, Wanted
from tests.integration.flows.conftest import Town


def pairs(town: Town) -> list[PreferenceRow]:
    town.bot.sweep.repository(town.repository.id)
    wanted = Wanted(kinds={RowKind.PAIR})
    return list(UsableRows(town.bot.store, town.repository.id, wanted))


def test_a_liked_and_a_hidden_answer_are_a_pair(town: Town) -> None:
    number, _ = town.ask("rae", "/ask How are the tests run?")
    town.put("README.md", b"# Loom\n\n## Tests\n\nThe tests are run with `nox -s check` now.\n")
    town.people["rae"].comment(number, "/ask how are tests run")
    town.work()
    first, second = town.replies(number)
    assert pairs(town) == []

    world = town.playground.world
    town.people["walt"].react(second.id, "+1")
    world.minimize(world.person("mia"), world.comment(first.id), "spam")
    (pair,) = pairs(town)
    assert pair.origin is RowOrigin.HIDE
    assert "nox -s check" in pair.chosen and "make check" in pair.rejected
    assert {first.url, second.url} == set(pair.urls)
    # Who hides is not told by GitHub, but may at least triage.
    assert (pair.weight, "walt" in pair.people) == (0.5, True)

    world.unminimize(world.person("mia"), world.comment(first.id))
    assert pairs(town) == []
    town.people["mia"].react(first.id, "-1")
    (pair,) = pairs(town)
    assert (pair.origin, pair.weight) == (RowOrigin.SIBLINGS, 1.0)
