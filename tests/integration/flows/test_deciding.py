"""What maintainers decide about phrases: in a thread, and what answers make of it."""

from datetime import timedelta

import pytest

from app.domain import OPERATOR, Dictionary, Person, RowKind, RulingKind, RulingWhat
from app.errors import UserError
from app.feedback.rulings import RULED_Z
from app.flows.deciding import By
from app.flows.gather import Gathered, gather
from app.layouts import Layout
from app.store.digests import memory_digest, row_digest
from app.weave.drafting import ComposerConfig
from tests.integration.flows.conftest import Town
from tests.integration.flows.test_why import taught

BY = By(person=OPERATOR)


def weights(town: Town) -> Dictionary:
    return town.bot.store.weights.latest(town.repository.id)


def acts(town: Town) -> list[tuple[str, str, str]]:
    found = town.bot.store.audit.newest(town.repository.id, 20, decisions=True)
    return [(one.person.login, one.act, one.subject) for one in reversed(found)]


def later(town: Town, **time: float) -> None:
    """Lets time go by for the bot and on GitHub."""
    town.clock.ahead += timedelta(**time)
    town.playground.world.clock.advance(timedelta(**time).total_seconds())


def swept(town: Town) -> Dictionary:
    """Sweeps after a day, which weighs all phrases anew."""
    later(town, days=1)
    town.bot.sweep.repository(town.repository.id)
    return weights(town)


@pytest.mark.parametrize(
    ("what", "z"),
    [(RulingWhat.PINNED, RULED_Z), (RulingWhat.FORBIDDEN, -RULED_Z), (RulingWhat.DELETED, None)],
)
def test_a_decision_outlives_weighing_anew(town: Town, what: RulingWhat, z: float | None) -> None:
    taught(town)
    before = weights(town)
    assert before.weights[".config/loom.yml"].z > 2
    phrase = town.bot.deciding.phrase(town.repository.id, "`.config/loom.yml`", what, BY)
    assert phrase == ".config/loom.yml"

    def held(found: Dictionary) -> float | None:
        return found.weights[phrase].z if phrase in found.weights else None

    assert held(weights(town)) == z
    assert weights(town).version == before.version + 1
    assert held(swept(town)) == z
    # The same again is no other version, and is told once.
    town.bot.deciding.phrase(town.repository.id, phrase, what, BY)
    assert len(acts(town)) == 1
    town.bot.deciding.free_phrase(town.repository.id, phrase, BY)
    assert weights(town).weights[phrase].z == pytest.approx(before.weights[phrase].z, abs=0.05)
    assert [act for _, act, _ in acts(town)][1:] == ["freed"]
    with pytest.raises(UserError, match="nothing to free"):
        town.bot.deciding.free_phrase(town.repository.id, phrase, BY)


def test_what_is_forbidden_is_written_where_nothing_else_is_to_be_had(town: Town) -> None:
    number, _ = town.ask("rae", "/ask How do I run the tests?")
    assert "make check" in town.reply(number).body
    town.bot.deciding.phrase(town.repository.id, "`make check`", RulingWhat.FORBIDDEN, BY)
    number, _ = town.ask("rae", "/ask How do I run the tests?")
    assert "Run the tests with `make check`." not in town.reply(number).body


@pytest.mark.parametrize(
    ("said", "phrase", "act", "what"),
    [
        ('pin "use `nox`"', "use nox", "pinned", "pinned"),
        ("FORBID “make check”", "make check", "forbade", "forbidden"),
        ("delete **the loom** weaves", "the loom weaves", "deleted", "deleted"),
    ],
)
def test_a_writer_decides_in_a_thread(
    town: Town, said: str, phrase: str, act: str, what: str
) -> None:
    number, posted = town.ask("walt", f"/treadle {said}")
    reply = town.reply(number)
    assert f"`{phrase}` is " in reply.body
    [ruling] = town.bot.store.rulings.of(town.repository.id)
    assert (ruling.key, ruling.what, ruling.by.login) == (phrase, what, "walt")
    assert ruling.url == posted.url
    assert acts(town) == [("walt", act, phrase)]
    number, _ = town.ask("mia", f"/treadle free {phrase}")
    assert "free again" in town.reply(number).body
    assert town.bot.store.rulings.of(town.repository.id) == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("pin", "Say which phrase"),
        ('pin ""', "Say which phrase"),
        ("pin of the", "no phrase"),
        ("forbid <script>alert(1)</script>", "no HTML"),
        ("free make check", "nothing to free"),
        ("dance", '/treadle pin "a phrase"'),
        ("", '/treadle forbid "a phrase"'),
        ("pin @olivia " + "x" * 300, "too long"),
    ],
)
def test_what_cannot_be_done_is_told(town: Town, said: str, told: str) -> None:
    number, _ = town.ask("walt", f"/treadle {said}")
    body = town.reply(number).body
    assert told in body and "@olivia" not in body and "<script" not in body
    assert town.bot.store.rulings.of(town.repository.id) == []
    assert acts(town) == []


