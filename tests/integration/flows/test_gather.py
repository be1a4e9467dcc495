"""Lessons of siblings: two answers to one question make one lesson together."""

from dataclasses import replace

import pytest

from app.domain import (
    Evidence,
    Passage,
    PreferenceRow,
    ReplyState,
    RowKind,
    RowOrigin,
)
from app.flows.gather import Gathered, gather
from app.layouts import Layout
from app.store import Store
from app.weave.drafting import ComposerConfig
from tests.stored import a_reply, a_repository, a_row
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


def gathered(store: Store, layout: Layout = Layout.NUMBERED) -> Gathered:
    return gather(store, 1, corpus=corpus(), layout=layout, config=ComposerConfig())


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
