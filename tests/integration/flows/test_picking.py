"""Picks of people: kept, told, taken back, and what they bring to the rows that may be used."""

from dataclasses import replace

import pytest

from app.domain import (
    OPERATOR,
    Ask,
    AskTree,
    Consent,
    Outcome,
    Person,
    PreferenceRow,
    Removal,
    ReplyState,
    RowOrigin,
    Ruling,
    RulingKind,
    RulingWhat,
    Tried,
    WholeText,
)
from app.errors import UserError
from app.feedback.picks import key_of
from app.flows.picking import FORGOTTEN, NO_TEXT, ONE_TEXT, UNANSWERED, Picking
from app.flows.usable_rows import UsableRows, Wanted
from app.store import Store
from app.store.digests import row_digest
from tests.stored import ANN, NOW, a_reply, a_repository, an_ask, later

ASK = an_ask()
ABSTAINED = {"search": {"abstained": True}}


def tried(store: Store, *texts: str) -> None:
    store.trees.save(
        AskTree(
            ask_key=ASK.key,
            repository_id=1,
            question="Where?",
            outcome=Outcome.ANSWERED,
            min_score=0.0,
            tried=[Tried(text="In the root.", score=1.0)],
            created_at=NOW,
            drafts=[WholeText(text=one, score=-at) for at, one in enumerate(texts)],
            more=5,
        )
    )


@pytest.fixture
def picking(store: Store) -> Picking:
    """An ask of ann's that was answered, with two other drafts."""
    store.repositories.save(a_repository())
    store.asks.open(ASK)
    reply = a_reply(trigger_node_id="N29", command_key="c1", question="Where?")
    store.replies.add(replace(reply, body="In the root. [1]", asker=ANN))
    tried(store, "In the root.", "In docs.", "Nowhere.")
    return Picking(store, lambda: later(60))


def rows(store: Store) -> list[PreferenceRow]:
    return list(UsableRows(store, 1, Wanted()))


def acts(store: Store) -> list[tuple[str, str, Person]]:
    return [(one.act, one.subject, one.person) for one in store.audit.newest(1, 9)]


def pick(picking: Picking, text: str, ask: Ask = ASK) -> None:
    picking.pick(ask, key_of(text), "the dashboard")


def test_a_pick_makes_pairs_until_it_is_taken_back(picking: Picking, store: Store) -> None:
    before = picking.choice(ASK)
    assert (before.picked, before.more, before.refusal) == ("", 5, "")
    assert [(one.text, one.posted) for one in before.texts] == [
        ("In the root.", True),
        ("In docs.", False),
        ("Nowhere.", False),
    ]
    pick(picking, "In docs.")
    assert picking.choice(ASK).picked == key_of("In docs.")
    found = rows(store)
    assert [(row.chosen, row.rejected) for row in found] == [
        ("In docs.", "In the root."),
        ("In docs.", "Nowhere."),
    ]
    assert {row.origin for row in found} == {RowOrigin.PICK}
    assert {row.consent for row in found} == {Consent.KEPT}
    [reply] = store.replies.recent(1, 9)
    assert acts(store) == [("picked", f"reply {reply.id}", OPERATOR)]

    pick(picking, "In docs.")
    assert len(acts(store)) == 1
    pick(picking, "In the root.")
    assert [(row.chosen, row.rejected) for row in rows(store)] == [
        ("In the root.", "In docs."),
        ("In the root.", "Nowhere."),
    ]
    picking.take_back(ASK)
    assert rows(store) == [] and picking.choice(ASK).picked == ""
    assert [act for act, _, _ in acts(store)] == ["took back a pick", "picked", "picked"]
    with pytest.raises(UserError, match="nothing to take back"):
        picking.take_back(ASK)


def test_a_pick_stands_where_the_tree_is_not_kept_any_more(picking: Picking, store: Store) -> None:
    pick(picking, "In docs.")
    store.trees.prune(later(9))
    choice = picking.choice(ASK)
    assert [(one.text, one.score, one.posted) for one in choice.texts] == [
        ("In docs.", None, False),
        ("In the root.", None, True),
        ("Nowhere.", None, False),
    ]
    assert (choice.picked, choice.more) == (key_of("In docs."), 0)
    pick(picking, "In the root.")
    assert rows(store)[0].chosen == "In the root."


@pytest.mark.parametrize("pruned", [False, True])
def test_texts_that_go_while_somebody_picks_are_not_kept(
    picking: Picking, store: Store, monkeypatch: pytest.MonkeyPatch, pruned: bool
) -> None:
    pick(picking, "In docs.")
    if pruned:
        store.trees.prune(later(9))
    seen = picking.choice(ASK)
    monkeypatch.setattr(picking, "choice", lambda ask: seen)
    picking.take_back(ASK)
    store.trees.prune(later(9))
    with pytest.raises(UserError, match="Load the page again"):
        pick(picking, "Nowhere.")
    assert store.picks.get(ASK.key) is None
    assert [act for act, _, _ in acts(store)] == ["took back a pick", "picked"]


