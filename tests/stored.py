"""Values to put into a store; what a test is about is given, the rest is filled in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain import (
    Ask,
    Memory,
    MemoryKind,
    Permission,
    Person,
    PhraseMass,
    PreferenceRow,
    Reply,
    Repository,
    RowKind,
    Signal,
    SignalKind,
)

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
ANN = Person(id=2, login="ann")
BEN = Person(id=3, login="ben")


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def a_repository(**given: Any) -> Repository:
    values: dict[str, Any] = {"id": 1, "owner": "ann", "name": "loom", "installation_id": 7}
    return Repository(**values | given)


def an_ask(node: str = "N29", command_key: str = "c1", **given: Any) -> Ask:
    values: dict[str, Any] = {
        "key": f"ask:{node}:{command_key}",
        "repository_id": 1,
        "number": 3,
        "comment_id": 29,
        "comment_node_id": node,
        "command": "ask",
        "command_key": command_key,
        "delivery_guid": "g1",
        "created_at": NOW,
    }
    return Ask(**values | given)


def a_reply(comment_id: int = 30, **given: Any) -> Reply:
    values: dict[str, Any] = {
        "id": 0,
        "repository_id": 1,
        "number": 3,
        "comment_id": comment_id,
        "comment_node_id": f"N{comment_id}",
        "url": f"http://h/ann/loom/issues/3#issuecomment-{comment_id}",
        "trigger_comment_id": comment_id - 1,
        "trigger_node_id": f"N{comment_id - 1}",
        "command_key": "c1",
        "asker": ANN,
        "question": "How?",
        "answer": "So.",
        "body": "So.\n\n<!-- treadle -->",
        "block": {"v": 1},
        "posted_at": NOW,
    }
    return Reply(**values | given)


def a_signal(content: str = "+1", person: Person = ANN, **given: Any) -> Signal:
    values: dict[str, Any] = {
        "reply_id": 1,
        "kind": SignalKind.REACTION,
        "content": content,
        "person": person,
        "permission": Permission.WRITE,
        "trust": 1.0,
        "value": 1.0,
        "first_seen": NOW,
    }
    return Signal(**values | given)


def a_memory(after: str = "use make", **given: Any) -> Memory:
    values: dict[str, Any] = {
        "repository_id": 1,
        "reply_id": 1,
        "kind": MemoryKind.CORRECTION,
        "question": "How?",
        "before": "use tox",
        "after": after,
        "author": "ann",
        "url": "http://h/c",
        "weight": 1.0,
        "created_at": NOW,
    }
    return Memory(**values | given)


def a_mass(phrase: str = "make", mass: float = 0.5, **given: Any) -> PhraseMass:
    values: dict[str, Any] = {
        "repository_id": 1,
        "reply_id": 1,
        "phrase": phrase,
        "mass": mass,
        "at": NOW,
        "person": "ann",
        "url": "http://h/c",
        "kind": SignalKind.EDIT,
    }
    return PhraseMass(**values | given)


def a_row(**given: Any) -> PreferenceRow:
    values: dict[str, Any] = {
        "kind": RowKind.PAIR,
        "repository_id": 1,
        "reply_id": 1,
        "number": 3,
        "prompt": "How?",
        "chosen": "use make",
        "rejected": "use tox",
        "weight": 1.0,
        "people": ("ann",),
        "urls": ("http://h/c",),
        "created_at": NOW,
    }
    return PreferenceRow(**values | given)
