"""Lessons of siblings, two answers to one question together, and of what was picked."""

from dataclasses import replace

import pytest

from app.domain import (
    OPERATOR,
    AuditEntry,
    Evidence,
    Passage,
    Pick,
    PreferenceRow,
    ReplyState,
    RowKind,
    RowOrigin,
    Ruling,
    RulingKind,
    RulingWhat,
)
from app.feedback.picks import pairs
from app.flows.gather import Gathered, gather
from app.layouts import Layout
from app.store import Store
from app.store.digests import row_digest
from app.store.imported import address_of
from app.weave.drafting import ComposerConfig
from tests.stored import ANN, BEN, NOW, a_reply, a_repository, a_row, an_ask
from tests.unit.weave.made import corpus

QUESTION = "On which port does the server listen?"
PORT = "The server listens on port 8080 by default."
# It stands in no source of today's.
OLD = "The server used to listen on port 80."


@pytest.fixture(autouse=True)
def repository(store: Store) -> None:
    store.repositories.save(a_repository())


def answered(store: Store, comment: int, text: str, *, liked: bool, **given: object) -> int:
    """Puts in an answer that a writer likes, or not."""
    values = {"number": 3, "question": QUESTION} | given
    source = Passage(
        path=f"docs/{comment}.md",
        start_line=1,
        end_line=1,
        title="Port",
        text=text,
    )
    reply = store.replies.add(a_reply(comment, answer=f"{text} [1]", sources=(source,), **values))
    row = a_row(
        kind=RowKind.UNPAIRED,
        reply_id=reply.id,
        number=values["number"],
        prompt=values["question"],
        chosen=text if liked else "",
        rejected="" if liked else text,
        people=("ann",) if liked else ("ben",),
        origin=RowOrigin.VOTES,
    )
    store.evidence.replace(reply.id, Evidence(rows=(row,)))
    return reply.id


def gathered(store: Store, layout: Layout = Layout.NUMBERED, imported: int = 10) -> Gathered:
    return gather(
        store, 1, corpus=corpus(), layout=layout, config=ComposerConfig(), imported=imported
    )


@pytest.mark.parametrize("layout", Layout)
def test_siblings_are_one_lesson(store: Store, layout: Layout) -> None:
    good = answered(store, 30, PORT, liked=True)
    answered(store, 40, OLD, liked=False)
    (lesson,) = gathered(store, layout).lessons
    assert lesson.is_pair
    assert (lesson.reply_id, lesson.thread, lesson.weight) == (good, 3, 1.0)
    assert PORT in lesson.chosen and OLD in lesson.rejected
    # What the model is not to say stands on the page too: it is no invention.
    assert PORT in lesson.prompt and OLD in lesson.prompt
    assert lesson.people == ("ann", "ben")


@pytest.mark.parametrize(
    "other",
    [{"number": 4}, {"question": "How are the tests run?"}],
    ids=["another thread", "another question"],
)
def test_others_are_lessons_of_their_own(store: Store, other: dict[str, object]) -> None:
    answered(store, 30, PORT, liked=True)
    answered(store, 40, OLD, liked=False, **other)
    assert [lesson.is_pair for lesson in gathered(store).lessons] == [False, False]


def test_a_sibling_that_is_gone_pairs_with_nothing(store: Store) -> None:
    answered(store, 30, PORT, liked=True)
    store.replies.set_state(answered(store, 40, OLD, liked=False), ReplyState.DELETED)
    found = gathered(store)
    assert [lesson.is_pair for lesson in found.lessons] == [False]
    assert found.dropped == {"the reply is gone": 1}


def test_an_edit_says_more_than_a_sibling(store: Store) -> None:
    reply_id = answered(store, 30, PORT, liked=True)
    answered(store, 40, OLD, liked=False)
    (row,) = store.evidence.of_reply(reply_id).rows
    edit: PreferenceRow = replace(row, kind=RowKind.PAIR, chosen=f"In short: {PORT}", rejected=PORT)
    store.evidence.replace(reply_id, Evidence(rows=(edit,)))
    first, second = gathered(store).lessons
    assert (first.is_pair, second.is_pair) == (True, False)
    assert "In short" in first.chosen


