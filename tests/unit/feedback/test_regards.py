"""What votes say of the passages that an answer cited."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain import Passage, Regard, Reply, Signal, SignalKind, SourceKind
from app.feedback.ledger import HALF_LIFE_DAYS
from app.feedback.regards import cited_passages, faded, regards

from .made import (
    ABSTAINED,
    LOGIN,
    OWNER,
    READER,
    a_reply,
    a_signal,
    an_edit,
    at,
    edit_revisions,
)

README = Passage(path="README.md", start_line=3, end_line=5, title="Setup", text="Add a file.")
GUIDE = Passage(path="docs/guide.md", start_line=1, end_line=1, title="Guide", text="At the root.")
UNCITED = replace(GUIDE, path="docs/other.md")
TAUGHT = Passage(
    path="", start_line=1, end_line=1, title="", text="x", kind=SourceKind.CORRECTION, memory_id=4
)


def replied(answer: str = "Add a file. [1] At the root. [2]", **given: Any) -> Reply:
    return a_reply(answer, **{"sources": (README, GUIDE, UNCITED)} | given)


def said(*signals: Signal, reply: Reply | None = None, edited: bool = False) -> list[Regard]:
    revisions = edit_revisions() if edited else ()
    return regards(reply or replied(), signals, revisions, own_login=LOGIN)


def test_a_vote_is_divided_over_the_passages_that_were_cited() -> None:
    found = said(a_signal("-1", value=-1.0), a_signal("heart", READER, trust=0.25))
    assert [(one.path, one.person, one.mass, one.trust) for one in found] == [
        ("README.md", "olga", -0.5, 1.0),
        ("docs/guide.md", "olga", -0.5, 1.0),
        ("README.md", "rob", 0.125, 0.25),
        ("docs/guide.md", "rob", 0.125, 0.25),
    ]
    assert {one.digest for one in found} == {README.digest, GUIDE.digest}


@pytest.mark.parametrize(
    "reply, signals",
    [
        (replied(), []),
        (replied(), [a_signal(removed_at=at(6))]),
        (replied(), [a_signal(trust=0.0)]),
        (replied(), [a_signal(), a_signal("deleted", kind=SignalKind.DELETE, value=-1.0)]),
        (replied(), [a_signal(), a_signal("outdated", kind=SignalKind.HIDE, value=0.0)]),
        (replied(block=ABSTAINED), [a_signal()]),
        (replied(question=""), [a_signal()]),
        (replied("Add a file."), [a_signal()]),
        (replied("So it was said. [1]", sources=(TAUGHT,)), [a_signal()]),
    ],
    ids=[
        "nobody",
        "taken back",
        "untrusted",
        "deleted",
        "outdated",
        "no answer",
        "question taken back",
        "no mark",
        "a correction",
    ],
)
def test_nothing_is_said(reply: Reply, signals: list[Signal]) -> None:
    assert said(*signals, reply=reply) == []


def test_edits_and_votes_on_peoples_text_say_nothing_of_sources() -> None:
    after = a_signal("+1", READER, first_seen=at(20))
    assert said(an_edit(), after, edited=True) == []
    before = a_signal("-1", READER, value=-1.0, first_seen=at(5))
    assert {one.person for one in said(an_edit(), before, after, edited=True)} == {"rob"}


def test_passages_are_cited_once_and_only_where_there_is_one() -> None:
    assert cited_passages(replied("A [2]. B [2] [1]. C [9].")) == [GUIDE, README]


def test_a_passage_that_moved_keeps_its_name() -> None:
    moved = replace(README, start_line=40, end_line=42, text="Add  a\nfile.")
    assert moved.digest == README.digest
    assert replace(README, text="Add two files.").digest != README.digest
    assert replace(README, title="Use").digest != README.digest


def test_what_was_said_fades_by_whole_days() -> None:
    [first, _] = said(a_signal(person=OWNER))
    later = first.at.replace(hour=0, minute=0) + timedelta(days=HALF_LIFE_DAYS + 0.9)
    [then] = faded([first], later)
    exact = (later.replace(hour=0, minute=0) - first.at) / timedelta(days=HALF_LIFE_DAYS)
    assert then.mass == pytest.approx(0.5 * 0.5**exact)
    assert faded([first], first.at) == [first]
