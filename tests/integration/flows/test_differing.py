"""What is said to be why two versions of a dictionary differ."""

from app.flows.differing import difference
from tests.integration.flows.conftest import Town
from tests.integration.flows.test_deciding import later, read_late, weights


def test_what_was_read_between_versions_is_why_they_differ(town: Town) -> None:
    home = town.repository.id
    before, after = read_late(town)
    found = difference(town.bot.store, home, before.version, after.version)
    changed = {one.phrase: one for one in found.changes}
    phrase = changed[".weave.yml"]
    assert not phrase.by_age
    assert [(mass.person, mass.kind) for mass in phrase.said] == [("mia", "edit")]
    assert phrase.said[0].at < phrase.said[0].known_at


def test_what_was_read_before_is_not(town: Town) -> None:
    _, before = read_late(town)
    later(town, days=30)
    town.bot.sweep.repository(town.repository.id)
    after = weights(town)
    found = difference(town.bot.store, town.repository.id, before.version, after.version)
    assert {one.phrase: one.by_age for one in found.changes}[".weave.yml"]
