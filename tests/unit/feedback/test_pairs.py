"""Preference rows: pairs, unpaired, Chain of Hindsight; whence, how heavy, and when not."""

import pytest

from app.domain import PreferenceRow, RowKind, RowOrigin, Signal, SignalKind
from app.feedback.pairs import hindsight, rows
from app.feedback.versions import Versions
from app.feedback.votes import votes

from .made import (
    ABSTAINED,
    ANSWER,
    CORRECTED,
    OWNER,
    QUESTION,
    READER,
    TRIAGER,
    URL,
    WRITER,
    a_reply,
    a_signal,
    an_edit,
    at,
)

PLAIN = Versions(original=ANSWER)
EDITED = Versions(
    original=ANSWER, edited=CORRECTED, editor=OWNER, editors=(WRITER, OWNER), edited_at=at(10)
)


def made(*cast: Signal, edit: Signal | None = None, abstained: bool = False) -> list[PreferenceRow]:
    texts = PLAIN if edit is None else EDITED
    reply = a_reply(block=ABSTAINED) if abstained else a_reply()
    return rows(reply, texts, edit, votes(cast, texts))


def kinds(found: list[PreferenceRow]) -> list[str]:
    return [row.form or row.kind.value for row in found]


def test_an_edit_gives_a_pair_and_its_two_sequences() -> None:
    pair, good_first, bad_first = made(edit=an_edit())
    assert pair == PreferenceRow(
        kind=RowKind.PAIR,
        repository_id=1,
        reply_id=9,
        number=3,
        prompt=QUESTION,
        chosen=CORRECTED,
        rejected=ANSWER,
        weight=1.0,
        people=("olga", "wim"),
        urls=(URL,),
        created_at=at(10),
        origin=RowOrigin.EDIT,
    )
    assert (good_first.form, bad_first.form) == ("pn", "np")
    assert good_first.text == (
        f"{QUESTION}\n\nA helpful answer: {CORRECTED}\n\nAn unhelpful answer: {ANSWER}"
    )
    assert bad_first.text == (
        f"{QUESTION}\n\nAn unhelpful answer: {ANSWER}\n\nA helpful answer: {CORRECTED}"
    )


def test_only_the_texts_of_a_sequence_bear_loss() -> None:
    text, segments = hindsight("Q?", [("good", True), ("bad", False)])
    # "Q?" + 2 line ends + "A helpful answer: " (18) = 22; "good" to 26;
    # 2 line ends + "An unhelpful answer: " (21) = 49; "bad" to 52.
    assert segments == [(22, 26), (49, 52)]
    assert [text[start:end] for start, end in segments] == ["good", "bad"]


@pytest.mark.parametrize(
    ("signal", "side", "form", "weight", "people"),
    [
        (a_signal(), "chosen", "p", 1.0, ("olga",)),
        (a_signal("-1", TRIAGER, -1.0, 0.5), "rejected", "n", 0.5, ("tess",)),
    ],
)
def test_a_trusted_vote_gives_an_unpaired_row_and_its_sequence(
    signal: Signal, side: str, form: str, weight: float, people: tuple[str, ...]
) -> None:
    unpaired, sequence = made(signal)
    assert (unpaired.kind, unpaired.weight, unpaired.people) == (RowKind.UNPAIRED, weight, people)
    assert (unpaired.chosen or unpaired.rejected) == getattr(unpaired, side) == ANSWER
    assert not (unpaired.chosen and unpaired.rejected)
    assert (sequence.kind, sequence.form, sequence.chosen) == (RowKind.COH, form, "")
    assert [sequence.text[start:end] for start, end in sequence.segments] == [ANSWER]


def test_without_agreement_there_is_no_row() -> None:
    assert made() == []
    assert made(a_signal(person=READER, trust=0.25)) == []
    assert made(a_signal(), a_signal("-1", WRITER, -1.0)) == []


def test_a_text_that_was_replaced_is_not_chosen_too() -> None:
    assert kinds(made(a_signal(person=WRITER), edit=an_edit())) == ["pair", "pn", "np"]
    against = a_signal("-1", WRITER, -1.0)
    assert kinds(made(against, edit=an_edit())) == ["pair", "pn", "np", "unpaired", "n"]


def test_votes_after_an_edit_judge_the_edited_text() -> None:
    found = made(a_signal(person=WRITER, first_seen=at(20)), edit=an_edit())
    assert kinds(found) == ["pair", "pn", "np", "unpaired", "p"]
    assert found[3].chosen == CORRECTED


def test_an_edit_that_a_trusted_person_rejects_is_no_pair() -> None:
    found = made(a_signal("-1", TRIAGER, -1.0, 0.5, first_seen=at(20)), edit=an_edit())
    assert kinds(found) == ["unpaired", "n"]
    assert found[0].rejected == CORRECTED
    assert made(edit=an_edit(trust=0.0)) == []


def test_where_the_app_knew_nothing_only_the_human_text_is_a_row() -> None:
    found = made(edit=an_edit(), abstained=True)
    assert kinds(found) == ["unpaired", "p"]
    assert (found[0].chosen, found[0].rejected) == (CORRECTED, "")


@pytest.mark.parametrize(
    ("cast", "origin"),
    [
        ([a_signal("spam", OWNER, -1.0, kind=SignalKind.HIDE)], RowOrigin.HIDE),
        ([a_signal("-1", OWNER, -1.0)], RowOrigin.VOTES),
        (
            [a_signal("spam", OWNER, -1.0, kind=SignalKind.HIDE), a_signal("-1", WRITER, -1.0)],
            RowOrigin.VOTES,
        ),
    ],
)
def test_rows_say_what_people_did(cast: list[Signal], origin: RowOrigin) -> None:
    assert {row.origin for row in made(*cast)} == {origin}
