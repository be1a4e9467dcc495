"""What votes and edits say of the principles that judged a reply."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain import Judgement, Reply, Revision, SignalKind
from app.feedback.edits import distance
from app.feedback.judgements import Word, capped, words_on
from app.feedback.signals import digest
from tests.unit.feedback.made import (
    ANSWER,
    APP,
    CORRECTED,
    OWNER,
    POSTED,
    READER,
    WRITER,
    a_reply,
    a_signal,
    at,
    full_body,
)

ODDS = {"k1": 2.5, "k2": -1.0}
BLOCK = {"model": "some/model", "principles": ODDS}


def judged(**block: Any) -> Reply:
    return a_reply(block={**BLOCK, **block})


def said(reply: Reply, *signals: Any, revisions: Any = ()) -> list[tuple[bool, float]]:
    words = words_on(reply, signals, revisions, own_login="treadle[bot]")
    return [(word.judgement.liked, pytest.approx(word.judgement.weight)) for word in words]


def test_a_vote_is_a_judgement_by_all_principles_of_its_model() -> None:
    (word,) = words_on(judged(), [a_signal(trust=0.5)], [])
    assert word == Word(
        judgement=Judgement(model="some/model", odds=ODDS, liked=True, weight=0.5),
        person_id=OWNER.id,
        day=POSTED.date(),
    )


def test_each_vote_counts_its_strength_by_its_trust() -> None:
    signals = [
        a_signal("-1", WRITER, value=-1.0, trust=1.0),
        a_signal("confused", READER, value=-0.5, trust=0.25),
        a_signal("+1", OWNER, value=1.0, trust=0.0),
        a_signal("heart", OWNER, value=1.0, trust=1.0, removed_at=at(9)),
    ]
    assert said(judged(), *signals) == [(False, 1.0), (False, 0.125)]


def edits(text: str = CORRECTED, trust: float = 1.0) -> tuple[Any, list[Revision]]:
    signal = a_signal(digest(text), WRITER, trust=trust, kind=SignalKind.EDIT, first_seen=at(10))
    bodies = [(APP, ANSWER, POSTED), (WRITER, text, at(10))]
    return signal, [
        Revision(body=full_body(body), editor=person, edited_at=when)
        for person, body, when in bodies
    ]


def test_an_edit_speaks_against_the_text_as_much_as_it_changed() -> None:
    signal, revisions = edits(trust=0.5)
    changed = distance(ANSWER, CORRECTED)
    assert 0 < changed < 1
    assert said(judged(), signal, revisions=revisions) == [(False, 0.5 * changed)]


def test_votes_on_peoples_version_are_no_word_on_the_apps() -> None:
    signal, revisions = edits()
    before = a_signal("-1", READER, value=-1.0, first_seen=at(5))
    after = a_signal("+1", OWNER, value=1.0, first_seen=at(15))
    found = said(judged(), signal, before, after, revisions=revisions)
    assert found == [(False, 1.0), (False, distance(ANSWER, CORRECTED))]


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(a_reply(), id="never judged"),
        pytest.param(judged(principles={}), id="by no principle"),
        pytest.param(judged(principles=["k1", 2.5]), id="unreadable"),
        pytest.param(judged(principles={"k1": "2.5", "k2": True}), id="no numbers"),
        pytest.param(judged(search={"abstained": True}), id="no answer"),
    ],
)
def test_other_replies_say_nothing(reply: Reply) -> None:
    assert said(reply, a_signal()) == []


def test_what_is_outdated_was_good_in_its_time() -> None:
    hide = a_signal("outdated", kind=SignalKind.HIDE, value=0.0)
    assert said(judged(), a_signal("-1", value=-1.0), hide) == []
    spam = a_signal("spam", kind=SignalKind.HIDE, value=-1.0)
    assert said(judged(), spam) == [(False, 1.0)]


def test_a_persons_day_counts_to_a_cap() -> None:
    def word(person: int, weight: float, days: int = 0) -> Word:
        judgement = Judgement(model="m", odds=ODDS, liked=True, weight=weight)
        return Word(
            judgement=judgement, person_id=person, day=(POSTED + timedelta(days=days)).date()
        )

    words = [word(1, 3.0), word(1, 1.0), word(1, 2.0, days=1), word(2, 2.0)]
    # 4 units of the first day shrink to 2, which is by half.
    assert [one.weight for one in capped(words, cap=2.0)] == [1.5, 0.5, 2.0, 2.0]
    assert [one.weight for one in capped(words)] == [3.0, 1.0, 2.0, 2.0]
