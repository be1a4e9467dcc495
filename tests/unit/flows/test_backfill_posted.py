"""Which answer was posted, told by the versions of its comment."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from app.domain import Reply, Revision, Snapshot
from app.domain.backfill import Lost, PostedAt
from app.domain.history import PastQuestion
from app.feedback.metadata import Block, read, seal
from app.flows.backfill_posted import (
    BROKEN,
    ELSEWHERE,
    NO_BLOCK,
    NO_QUESTION,
    NOT_AS_POSTED,
    OTHER_QUESTION,
    UNKNOWN_KEY,
    Posted,
    posted,
    rebuilt,
)
from app.webhooks.commands import command_key
from tests.stored import ANN, BEN, NOW, later

KEYS = {"k2": "the newer key", "k1": "the older key"}
AT = PostedAt(comment_id=30, node_id="N30", url="http://h/1#issuecomment-30", number=3, at=NOW)
KEY = command_key("ask", "How?")
VALUES: Mapping[str, object] = {
    "version": 1,
    "reply_to": 29,
    "command": KEY,
    "repository": 1,
    "app": "ask",
    "dictionary": 4,
    "search": {"abstained": False},
}
VISIBLE = "So.\n\n**Sources**\n\n1. there\n\n<sub>quiet</sub>"
OURS = seal(VISIBLE, VALUES, keys=KEYS, trigger_node_id="N29")
EDITED = OURS.replace("So.", "Not so.")
QUESTION = PastQuestion(author=ANN, number=3, texts=("/ask How?",))


def shown(body: str, *bodies: str | None, exists: bool = True) -> Snapshot:
    revisions = [
        Revision(body=one, editor=BEN, edited_at=later(number), deleted=one is None)
        for number, one in enumerate(bodies)
    ]
    return Snapshot(
        comment_node_id="N30", seen_at=later(9), exists=exists, body=body, revisions=revisions
    )


def found(snapshot: Snapshot, keys: Mapping[str, str] = KEYS) -> Posted | Lost | None:
    return posted(AT, snapshot, keys=keys, repository_id=1)


@pytest.mark.parametrize(
    "snapshot",
    [
        shown(OURS),
        shown(OURS.replace("\n", "\r\n")),
        shown(seal(VISIBLE, VALUES, keys={"k1": KEYS["k1"]}, trigger_node_id="N29")),
        shown(EDITED, OURS, EDITED),
        shown("All is gone.", OURS, EDITED, "All is gone."),
        shown(OURS, None, OURS),
    ],
    ids=["never edited", "other line ends", "older key", "edited", "gone", "brought back"],
)
def test_it_is_found_wherever_it_is_shown(snapshot: Snapshot) -> None:
    answer = found(snapshot)
    assert isinstance(answer, Posted)
    assert answer.body.replace("\r\n", "\n").startswith(VISIBLE)
    assert (answer.trigger, answer.command_key) == ((29, "N29"), KEY)


@pytest.mark.parametrize(
    ("snapshot", "why"),
    [
        (shown("All is gone.", None, "All is gone."), NO_BLOCK),
        (shown(EDITED, None, EDITED), NOT_AS_POSTED),
        (shown(OURS.replace('"version":1', '"version":2')), BROKEN),
        (shown(seal(VISIBLE, VALUES, keys={"k9": "x"}, trigger_node_id="N29")), UNKNOWN_KEY),
        (
            shown(seal(VISIBLE, {**VALUES, "repository": 2}, keys=KEYS, trigger_node_id="N29")),
            ELSEWHERE,
        ),
    ],
)
def test_why_it_cannot_be_known(snapshot: Snapshot, why: str) -> None:
    assert found(snapshot) == Lost(url=AT.url, what=why)


def test_what_is_no_answer_is_left_out() -> None:
    words = {name: value for name, value in VALUES.items() if name != "search"}
    assert found(shown(seal("Help.", words, keys=KEYS, trigger_node_id="N29"))) is None
    assert found(shown("", exists=False)) is None


def of(values: Mapping[str, object] = VALUES) -> Posted:
    body = seal(VISIBLE, values, keys=KEYS, trigger_node_id="N29")
    block = read(body, keys=KEYS)
    assert isinstance(block, Block)
    return Posted(at=AT, body=body, block=block)


def test_the_reply_is_that_which_was_kept() -> None:
    reply = rebuilt(of(), QUESTION, repository_id=1)
    assert reply == Reply(
        id=0,
        repository_id=1,
        number=3,
        comment_id=30,
        comment_node_id="N30",
        url=AT.url,
        trigger_comment_id=29,
        trigger_node_id="N29",
        command_key=KEY,
        asker=ANN,
        question="How?",
        answer="So.",
        body=OURS,
        block=VALUES,
        dictionary_version=4,
        posted_at=NOW,
    )


@pytest.mark.parametrize(
    ("question", "outcome"),
    [
        (None, NO_QUESTION),
        (replace(QUESTION, number=4), ELSEWHERE),
        (replace(QUESTION, texts=("/ask Why?",)), OTHER_QUESTION),
        (replace(QUESTION, texts=("/ask Why?", "Hello.\n/ask  How?\n/help")), "How?"),
        (replace(QUESTION, number=None), "How?"),
    ],
)
def test_the_question_has_to_be_shown(question: PastQuestion | None, outcome: str) -> None:
    reply = rebuilt(of(), question, repository_id=1)
    assert (reply.what if isinstance(reply, Lost) else reply.question) == outcome


def test_a_second_answer_is_to_the_same_question() -> None:
    reply = rebuilt(of({**VALUES, "command": f"{KEY}-2"}), QUESTION, repository_id=1)
    assert isinstance(reply, Reply)
    assert (reply.command_key, reply.asker, reply.question) == (f"{KEY}-2", ANN, "How?")


def test_of_an_abstention_there_is_no_answer() -> None:
    reply = rebuilt(of({**VALUES, "search": {"abstained": True}}), QUESTION, repository_id=1)
    assert isinstance(reply, Reply)
    assert (reply.answer, reply.abstained) == ("", True)