def brought(number: int = 1, **given: object) -> PreferenceRow:
    values = {
        "reply_id": 0,
        "number": 3,
        "prompt": QUESTION,
        "chosen": f"In short: {PORT}",
        "rejected": PORT,
        "weight": 0.5,
        "people": (),
        "urls": (f"http://else/{number}",),
    }
    return a_row(**values | given)


@pytest.mark.parametrize("layout", Layout)
def test_imported_rows_are_lessons_of_no_thread(store: Store, layout: Layout) -> None:
    row = brought()
    store.imported.add(1, "one", NOW, [row])
    (lesson,) = gathered(store, layout).lessons
    assert lesson.imported and lesson.is_pair and lesson.weight == 0.5
    assert (lesson.thread, lesson.reply_id) == (0, 0)
    assert lesson.urls == ("http://else/1", address_of(row))
    assert PORT in lesson.chosen and "In short" in lesson.chosen
    assert gathered(store, layout, imported=0).lessons == []


def test_those_of_most_weight_are_taken(store: Store) -> None:
    rows = [
        brought(at, chosen=f"{PORT} {at}", weight=weight)
        for at, weight in ((1, 0.25), (2, 0.5), (3, 0.125))
    ]
    store.imported.add(1, "one", NOW, rows)
    found = gathered(store, imported=1)
    assert [lesson.urls[0] for lesson in found.lessons] == ["http://else/2"]
    assert found.dropped == {"imported: more than a run takes (TREADLE_TRAINING_IMPORTED)": 2}


def test_what_was_made_of_a_reply_here_is_known_here(store: Store) -> None:
    reply = store.replies.add(a_reply())
    store.replies.set_state(reply.id, ReplyState.DELETED)
    store.imported.add(1, "one", NOW, [brought(urls=(reply.url,))])
    found = gathered(store)
    assert not found.lessons
    assert found.dropped == {"imported: made of a reply here": 1}


def test_imported_rows_that_were_vetoed_or_are_of_who_opted_out_are_none(store: Store) -> None:
    rows = [brought(1, chosen="Vetoed."), brought(2, people=("Ann",))]
    store.imported.add(1, "one", NOW, rows)
    store.replies.add(a_reply())
    store.opt_outs.add(1, ANN.id, NOW)
    key = row_digest(rows[0])
    ruling = Ruling(kind=RulingKind.ROW, key=key, what=RulingWhat.VETOED, by=BEN, at=NOW, url="")
    store.rulings.set(1, ruling)
    found = gathered(store)
    assert not found.lessons
    assert found.dropped == {"imported: vetoed": 1, "imported: of somebody who opted out": 1}


def test_a_text_that_cites_nothing_of_today_is_no_lesson(store: Store) -> None:
    row = brought(chosen=PORT, rejected="It is written somewhere else.")
    store.imported.add(1, "one", NOW, [row])
    found = gathered(store, Layout.PASSAGES)
    assert found.dropped == {
        "imported: nothing that can be found today is cited in a text of it": 1
    }
    (lesson,) = gathered(store, Layout.NUMBERED).lessons
    assert row.rejected in lesson.rejected


def picked(store: Store, comment: int, chosen: str, *others: str) -> int:
    """Puts in an answer of which another draft was picked, by whoever runs Treadle."""
    ask = an_ask(f"P{comment}", comment_id=comment, comment_node_id=f"P{comment}")
    store.asks.open(ask)
    source = Passage(path="old.md", start_line=1, end_line=1, title="Port", text=others[0])
    reply = store.replies.add(
        a_reply(
            comment,
            trigger_node_id=ask.comment_node_id,
            command_key=ask.command_key,
            question=QUESTION,
            answer=f"{others[0]} [1]",
            sources=(source,),
        )
    )
    value = Pick(
        ask_key=ask.key, repository_id=1, chosen=chosen, others=others, by="the dashboard", at=NOW
    )
    told = AuditEntry(at=NOW, person=OPERATOR, act="picked", subject="", url="")
    assert store.picks.set(value, told)
    return reply.id


