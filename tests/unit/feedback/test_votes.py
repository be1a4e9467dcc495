"""Votes: one a person and text, on the text that stood there."""

from datetime import datetime

import pytest

from app.domain import SignalKind
from app.feedback.trust import Verdict
from app.feedback.versions import Versions
from app.feedback.votes import is_outdated, trusted_dislike, verdict_on, votes

from .made import OWNER, READER, WRITER, a_signal, an_edit, at

PLAIN = Versions(original="a")
EDITED = Versions(original="a", edited="b", editor=OWNER, edited_at=at(10))


@pytest.mark.parametrize(
    ("reactions", "value"),
    [
        ([("+1", 1.0)], 1.0),
        ([("+1", 1.0), ("heart", 1.0), ("rocket", 1.0)], 1.0),
        ([("-1", -1.0), ("confused", -0.5)], -1.0),
        ([("laugh", 0.25), ("eyes", 0.5)], 0.75),
        ([("confused", -0.5), ("eyes", 0.25)], -0.25),
    ],
)
def test_a_person_has_one_vote(reactions: list[tuple[str, float]], value: float) -> None:
    (found,) = votes([a_signal(name, value=one) for name, one in reactions], PLAIN)
    assert (found.value, found.person, found.trust) == (value, OWNER, 1.0)


@pytest.mark.parametrize(
    ("read", "expected"),
    [((None, None), None), ((at(6), None), at(6)), ((at(9), at(7)), at(9))],
)
def test_a_vote_is_read_with_its_last_reaction(
    read: tuple[datetime | None, datetime | None], expected: datetime | None
) -> None:
    both = [a_signal(name, read_at=one) for name, one in zip(("+1", "heart"), read, strict=True)]
    (found,) = votes(both, PLAIN)
    assert found.read_at == expected


def test_thumbs_both_ways_are_no_vote_and_neither_is_one_without_trust() -> None:
    both = [a_signal("+1"), a_signal("-1", value=-1.0)]
    assert votes([*both, a_signal(person=READER, trust=0.0)], PLAIN) == []


def test_removed_signals_and_edits_are_no_votes() -> None:
    assert votes([a_signal(removed_at=at(6)), an_edit()], EDITED) == []


def test_a_reaction_judges_the_text_it_stands_below() -> None:
    early, late = a_signal(person=WRITER), a_signal("-1", READER, -1.0, 0.25, first_seen=at(10))
    cast = votes([late, early], EDITED)
    assert [(vote.person, vote.edited) for vote in cast] == [(WRITER, False), (READER, True)]
    assert verdict_on(cast, edited=False) == Verdict(liked=1.0, disliked=0.0, contradicted=False)
    assert verdict_on(cast, edited=True) == Verdict(liked=0.0, disliked=0.25, contradicted=False)


def test_outdated_is_told_from_other_hides() -> None:
    def hide(reason: str, **given: object) -> bool:
        return is_outdated([a_signal(reason, kind=SignalKind.HIDE, value=0.0, **given)])

    assert hide("outdated")
    assert hide("OUTDATED")
    assert not hide("resolved")
    assert not hide("outdated", removed_at=at(6))


def test_trusted_dislike_begins_at_half() -> None:
    assert trusted_dislike(Verdict(liked=3.0, disliked=0.5, contradicted=True))
    assert not trusted_dislike(Verdict(liked=0.0, disliked=0.25, contradicted=False))
