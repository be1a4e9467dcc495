"""The sources of an answer, from its block, files as they were, and corrections as they were."""

import pytest

from app.domain import Passage, Revision, SourceKind
from app.domain.history import FileAt
from app.flows.backfill_sources import Correction, Cutting, Lines, corrected, named, passage
from app.knowledge.passages import passages
from tests.stored import BEN, a_reply, later

SHA = "0123456789" * 4
README = FileAt(SHA, "docs/a:b c.md")
TEXT = "# Loom\n\nIt weaves.\n\n## Tests\n\nRun them.\nAll of them.\n"
BARE = Passage(
    path="", start_line=1, end_line=1, title="", text="", kind=SourceKind.CORRECTION, memory_id=7
)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([f"docs/a:b c.md:5-8@{SHA}"], [Lines(at=README, first=5, last=8)]),
        (["memory:7@30"], [Correction(memory_id=7, comment_id=30)]),
        (["memory:7"], [Correction(memory_id=7, comment_id=0)]),
        (["docs/a.md:5-8@short", "memory:x", 5, None], []),
        ("docs/a.md", []),
        (None, []),
    ],
)
def test_the_sources_that_a_block_names(told: object, expected: list[object]) -> None:
    assert named({"sources": told}) == expected


@pytest.mark.parametrize("one", passages(README.path, TEXT))
def test_a_passage_is_the_one_that_was_quoted(one: Passage) -> None:
    texts = {README: TEXT}
    source = Lines(at=README, first=one.start_line, last=one.end_line)
    assert passage(source, texts, Cutting(texts)) == one


def test_other_lines_are_quoted_as_they_are() -> None:
    texts = {README: TEXT}
    found = passage(Lines(at=README, first=7, last=7), texts, Cutting(texts))
    assert (found.title, found.text) == ("", "Run them.")
    assert passage(Lines(at=README, first=7, last=7), {}, Cutting({})).text == ""
    assert passage(Correction(memory_id=7, comment_id=30), {}, Cutting({})) == BARE


def test_a_correction_is_as_it_was_when_it_was_quoted() -> None:
    reply = a_reply(answer="It weaves. It sings.", body="It weaves. It sings.")
    revisions = [
        Revision(body="It knits. It sings.", editor=BEN, edited_at=later(1)),
        Revision(body="It sews.\n\nIt hums. It sings.", editor=BEN, edited_at=later(5)),
    ]

    def at(seconds: float) -> Passage | None:
        return corrected(BARE, reply, revisions, at=later(seconds), own_login="treadle[bot]")

    assert at(0) is None
    found = at(4)
    assert found is not None
    assert (found.text, found.end_line, found.title) == ("It knits.", 1, "How?")
    assert (found.author, found.url, found.memory_id) == ("ben", reply.url, 7)
    found = at(5)
    assert found is not None
    assert (found.text, found.end_line) == ("It sews.\nIt hums.", 2)