def test_a_pick_that_is_sent_twice_at_once_is_told_once(
    store: Store, picking: Picking, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in ("In docs.", "Nowhere."):
        seen = picking.choice(ASK)
        with monkeypatch.context() as patch:
            patch.setattr(picking, "choice", lambda ask, seen=seen: seen)
            pick(picking, text)
            pick(picking, text)
        store.trees.prune(later(9))
    assert [act for act, _, _ in acts(store)] == ["picked", "picked"]


def test_texts_that_are_not_there_cannot_be_picked(picking: Picking, store: Store) -> None:
    with pytest.raises(UserError, match="Load the page again"):
        pick(picking, "Elsewhere.")
    assert rows(store) == [] and acts(store) == []


@pytest.mark.parametrize(
    ("texts", "block", "refusal"),
    [
        (("In the root.",), {}, ONE_TEXT),
        ((), {}, ONE_TEXT),
        (("In docs.",), ABSTAINED, ONE_TEXT),
        ((), ABSTAINED, NO_TEXT),
        (("In docs.",), {}, ""),
        (("In docs.", "Nowhere."), ABSTAINED, ""),
    ],
)
def test_it_takes_two_texts_to_pick(
    store: Store, texts: tuple[str, ...], block: dict[str, object], refusal: str
) -> None:
    store.repositories.save(a_repository())
    store.asks.open(ASK)
    reply = a_reply(trigger_node_id="N29", command_key="c1", question="Where?", block=block)
    store.replies.add(replace(reply, body="In the root."))
    tried(store, *texts)
    picking = Picking(store, lambda: NOW)
    assert picking.choice(ASK).refusal == refusal
    if refusal:
        with pytest.raises(UserError, match=refusal):
            pick(picking, "In docs.")
    else:
        pick(picking, "In docs.")
        assert [row.chosen for row in rows(store)] == ["In docs."]


@pytest.mark.parametrize("state", [ReplyState.DELETED, ReplyState.UNREACHABLE])
def test_a_reply_that_is_gone_teaches_nothing(
    picking: Picking, store: Store, state: ReplyState
) -> None:
    pick(picking, "In docs.")
    [reply] = store.replies.recent(1, 9)
    store.replies.set_state(reply.id, state)
    assert rows(store) == []
    assert (list(picking.choice(ASK).texts), picking.choice(ASK).refusal) == ([], UNANSWERED)
    with pytest.raises(UserError, match="No reply"):
        pick(picking, "Nowhere.")
    picking.take_back(ASK)
    store.replies.set_state(reply.id, ReplyState.LIVE)
    assert rows(store) == []


def test_an_ask_that_was_not_answered_has_nothing_to_pick(picking: Picking) -> None:
    assert picking.choice(replace(ASK, command_key="c2", key="other")).refusal == UNANSWERED


def test_what_was_asked_by_who_opted_out_or_vetoed_is_left_out(
    picking: Picking, store: Store
) -> None:
    pick(picking, "In docs.")
    kept = rows(store)
    ruling = Ruling(
        kind=RulingKind.ROW,
        key=row_digest(kept[0]),
        what=RulingWhat.VETOED,
        by=ANN,
        at=NOW,
        url="",
    )
    store.rulings.set(1, ruling)
    usable = UsableRows(store, 1, Wanted())
    assert (list(usable), usable.left_out) == (kept[1:], {"vetoed": 1})
    store.opt_outs.add(1, ANN.id, NOW)
    usable = UsableRows(store, 1, Wanted())
    assert (list(usable), usable.left_out) == ([], {"of somebody who opted out": 2})


def test_picks_are_rows_of_its_own_and_of_their_time(picking: Picking, store: Store) -> None:
    pick(picking, "In docs.")
    assert list(UsableRows(store, 1, Wanted(own=False))) == []
    assert list(UsableRows(store, 1, Wanted(since=later(61)))) == []
    assert len(list(UsableRows(store, 1, Wanted(since=later(60))))) == 2
    assert UsableRows(store, 1, Wanted()).count() == 1


def test_a_question_that_was_taken_back_leaves_nothing_to_pick(
    picking: Picking, store: Store
) -> None:
    pick(picking, "In docs.")
    store.removals.add(Removal(repository_id=1, person_id=ANN.id, at=later(99)), "k")
    [removal] = store.removals.unfinished()
    assert store.erasing.carry_out(removal)
    assert rows(store) == [] and store.picks.get(ASK.key) is None
    assert picking.choice(ASK).refusal == FORGOTTEN
