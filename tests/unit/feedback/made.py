"""Replies, snapshots and signals to try feedback on; what a test is about is given."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain import (
    Permission,
    Person,
    Reaction,
    Reply,
    Revision,
    Signal,
    SignalKind,
    Snapshot,
)
from app.feedback import metadata
from app.feedback.signals import digest
from app.text.layout import lay_out

POSTED = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
KEYS = {"k1": "a signing key for the tests"}
LOGIN = "treadle[bot]"

APP = Person(id=1, login="treadle", is_bot=True)
ASKER = Person(id=2, login="ann")
OWNER = Person(id=3, login="olga")
WRITER = Person(id=4, login="wim")
TRIAGER = Person(id=5, login="tess")
READER = Person(id=6, login="rob")
STRANGER = Person(id=7, login="sam")
OTHER_BOT = Person(id=8, login="other[bot]", is_bot=True)

PERMISSIONS = {
    ASKER.id: Permission.READ,
    OWNER.id: Permission.ADMIN,
    WRITER.id: Permission.WRITE,
    TRIAGER.id: Permission.TRIAGE,
    READER.id: Permission.READ,
}

QUESTION = "Where does the configuration go?"
ABSTAINED = {"search": {"abstained": True}}
"""What the block of a reply says where the App knew no answer."""

ANSWER = "Add `.ubiquity-os.config.yml` to the root."
CORRECTED = "Add `.github/.ubiquibot-config.yml` to the root."
URL = "http://h/ann/loom/issues/3#issuecomment-30"


def at(minutes: float) -> datetime:
    """A time after the reply was posted."""
    return POSTED + timedelta(minutes=minutes)


def full_body(answer: str, sources: str = "1. [README](x)", footer: str = "Votes teach.") -> str:
    return metadata.seal(
        lay_out(answer, sources, footer), {"app": "ask"}, keys=KEYS, trigger_node_id="IC_29"
    )


def a_reply(answer: str = ANSWER, **given: Any) -> Reply:
    values: dict[str, Any] = {
        "id": 9,
        "repository_id": 1,
        "number": 3,
        "comment_id": 30,
        "comment_node_id": "IC_30",
        "url": URL,
        "trigger_comment_id": 29,
        "trigger_node_id": "IC_29",
        "asker": ASKER,
        "question": QUESTION,
        "answer": answer,
        "body": full_body(answer),
        "block": {"app": "ask"},
        "posted_at": POSTED,
    }
    return Reply(**values | given)


def a_snapshot(body: str | None = None, **given: Any) -> Snapshot:
    values: dict[str, Any] = {
        "comment_node_id": "IC_30",
        "seen_at": at(1000),
        "body": full_body(ANSWER) if body is None else body,
    }
    return Snapshot(**values | given)


def edited_snapshot(*edits: tuple[Person, str], **given: Any) -> Snapshot:
    """A reply that was edited by people in turn, a minute apart, from the tenth on."""
    revisions = [Revision(body=full_body(ANSWER), editor=APP, edited_at=POSTED)] + [
        Revision(body=full_body(text), editor=person, edited_at=at(10 + place))
        for place, (person, text) in enumerate(edits)
    ]
    return a_snapshot(full_body(edits[-1][1]), revisions=revisions, **given)


def a_reaction(content: str, person: Person = OWNER, minutes: float = 5) -> Reaction:
    return Reaction(content=content, person=person, created_at=at(minutes))


def a_signal(
    content: str = "+1",
    person: Person = OWNER,
    value: float = 1.0,
    trust: float = 1.0,
    **given: Any,
) -> Signal:
    values: dict[str, Any] = {
        "reply_id": 9,
        "kind": SignalKind.REACTION,
        "content": content,
        "person": person,
        "permission": PERMISSIONS.get(person.id, Permission.NONE),
        "trust": trust,
        "value": value,
        "first_seen": at(5),
        "url": URL,
    }
    return Signal(**values | given)


def an_edit(text: str = CORRECTED, **given: Any) -> Signal:
    return a_signal(digest(text), **{"kind": SignalKind.EDIT, "first_seen": at(10)} | given)


def edit_revisions(text: str = CORRECTED, person: Person = OWNER) -> Sequence[Revision]:
    return edited_snapshot((person, text)).revisions
