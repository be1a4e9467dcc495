"""What is taken back leaves every table, on both databases; the tombstone has no word of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain import (
    OPERATOR,
    AskState,
    AskTree,
    AuditEntry,
    Calibration,
    DraftRecord,
    Evidence,
    Memory,
    Outcome,
    Passage,
    Person,
    PhraseWeight,
    Pick,
    Removal,
    Reply,
    ReplyState,
    Revision,
    Ruling,
    RulingKind,
    RulingWhat,
    SourceKind,
    Tried,
)
from app.store import Store
from app.store.remains import hanging_on_reply
from app.store.schema import metadata
from tests.stored import (
    ANN,
    BEN,
    NOW,
    a_mass,
    a_memory,
    a_reply,
    a_repository,
    a_row,
    a_signal,
    a_version,
    an_ask,
    later,
)

CAT = Person(id=4, login="cat")
SECRET, ASKED = "quagga", "zanzibar"


def texts(store: Store) -> dict[str, list[str]]:
    """Returns all that is in the tables, as text, by column."""
    found: dict[str, list[str]] = {}
    with store.engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                for name, value in row.items():
                    found.setdefault(f"{table.name}.{name}", []).append(str(value))
    return found


def having(store: Store, word: str) -> list[str]:
    found = texts(store)
    return sorted(name for name, values in found.items() if any(word in one for one in values))


def removed(store: Store, *, reply: int | None = None, person: int | None = None) -> bool:
    value = Removal(repository_id=1, reply_id=reply, person_id=person, at=later(1000))
    store.removals.add(value, f"k{reply}-{person}")
    [kept] = store.removals.unfinished()
    return store.erasing.carry_out(kept)


def draft(question: str, text: str, **details: object) -> DraftRecord:
    return DraftRecord(
        body=text,
        question=question,
        answer=text,
        block={"phrases": {SECRET: 0.5}},
        sources=(),
        dictionary_version=0,
        abstained=False,
        details=details,
        created_at=NOW,
    )


def asked(store: Store, node: str, reply: Reply, *, by: Person) -> Reply:
    """Keeps an ask with all that came of it."""
    ask = an_ask(node, asker=by, state=AskState.ANSWERED, comment_node_id=node)
    store.asks.open(ask)
    store.asks.save_draft(ask.key, draft(reply.question, reply.answer, title=ASKED, opener=by.id))
    store.trees.save(
        AskTree(
            ask_key=ask.key,
            repository_id=1,
            question=reply.question,
            outcome=Outcome.ANSWERED,
            min_score=0.0,
            tried=[Tried(text=reply.answer)],
            created_at=later(5),
        )
    )
    return store.replies.add(replace(reply, asker=by, trigger_node_id=node))


def picked(store: Store, node: str, chosen: str, taught: Sequence[str] = ()) -> str:
    """Keeps a pick among the drafts of an ask; returns the key of that."""
    pick = Pick(
        ask_key=an_ask(node).key,
        repository_id=1,
        chosen=chosen,
        others=["Another."],
        taught=taught,
        by="the dashboard",
        at=later(70),
    )
    told = AuditEntry(at=NOW, person=OPERATOR, act="picked", subject="reply 1", url="")
    assert store.picks.set(pick, told)
    return pick.ask_key


@pytest.fixture
def told(store: Store) -> Sequence[Reply]:
    """Ann asked, Ben corrected with the secret, Cat got that quoted and liked it."""
    store.repositories.save(a_repository())
    first = asked(store, "N29", a_reply(question=f"Where is {ASKED}?"), by=ANN)
    store.revisions.record(
        first.id,
        [
            Revision(body="So.", editor=None, edited_at=NOW),
            Revision(body=f"Use {SECRET}.", editor=BEN, edited_at=later(10)),
        ],
    )
    store.signals.record(
        first.id,
        [
            a_signal(person=CAT, first_seen=later(1)),
            a_signal("-1", person=ANN, first_seen=later(20)),
        ],
        later(30),
    )
    evidence = Evidence(
        memories=(a_memory(f"Use {SECRET}.", question=f"Where is {ASKED}?", author="ben"),),
        masses=(a_mass(SECRET, person="ben"), a_mass("so", person="cat")),
        rows=(a_row(prompt=f"Where is {ASKED}?", chosen=f"Use {SECRET}.", people=("ben",)),),
    )
    store.evidence.replace(first.id, evidence)
    [memory] = store.evidence.memories(1)
    source = Passage(
        path="",
        start_line=1,
        end_line=1,
        title=f"Where is {ASKED}?",
        text=f"Use {SECRET}.",
        kind=SourceKind.CORRECTION,
        url=first.url,
        author="ben",
        memory_id=memory.id,
    )
    quoting = a_reply(40, answer=f"Use {SECRET}.", body=f"Use {SECRET}.", sources=(source,))
    second = asked(store, "N39", replace(quoting, posted_at=later(60)), by=CAT)
    store.weights.save(
        1,
        [PhraseWeight(phrase=one, z=2.0, liked=1.0, disliked=0.0) for one in (SECRET, "so")],
        NOW,
        {"m/p": Calibration()},
    )
    made = {"by": BEN, "at": NOW, "url": ""}
    pinned = Ruling(kind=RulingKind.PHRASE, key=SECRET, what=RulingWhat.PINNED, **made)
    store.rulings.set(1, pinned)
    return first, second


def test_nothing_of_a_reply_is_left_but_where_it_stood(store: Store, told: Sequence[Reply]) -> None:
    assert len(having(store, SECRET)) > 8 and len(having(store, ASKED)) > 4
    assert removed(store, reply=told[0].id)
    store.weights.keep_only(1, ())
    assert having(store, SECRET) == []
    assert having(store, ASKED) == []
    assert [store.replies.by_id(one.id).state for one in told] == [ReplyState.TAKEN_BACK] * 2
    assert store.replies.by_id(told[0].id).url == told[0].url
    assert store.weights.latest(1).weights == {}
    assert store.weights.latest(1).calibrations
    # Again, nothing is left to do; and whoever looked before does not bring it back.
    [kept] = store.removals.unfinished()
    assert not store.erasing.carry_out(kept)
    store.replies.set_state(told[0].id, ReplyState.LIVE)
    assert store.replies.by_id(told[0].id).state is ReplyState.TAKEN_BACK
    edit = Revision(body=f"Use {SECRET}.", editor=BEN, edited_at=later(10))
    assert not store.revisions.record(told[0].id, [edit])
    assert not store.signals.record(told[0].id, [a_signal(person=CAT)], later(3000))
    store.evidence.replace(told[0].id, Evidence(memories=(a_memory(f"Use {SECRET}."),)))
    assert having(store, SECRET) == []
    store.removals.finish(kept.id, later(2000))
    assert store.removals.unfinished() == []


def test_an_editor_takes_the_edit_and_what_judged_it(store: Store, told: Sequence[Reply]) -> None:
    assert removed(store, person=BEN.id)
    store.weights.keep_only(1, ())
    store.erasing.unname_phrases(1, ("so",))
    assert having(store, SECRET) == []
    assert "reply.question" in having(store, ASKED)
    left = store.signals.of_reply(told[0].id)
    assert [one.person.login for one in left] == ["cat"]
    assert len(store.revisions.of_reply(told[0].id)) == 1


def test_who_asked_takes_the_question(store: Store, told: Sequence[Reply]) -> None:
    [corrected] = store.evidence.memories(1)
    assert store.preferences.put(1, corrected.id, "Ann prefers a numbat.", by="ann")
    assert removed(store, person=ANN.id)
    assert having(store, "numbat") == []
    # Cat's thread has the word in its title.
    assert having(store, ASKED) == ["draft.details"]
    named = {"ask.asker_login", "reply.asker_login", "signal.person_login"}
    assert not named & set(having(store, "ann"))
    [memory] = store.evidence.memories(1)
    assert (memory.question, memory.after) == ("", f"Use {SECRET}.")
    assert store.evidence.rows(1) == []
    assert store.replies.by_id(told[1].id).sources[0].title == ""
    assert not store.removals.has_words(1, ANN.id)


def test_a_passer_by_leaves_the_texts_alone(store: Store, told: Sequence[Reply]) -> None:
    before = having(store, SECRET)
    assert removed(store, reply=told[0].id, person=CAT.id)
    assert having(store, SECRET) == before
    people = [one.person.login for one in store.signals.of_reply(told[0].id)]
    assert people == ["ann"]


@pytest.mark.parametrize(
    ("trained_on", "person", "marked"),
    [
        (None, BEN, True),
        ((), BEN, False),
        (("first",), BEN, True),
        (("first",), ANN, True),
        (("first",), CAT, False),
        (("second",), CAT, True),
    ],
)
def test_adapters_that_may_have_learned_it_are_marked(
    store: Store,
    told: Sequence[Reply],
    trained_on: Sequence[str] | None,
    person: Person,
    marked: bool,
) -> None:
    urls = {"first": told[0].url, "second": told[1].url}
    read = None if trained_on is None else tuple(urls[one] for one in trained_on)
    made = store.adapters.add(a_version(trained_on=read, created_at=later(500)))
    assert made.trained_on == read
    removed(store, person=person.id)
    assert [one.name for one in store.adapters.taken_back()] == ([made.name] if marked else [])


@pytest.mark.parametrize(
    ("person", "left"), [(ANN, {"N39", "N49"}), (BEN, {"N29"}), (CAT, {"N29", "N49"})]
)
def test_picks_go_with_the_question_and_with_what_they_quote(
    store: Store, told: Sequence[Reply], person: Person, left: set[str]
) -> None:
    third = asked(store, "N49", a_reply(50, posted_at=later(80), question="Why?"), by=BEN)
    keys = {
        "N29": picked(store, "N29", "So."),
        "N39": picked(store, "N39", f"Use {SECRET}.", [told[0].url]),
        "N49": picked(store, "N49", f"It is {SECRET}.", [told[0].url]),
    }
    made = store.adapters.add(a_version(trained_on=(third.url,), created_at=later(500)))
    assert "pick.chosen" in having(store, SECRET)
    assert removed(store, person=person.id)
    assert {node for node, key in keys.items() if store.picks.get(key)} == left
    if person is BEN:
        assert "pick.chosen" not in having(store, SECRET)
        assert [one.name for one in store.adapters.taken_back()] == [made.name]


def test_a_pick_that_quotes_goes_though_its_reply_does_not(
    store: Store, told: Sequence[Reply]
) -> None:
    third = asked(store, "N49", a_reply(50, posted_at=later(80), question="Why?"), by=CAT)
    key = picked(store, "N49", f"It is {SECRET}.", [told[0].url])
    made = store.adapters.add(a_version(trained_on=(third.url,), created_at=later(500)))
    assert removed(store, reply=told[0].id)
    assert store.picks.get(key) is None
    assert store.replies.by_id(third.id).state is ReplyState.LIVE
    assert [one.name for one in store.adapters.taken_back()] == [made.name]


def quotation(of: Memory) -> Passage:
    """Returns a remembered correction as a source."""
    return Passage(
        path="",
        start_line=1,
        end_line=1,
        title="",
        text=of.after,
        kind=SourceKind.CORRECTION,
        url=of.url,
        memory_id=of.id,
    )


@pytest.mark.parametrize(("seconds", "kept"), [(1010, False), (9000, True)])
def test_what_was_drafted_with_a_correction_goes_though_it_is_posted_later(
    store: Store, told: Sequence[Reply], seconds: int, kept: bool
) -> None:
    [taught] = store.evidence.memories(1)
    assert removed(store, person=BEN.id)
    # What is posted hours later was drafted later, too: only what people changed since is gone.
    late = a_reply(
        50,
        posted_at=later(seconds),
        question="Why?",
        body=taught.after,
        sources=(quotation(taught),),
    )
    late = asked(store, "N49", late, by=CAT)
    [removal] = store.removals.unfinished()
    assert store.erasing.carry_out(removal) is not kept
    assert ("reply.body" in having(store, SECRET)) is kept
    assert not store.erasing.carry_out(removal)


def test_a_late_reply_that_quotes_what_is_still_taught_stays(
    store: Store, told: Sequence[Reply]
) -> None:
    [taught] = store.evidence.memories(1)
    late = asked(
        store,
        "N49",
        a_reply(50, posted_at=later(1010), question="Why?", sources=(quotation(taught),)),
        by=BEN,
    )
    removed(store, person=CAT.id)
    left = store.replies.by_id(late.id)
    assert left is not None and left.state is ReplyState.LIVE


def test_opting_out_and_in(store: Store) -> None:
    store.repositories.save(a_repository())
    store.opt_outs.add(1, CAT.id, NOW)
    store.opt_outs.add(1, CAT.id, later(9))
    assert store.opt_outs.of(1) == {CAT.id}
    barred = store.removals.barred(1)
    assert barred.covers(1, CAT.id, NOW + timedelta(days=99))
    assert not barred.covers(1, BEN.id, NOW)
    assert store.opt_outs.lift(1, CAT.id) and not store.opt_outs.lift(1, CAT.id)
    assert not store.removals.barred(1).covers(1, CAT.id, NOW)


def test_the_same_order_is_one_removal(store: Store) -> None:
    store.repositories.save(a_repository())
    value = Removal(repository_id=1, person_id=CAT.id, at=NOW)
    assert store.removals.add(value, "k") and not store.removals.add(value, "k")
    assert store.removals.newest(1) == NOW
    assert store.removals.newest(2) is None
    assert store.removals.barred(1).covers(9, CAT.id, NOW)
    assert not store.removals.barred(1).covers(9, CAT.id, later(1))


HANGING = {"memory", "phrase_mass", "preference_row", "regard", "revision", "signal"}
"""Hang on a reply, and go or are computed anew with it."""
CARRIED_OUT = {
    "adapter_version": "marked, and deleted by the setting",
    "ask": "the name of who asked",
    "audit": "phrases, and names",
    "dictionary": "phrases that nobody teaches any more",
    "draft": "texts and question",
    "imported_row": "rows that say that they come from the reply",
    "muted_thread": "the name of who muted it",
    "pick": "texts of the reply and those that quote it, and the name of who picked",
    "promotion": "the name of who promoted",
    "reply": "texts and question",
    "roll_back": "the name of who rolled back",
    "ruling": "phrases, and names",
    "training_run": "the name of who began it",
    "tree": "all of it",
}
WITHOUT_WORDS = {
    "allowance": "counts",
    "backfill": "ids and times",
    "forgotten": "ids and times",
    "installation": "ids and states",
    "learned_issue": "ids, digests and times",
    "lease": "ids and times",
    "opt_out": "who is out",
    "policy": "the repository's own files",
    "removal": "the note itself",
    "repository": "names of repositories",
    "worker": "names of machines",
}


def test_every_table_is_thought_of() -> None:
    """A new table with people's words has to be reached by what they take back."""
    known = HANGING | CARRIED_OUT.keys() | WITHOUT_WORDS.keys()
    assert {table.name for table in metadata.sorted_tables} == known
    assert {table.name for table, _ in hanging_on_reply()} == HANGING
