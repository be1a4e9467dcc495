"""Values to put into a store; what a test is about is given, the rest is filled in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain import (
    AdapterVersion,
    Ask,
    Finding,
    Memory,
    MemoryKind,
    Permission,
    Person,
    PhraseMass,
    PreferenceRow,
    Reply,
    Repository,
    RowKind,
    Run,
    RunState,
    Signal,
    SignalKind,
    Verdict,
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


def a_run(run_id: str = "one", **given: Any) -> Run:
    values: dict[str, Any] = {
        "id": run_id,
        "repository_id": 1,
        "state": RunState.WAITING,
        "by": "ann",
        "created_at": NOW,
    }
    return Run(**values | given)


def a_verdict(*about: str) -> Verdict:
    """A verdict that passes, or one that refuses with these reasons."""
    good = Finding(name="pairs", value=13, wanted="16", passed=True, about="13 of 16 pairs.")
    bad = [Finding(name="x", value=None, wanted="y", passed=False, about=one) for one in about]
    return Verdict(findings=(good, *bad))


def a_version(number: int = 1, **given: Any) -> AdapterVersion:
    values: dict[str, Any] = {
        "repository_id": 1,
        "number": number,
        "run_id": "one",
        "base": "bobbin",
        "base_hash": "b" * 64,
        "data_hash": f"{number:064x}"[::-1],
        "seed": 7,
        "recipe": {"rate": 0.001, "loss": ["sigmoid", "sft"]},
        "metrics": {"accuracy": 0.8125},
        "verdict": a_verdict(),
        "files": {"adapter_config.json": "c" * 64, "adapter_model.safetensors": "d" * 64},
        "created_at": NOW,
    } | given
    name = f"r{values['repository_id']}-{number:04d}-{values['data_hash'][:8]}"
    return AdapterVersion(**{"name": name} | values)