@pytest.mark.parametrize(("login", "replies"), [("tess", 1), ("rae", 0)])
def test_others_decide_nothing(town: Town, login: str, replies: int) -> None:
    number, _ = town.ask(login, '/treadle pin "make check"')
    assert len(town.replies(number)) == replies
    assert town.bot.store.rulings.of(town.repository.id) == []


def test_who_taught_is_told_once(town: Town) -> None:
    taught(town)
    town.bot.sweep.repository(town.repository.id)
    swept(town)
    entries = town.bot.store.audit.newest(town.repository.id, 9)
    [memory] = town.bot.store.evidence.memories(town.repository.id)
    name = memory_digest(memory)
    assert [(one.person.login, one.act, one.url) for one in entries] == [
        ("mia", "taught", memory.url)
    ] * 2
    assert {one.subject for one in entries} == {"phrases", name}


def test_strangers_are_not_heard_for_ever(town: Town) -> None:
    heard = 0
    for _ in range(12):
        number, _ = town.ask("rae", "/treadle dance")
        heard += len(town.replies(number))
    assert heard == 10


def edited(town: Town, question: str, old: str, new: str) -> None:
    number, _ = town.ask("rae", question)
    reply = town.reply(number)
    town.people["mia"].edit(reply.id, reply.body.replace(old, new))
    town.work()
    town.bot.sweep.repository(town.repository.id)


def z(found: Dictionary) -> dict[str, float]:
    return {phrase: weight.z for phrase, weight in found.weights.items()}


def test_a_roll_back_sets_aside_what_was_said_since(town: Town) -> None:
    home = town.repository.id
    edited(town, "/ask How do I run the tests?", "make check", "make test")
    first = weights(town)
    later(town, days=2)
    edited(town, "/ask Where does the loom read its settings from?", ".loom.yml", ".weave.yml")
    second = weights(town)
    assert ".weave.yml" in second.weights and ".weave.yml" not in first.weights

    back = town.bot.deciding.roll_back(home, first.version, BY)
    assert back.version == second.version + 1

    assert z(back) == pytest.approx(z(first), abs=1e-9)
    assert acts(town)[-1] == ("operator", "rolled back", f"dictionary to version {first.version}")
    # The correction is remembered all the same, and is cited.
    assert len(town.bot.store.evidence.memories(home)) == 2

    assert ".weave.yml" not in swept(town).weights
    edited(town, "/ask What does the loom weave?", " [1]", " Use nox. [1]")
    assert "use nox" in weights(town).weights and ".weave.yml" not in weights(town).weights

    # Back to what was set aside itself.
    again = town.bot.deciding.roll_back(home, second.version, BY)
    assert z(again) == pytest.approx(z(second), abs=1e-9)

    town.bot.deciding.resume(home, BY)
    assert {".weave.yml", "use nox", "make test"} <= weights(town).weights.keys()
    with pytest.raises(UserError, match="no roll-back"):
        town.bot.deciding.resume(home, BY)


def read_late(town: Town) -> tuple[Dictionary, Dictionary]:
    """Lets an edit be made before a version is saved, and read after it; returns that version and
    the one of the edit."""
    number, _ = town.ask("rae", "/ask Where does the loom read its settings from?")
    reply = town.reply(number)
    town.people["mia"].edit(reply.id, reply.body.replace(".loom.yml", ".weave.yml"))
    later(town, minutes=1)
    town.bot.deciding.phrase(town.repository.id, "use nox", RulingWhat.PINNED, BY)
    before = weights(town)
    later(town, minutes=1)
    town.work()
    return before, weights(town)