def judged(store: Store, reply_id: int, **given: object) -> None:
    """Puts in what people say of a reply."""
    values = {"reply_id": reply_id, "prompt": QUESTION, "chosen": "", "rejected": ""} | given
    kind = RowKind.PAIR if values["chosen"] and values["rejected"] else RowKind.UNPAIRED
    store.evidence.replace(reply_id, Evidence(rows=(a_row(kind=kind, **values),)))


@pytest.mark.parametrize("layout", Layout)
def test_a_pick_is_one_lesson(store: Store, layout: Layout) -> None:
    reply_id = picked(store, 30, PORT, OLD, "It listens.")
    (lesson,) = gathered(store, layout).lessons
    assert lesson.is_pair and (lesson.reply_id, lesson.weight) == (reply_id, 1.0)
    assert PORT in lesson.chosen and OLD in lesson.rejected
    assert lesson.people == ("the dashboard",)


def test_of_a_pick_the_first_pair_is_learned_that_can_be_written(store: Store) -> None:
    picked(store, 30, PORT, f"**{PORT}**", OLD)
    (lesson,) = gathered(store).lessons
    assert PORT in lesson.chosen and OLD in lesson.rejected
    picked(store, 40, PORT, f"**{PORT}**")
    assert gathered(store).dropped == {"it was changed only in ways that the model cannot write": 1}


def test_votes_agree_with_a_pick_or_speak_against_it(store: Store) -> None:
    reply_id = picked(store, 30, PORT, OLD)
    judged(store, reply_id, rejected=OLD, people=("ben",))
    (lesson,) = gathered(store).lessons
    assert lesson.people == ("ben", "the dashboard")
    judged(store, reply_id, chosen=OLD)
    assert gathered(store).dropped == {"people disagree about it": 1}


@pytest.mark.parametrize("vote", [{"chosen": OLD}, {"rejected": PORT}])
def test_no_pair_of_a_pick_is_learned_that_votes_speak_against(
    store: Store, vote: dict[str, str]
) -> None:
    reply_id = picked(store, 30, PORT, OLD, "It listens.")
    judged(store, reply_id, **vote)
    found = gathered(store)
    assert (list(found.lessons), found.dropped) == ([], {"people disagree about it": 1})


def test_an_edit_says_more_than_a_pick(store: Store) -> None:
    reply_id = picked(store, 30, PORT, OLD)
    judged(store, reply_id, chosen="It is port 9090.", rejected=OLD)
    found = gathered(store)
    (lesson,) = found.lessons
    assert "9090" in lesson.chosen
    assert found.dropped == {"people's own text says more than what was picked": 1}


def test_a_pick_says_more_than_a_sibling(store: Store) -> None:
    reply_id = picked(store, 30, PORT, OLD)
    answered(store, 40, PORT, liked=True)
    judged(store, reply_id, rejected=OLD, number=3)
    assert [lesson.is_pair for lesson in gathered(store).lessons] == [True, False]


def test_vetoed_pairs_of_a_pick_are_no_lesson(store: Store) -> None:
    reply_id = picked(store, 30, PORT, OLD)
    made = {"by": ANN, "at": NOW, "url": ""}
    [(pick, reply)] = store.picks.stream(1)
    [row] = pairs(pick, reply)
    key = row_digest(row)
    store.rulings.set(1, Ruling(kind=RulingKind.ROW, key=key, what=RulingWhat.VETOED, **made))
    found = gathered(store)
    assert (list(found.lessons), found.dropped) == ([], {"somebody vetoed it": 1})
    store.replies.set_state(reply_id, ReplyState.DELETED)
    assert gathered(store).dropped == {}
