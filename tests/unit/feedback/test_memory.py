"""Memories: corrections by sentence, examples by trusted votes."""

from collections.abc import Sequence

import pytest

from app.domain import Memory, MemoryKind, Signal
from app.feedback.memory import changed_sentences, corrections, example
from app.feedback.versions import Versions
from app.feedback.votes import votes

from .made import (
    ABSTAINED,
    ANSWER,
    ASKER,
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

BEFORE = f"It is one file. {ANSWER} Then restart."
AFTER = f"It is one file. {CORRECTED} Then restart."


def edited(before: str, after: str) -> Versions:
    return Versions(original=before, edited=after, editor=OWNER, editors=(OWNER,), edited_at=at(10))


def correct(
    before: str, after: str, *cast: Signal, trust: float = 1.0, abstained: bool = False
) -> list[Memory]:
    texts = edited(before, after)
    edit = an_edit(after, trust=trust)
    reply = a_reply(block=ABSTAINED) if abstained else a_reply()
    return corrections(reply, texts, edit, votes(cast, texts))


def test_a_correction_holds_the_changed_sentence_in_both_versions() -> None:
    assert correct(BEFORE, AFTER) == [
        Memory(
            repository_id=1,
            reply_id=9,
            kind=MemoryKind.CORRECTION,
            question=QUESTION,
            before=ANSWER,
            after=CORRECTED,
            author="olga",
            url=URL,
            weight=1.0,
            created_at=at(10),
        )
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("One. Two. Three.", "One. 2. Three.", ("Two.", "2.")),
        ("One. Two. Three.", "Won. Two. Tree.", ("One.\nThree.", "Won.\nTree.")),
        ("One. Two.", "Two. One.", ("", "")),
        ("One. Two.", "One. Two. Three.", ("", "Three.")),
        ("One. Two.", "Two.", ("One.", "")),
        ("- One.\n- Two.", "One. Two.", ("", "")),
        ("Run:\n```\na\nb\n```", "Run:\n```\na\n  b\n```", ("```\na\nb\n```", "```\na\n  b\n```")),
        ("", "New one.", ("", "New one.")),
    ],
)
def test_changed_sentences(before: str, after: str, expected: tuple[str, str]) -> None:
    assert changed_sentences(before, after) == expected


def test_a_sentence_struck_out_is_a_bad_example() -> None:
    (found,) = correct(BEFORE, "It is one file. Then restart.")
    assert (found.kind, found.before, found.after) == (MemoryKind.BAD, "", ANSWER)


def test_what_people_wrote_where_the_app_knew_nothing_corrects_nothing() -> None:
    (found,) = correct("I do not know.", CORRECTED, abstained=True)
    assert (found.kind, found.before, found.after) == (MemoryKind.CORRECTION, "", CORRECTED)


@pytest.mark.parametrize(
    ("cast", "weight"),
    [
        ([], 1.0),
        ([a_signal(person=WRITER, first_seen=at(20))], 1.0),
        ([a_signal("-1", READER, -1.0, 0.25, first_seen=at(20))], 0.75),
        ([a_signal("-1", READER, -1.0, 0.25, first_seen=at(5))], 1.0),
    ],
)
def test_votes_on_the_edited_text_weigh_on_the_correction(
    cast: Sequence[Signal], weight: float
) -> None:
    (found,) = correct(BEFORE, AFTER, *cast)
    assert found.weight == weight


def test_a_correction_that_another_maintainer_rejects_is_not_remembered() -> None:
    assert correct(BEFORE, AFTER, a_signal("-1", WRITER, -1.0, first_seen=at(20))) == []


def test_without_trust_or_a_changed_sentence_there_is_no_correction() -> None:
    assert correct(BEFORE, AFTER, trust=0.0) == []
    assert correct("One. Two.", "Two. One.") == []


def examples(*cast: Signal, texts: Versions | None = None) -> list[Memory]:
    texts = texts or Versions(original=ANSWER)
    return example(a_reply(), texts, votes(cast, texts))


@pytest.mark.parametrize(
    ("cast", "kind", "weight", "author"),
    [
        ([a_signal()], MemoryKind.GOOD, 1.0, "olga"),
        ([a_signal(), a_signal(person=WRITER)], MemoryKind.GOOD, 1.0, "olga"),
        ([a_signal(person=ASKER, trust=0.5)], MemoryKind.GOOD, 0.5, "ann"),
        ([a_signal("-1", TRIAGER, -1.0, 0.5)], MemoryKind.BAD, 0.5, "tess"),
        (
            [a_signal("-1", value=-1.0), a_signal(person=READER, trust=0.25)],
            MemoryKind.BAD,
            0.75,
            "olga",
        ),
    ],
)
def test_trusted_votes_make_an_example(
    cast: Sequence[Signal], kind: MemoryKind, weight: float, author: str
) -> None:
    (found,) = examples(*cast)
    assert (found.kind, found.weight, found.author) == (kind, weight, author)
    assert (found.question, found.before, found.after) == (QUESTION, "", ANSWER)


def test_too_little_trust_contradiction_or_an_edit_make_none() -> None:
    assert examples(a_signal(person=READER, trust=0.25)) == []
    assert examples(a_signal(), a_signal("-1", TRIAGER, -1.0, 0.5)) == []
    assert examples(a_signal(), texts=edited(ANSWER, CORRECTED)) == []
    assert examples() == []
