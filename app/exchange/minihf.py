"""MiniHF's JSON: a session of its loom, as its web page saves and loads it.

`responseDict` has texts by id, each with the prompt that it goes on from, its parent, its
children, and a `rating`: true, false, or null where nobody said. A row is a node for the question
and one for each of its answers. The file keeps the texts, which is the better one, and when, to
the millisecond; of trust and provenance it knows nothing.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import product
from typing import Any

from app.domain import PreferenceRow
from app.exchange.beside import row_of
from app.exchange.values import Fault, Values

DICTIONARY, FOCUS = "responseDict", "focusId"
EVALUATION = "{prompt}\n\n{response}\n\nIs this a helpful answer? Answer yes or no."
MOST_PAIRS = 100
"""Pairs that the rated texts of one parent give at most: more are no people's work."""


def lay_out(row: PreferenceRow) -> Iterator[dict[str, Any]]:
    """Yields the nodes of a row, the question's first; ids are drawn from the texts."""
    at = int(row.created_at.timestamp() * 1000)
    root = _name("", row.prompt, row.chosen, row.rejected)
    sides = [(row.chosen, True), (row.rejected, False)]
    answers = [_node(row.prompt, text, at, rating) for text, rating in sides if text]
    names = [_name(root, node["text"]) for node in answers]
    yield {"id": root, **_node("", row.prompt, at, None), "parent": None, "children": names}
    for name, node in zip(names, answers, strict=True):
        yield {"id": name, **node, "parent": root, "children": []}


def read(value: object, at: datetime) -> Iterator[PreferenceRow]:
    """Yields the rows of a session: a pair for each good and bad text of one parent and prompt,
    and an unpaired row for each rated text that has no such partner.

    Raises:
        Fault: it is no session of MiniHF's.
    """
    nodes = Values(value, "the file").raw(DICTIONARY)
    if not isinstance(nodes, Mapping):
        raise Fault(f"“{DICTIONARY}” is missing: this is no session of MiniHF's")
    groups: dict[tuple[str, str], tuple[list[Any], list[Any]]] = {}
    for name, node in nodes.items():
        try:
            _sort(Values(node, "a node"), nodes, groups, at)
        except Fault as fault:
            raise Fault(f"node {str(name)[:40]!a}: {fault}") from fault
    for (_, prompt), (good, bad) in groups.items():
        if len(good) * len(bad) > MOST_PAIRS:
            raise Fault(f"the texts of one parent give more than {MOST_PAIRS} pairs")
        pairs = list(product(good or [("", None)], bad or [("", None)]))
        for (chosen, liked), (rejected, disliked) in pairs:
            time = max(one for one in (liked, disliked) if one is not None)
            yield row_of(Values({}), prompt, chosen, rejected, time)


def _sort(
    node: Values, nodes: Mapping[str, Any], groups: dict[tuple[str, str], Any], at: datetime
) -> None:
    rating = node.raw("rating")
    if rating is None:
        return
    if not isinstance(rating, bool):
        raise Fault("“rating” has to be true, false or null")
    parent = str(node.raw("parent"))
    prompt = node.text("prompt", "") or _text_of(nodes.get(parent))
    told = node.text("text"), _time(node.raw("timestamp"), at)
    groups.setdefault((parent, prompt), ([], []))[0 if rating else 1].append(told)


def _text_of(parent: object) -> str:
    return Values(parent, "its parent").text("text")


def _time(value: object, default: datetime) -> datetime:
    if value is None:
        return default
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 631_152_000_000 <= value < 7_258_118_400_000:  # type: ignore[operator]
        raise Fault("“timestamp” has to be a time in milliseconds since 1970")
    return datetime.fromtimestamp(int(value) / 1000, UTC)  # type: ignore[call-overload]


def _node(prompt: str, text: str, at: int, rating: bool | None) -> dict[str, Any]:
    return {
        "prompt": prompt,
        "evaluationPrompt": EVALUATION,
        "text": text,
        "timestamp": at,
        "nodes": [{"depth": 0, "text": text, "score": None}],
        "rating": rating,
    }


def _name(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:16]
