"""What there is to train on is counted as training counts it: siblings are one pair together."""

from dataclasses import replace
from datetime import datetime

import pytest

from app.domain import OPERATOR, AuditEntry, Evidence, Pick, PreferenceRow, RowKind
from app.store import Store
from app.store.tallies import Tally
from tests.stored import NOW, a_reply, a_repository, a_row, an_ask, later


@pytest.fixture
def reply_id(store: Store) -> int:
    store.repositories.save(a_repository())
    return store.replies.add(a_reply()).id


def voted(store: Store, comment: int, *, liked: bool, **given: object) -> PreferenceRow:
    """Puts in an answer that somebody likes, or not."""
    text = f"answer {comment}"
    values = {"number": 3, "chosen": text if liked else "", "rejected": "" if liked else text}
    row = a_row(kind=RowKind.UNPAIRED, **values | given)
    reply = store.replies.add(a_reply(comment, number=row.number))
    row = replace(row, reply_id=reply.id)
    store.evidence.replace(reply.id, Evidence(rows=(row,)))
    return row


def edit(store: Store, row: PreferenceRow) -> None:
    """Makes a pair of what was voted on."""
    pair = replace(row, kind=RowKind.PAIR, chosen="edited", rejected=row.chosen or row.rejected)
    store.evidence.replace(row.reply_id, Evidence(rows=(row, pair)))


def tally(store: Store, since: datetime | None = None) -> Tally:
    return store.tallies.of(1, least=0.5, since=since)


def test_a_tally_counts_each_reply_once(store: Store, reply_id: int) -> None:
    other = store.replies.add(a_reply(40, number=4)).id
    store.evidence.replace(
        reply_id,
        Evidence(
            rows=(
                a_row(),
                # Votes on both texts of an edited reply, and what repeats the pair.
                a_row(kind=RowKind.UNPAIRED, rejected=""),
                a_row(kind=RowKind.COH, chosen="", rejected="", text="x", form="p"),
            )
        ),
    )
    faint = a_row(number=4, weight=0.25)
    liked = a_row(kind=RowKind.UNPAIRED, number=4, rejected="", created_at=later(60))
    store.evidence.replace(other, Evidence(rows=(faint, liked)))
    tally = store.tallies.of
    assert tally(1, least=0.5) == Tally(rows=2, pairs=1, threads=1)
    assert tally(1, least=0.2) == Tally(rows=2, pairs=2, threads=2)
    assert tally(1, least=0.5, since=later(30)) == Tally(rows=1, pairs=0, threads=0)
    assert tally(2, least=0.0) == Tally(rows=0, pairs=0, threads=0)


@pytest.mark.usefixtures("reply_id")
class TestSiblings:
    def test_a_liked_and_a_disliked_answer_are_one_row_and_one_pair(self, store: Store) -> None:
        voted(store, 40, liked=True)
        assert tally(store) == Tally(rows=1, pairs=0, threads=0)
        voted(store, 50, liked=False)
        assert tally(store) == Tally(rows=1, pairs=1, threads=1)

    @pytest.mark.parametrize(
        "other",
        [{"number": 4}, {"prompt": "Why is it so?"}, {"weight": 0.25}, {"chosen": "x"}],
        ids=["another thread", "another question", "too faint", "liked as well"],
    )
    def test_others_are_no_pair(self, store: Store, other: dict[str, object]) -> None:
        voted(store, 40, liked=True)
        voted(store, 50, liked="chosen" in other, **other)
        rows = 1 if "weight" in other else 2
        assert tally(store) == Tally(rows=rows, pairs=0, threads=0)

    def test_each_reply_is_in_one_pair_at_most(self, store: Store) -> None:
        for comment, liked in ((40, True), (50, False), (60, False)):
            voted(store, comment, liked=liked)
        assert tally(store) == Tally(rows=2, pairs=1, threads=1)

    def test_an_edited_reply_is_a_pair_by_itself(self, store: Store) -> None:
        edit(store, voted(store, 40, liked=True))
        voted(store, 50, liked=False)
        assert tally(store) == Tally(rows=2, pairs=1, threads=1)

    def test_a_thread_counts_once(self, store: Store) -> None:
        voted(store, 40, liked=True)
        voted(store, 50, liked=False)
        edit(store, voted(store, 60, liked=True, prompt="Why is it so?"))
        assert tally(store) == Tally(rows=2, pairs=2, threads=1)

    def test_a_pair_is_as_new_as_its_newer_vote(self, store: Store) -> None:
        voted(store, 40, liked=True)
        voted(store, 50, liked=False, created_at=later(60))
        assert tally(store, NOW) == Tally(rows=1, pairs=1, threads=1)
        assert tally(store, later(-1)) == Tally(rows=1, pairs=1, threads=1)
        assert tally(store, later(60)) == Tally(rows=0, pairs=0, threads=0)


def picked(store: Store, reply_id: int, at: datetime = NOW) -> None:
    """Puts in a pick among the drafts of a reply."""
    reply = store.replies.by_id(reply_id)
    assert reply is not None
    ask = an_ask(reply.trigger_node_id, reply.command_key)
    store.asks.open(ask)
    value = Pick(
        ask_key=ask.key, repository_id=1, chosen=str(at), others=["b"], by="the dashboard", at=at
    )
    told = AuditEntry(at=at, person=OPERATOR, act="picked", subject="", url="")
    assert store.picks.set(value, told)


def test_a_pick_is_a_row_and_a_pair_of_a_reply_that_nobody_edited(
    store: Store, reply_id: int
) -> None:
    picked(store, reply_id)
    assert tally(store) == Tally(rows=1, pairs=1, threads=1)
    assert tally(store, NOW) == Tally(rows=0, pairs=0, threads=0)
    picked(store, reply_id, later(60))
    assert tally(store, NOW) == Tally(rows=1, pairs=1, threads=1)
    # What people say of the reply besides makes no other row, nor does an edit another pair.
    liked = a_row(kind=RowKind.UNPAIRED, rejected="", created_at=later(90))
    store.evidence.replace(reply_id, Evidence(rows=(liked,)))
    assert tally(store) == Tally(rows=1, pairs=1, threads=1)
    assert tally(store, later(70)) == Tally(rows=1, pairs=0, threads=0)
    store.evidence.replace(reply_id, Evidence(rows=(a_row(),)))
    assert tally(store) == Tally(rows=1, pairs=1, threads=1)


def test_a_reply_of_which_a_draft_was_picked_is_no_sibling(store: Store, reply_id: int) -> None:
    good, _ = voted(store, 40, liked=True), voted(store, 50, liked=False)
    assert tally(store) == Tally(rows=1, pairs=1, threads=1)
    picked(store, good.reply_id)
    assert tally(store) == Tally(rows=2, pairs=1, threads=1)