def test_a_roll_back_sets_aside_what_was_read_since(town: Town) -> None:
    home = town.repository.id
    edited(town, "/ask How do I run the tests?", "make check", "make test")
    before, after = read_late(town)
    assert ".weave.yml" in after.weights and ".weave.yml" not in before.weights
    back = town.bot.deciding.roll_back(home, before.version, BY)
    assert z(back) == pytest.approx(z(before), abs=1e-9)
    assert ".weave.yml" not in swept(town).weights
    town.bot.deciding.resume(home, BY)
    assert {".weave.yml", "make test"} <= weights(town).weights.keys()


def test_only_what_is_kept_can_be_gone_back_to(town: Town) -> None:
    taught(town)
    with pytest.raises(UserError, match=r"Version 77 is not kept. The newest that are: 1"):
        town.bot.deciding.roll_back(town.repository.id, 77, BY)
    assert acts(town) == []


def test_a_vetoed_memory_counts_nowhere_until_it_is_restored(town: Town) -> None:
    taught(town)
    store, home = town.bot.store, town.repository.id
    [memory] = store.evidence.counting_memories(home)
    before = weights(town)
    name = memory_digest(memory)
    town.bot.deciding.rule(home, RulingKind.MEMORY, name, RulingWhat.VETOED, BY)
    assert store.evidence.counting_memories(home) == []
    assert store.evidence.memories(home) == [memory]
    assert weights(town).weights == {}
    assert store.tallies.of(home, least=0.0).pairs == 0
    assert gathered(town).dropped == {"somebody vetoed it": 1}
    number, _ = town.ask("rae", "/ask From which file are the settings of the loom read?")
    assert ".config/loom.yml" not in town.reply(number).body
    assert swept(town).weights == {}

    town.bot.deciding.free(home, RulingKind.MEMORY, name, BY)
    assert store.evidence.counting_memories(home) == [memory]
    assert weights(town).weights.keys() == before.weights.keys()
    assert len(gathered(town).lessons) == 1
    assert [act for _, act, _ in acts(town)] == ["vetoed", "restored"]


def test_a_vetoed_row_is_no_lesson(town: Town) -> None:
    taught(town)
    store, home = town.bot.store, town.repository.id
    [pair] = [row for row in store.evidence.rows(home) if row.kind is RowKind.PAIR]
    town.bot.deciding.rule(home, RulingKind.ROW, row_digest(pair), RulingWhat.VETOED, BY)
    assert gathered(town).dropped == {"somebody vetoed it": 1}
    assert store.evidence.counting_memories(home) != []


def gathered(town: Town) -> Gathered:
    corpus = town.bot.context.knowledge.corpus(town.repository.id)
    assert corpus is not None
    return gather(
        town.bot.store,
        town.repository.id,
        corpus=corpus,
        layout=Layout.NUMBERED,
        config=ComposerConfig(),
    )


def test_why_names_the_decision(town: Town) -> None:
    taught(town)
    first = weights(town).version
    by = By(person=Person(id=99, login="ann"), url="https://github.test/1")
    town.bot.deciding.phrase(town.repository.id, "`make check`", RulingWhat.FORBIDDEN, by)
    number, _ = town.ask("rae", "/ask How do I run the tests?")
    why = town.bot.why.reply(town.reply(number).url)
    assert why.gone_back_to == 0
    assert [(one.how, one.author, one.url) for one in why.by_dictionary.causes] == [
        ("“make check” was forbidden", "ann", by.url)
    ]
    edited(town, "/ask What does the loom weave?", " [1]", " Use nox. [1]")
    town.bot.deciding.roll_back(town.repository.id, first, BY)
    number, _ = town.ask("rae", "/ask How are the tests run here?")
    assert town.bot.why.reply(town.reply(number).url).gone_back_to == first


def test_whoever_decides_is_named(town: Town) -> None:
    taught(town)
    ann = Person(id=99, login="ann")
    by = By(person=ann, url="https://github.test/1")
    town.bot.deciding.phrase(town.repository.id, "use nox", RulingWhat.PINNED, by)
    [ruling] = town.bot.store.rulings.of(town.repository.id)
    assert (ruling.by, ruling.url) == (ann, "https://github.test/1")
    [entry] = town.bot.store.audit.newest(town.repository.id, 5, decisions=True)
    assert (entry.person, entry.url) == (ann, "https://github.test/1")
