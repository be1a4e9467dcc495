"""MiniHF's JSON: a session of its loom, as its web page saves and loads it.

`responseDict` has texts by id, each with the prompt that it goes on from, its parent, its
children, and a `rating`: true, false, or null where nobody said. A row is a node for the question
and one for each of its answers. The file keeps the texts, which is the better one, and when, to
the millisecond; of trust and provenance it knows nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from app.domain import PreferenceRow
from app.exchange.beside import row_of
from app.exchange.digests import digest
from app.exchange.values import YEARS, Fault, Values

DICTIONARY, FOCUS = "responseDict", "focusId"
EVALUATION = "{prompt}\n\n{response}\n\nIs this a helpful answer? Answer yes or no."
MOST_PAIRS = 100
"""Pairs that the rated texts of one parent give at most: more are no people's work."""
_START = datetime(1970, 1, 1, tzinfo=UTC)

Told = tuple[str, datetime]
"""A rated text and when it was."""
Groups = dict[tuple[str, str], tuple[list[Told], list[Told]]]
"""By parent and prompt, the good texts and the bad."""
_NOTHING: Told = ("", _START)


def lay_out(row: PreferenceRow, copy: int = 0) -> Iterator[dict[str, Any]]:
    """Yields the nodes of a row, the question's first.

    Args:
        row: what the nodes are of.
        copy: how many rows with the same texts came before; ids differ by that.
    """
    at = (row.created_at - _START) // timedelta(milliseconds=1)
    root = digest(row.prompt, row.chosen, row.rejected, str(copy))
    sides = [(row.chosen, True), (row.rejected, False)]
    answers = [_node(row.prompt, text, at, rating) for text, rating in sides if text]
    names = [digest(root, node["text"]) for node in answers]
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
    groups: Groups = {}
    faults: list[str] = []
    found: list[PreferenceRow] = []
    for name, node in nodes.items():
        try:
            _sort(Values(node, "a node"), nodes, groups, at)
        except Fault as fault:
            faults += [f"node {_shown(name)}: {said}" for said in fault.args]
    for (parent, prompt), (good, bad) in groups.items():
        try:
            found += _rows(prompt, good, bad)
        except Fault as fault:
            faults += [f"what goes on from {_shown(parent)}: {said}" for said in fault.args]
    if faults:
        raise Fault(*faults)
    yield from found


def _rows(prompt: str, good: Sequence[Told], bad: Sequence[Told]) -> Iterator[PreferenceRow]:
    if len(good) * len(bad) > MOST_PAIRS:
        raise Fault(f"its rated texts give more than {MOST_PAIRS} pairs")
    for (chosen, liked), (rejected, disliked) in product(good or [_NOTHING], bad or [_NOTHING]):
        yield row_of(Values({}), prompt, chosen, rejected, max(liked, disliked))


def _sort(node: Values, nodes: Mapping[str, Any], groups: Groups, at: datetime) -> None:
    rating = node.raw("rating")
    if rating is None:
        return
    if not isinstance(rating, bool):
        raise Fault("“rating” has to be true, false or null")
    parent = node.text("parent", "")
    prompt = node.text("prompt", "") or _text_of(nodes.get(parent))
    told = node.text("text"), _time(node.raw("timestamp"), at)
    groups.setdefault((parent, prompt), ([], []))[0 if rating else 1].append(told)


def _shown(name: str) -> str:
    return ascii(name[:40])


def _text_of(parent: object) -> str:
    return Values(parent, "its parent").text("text")


def _time(value: object, default: datetime) -> datetime:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not _in_years(value):
        raise Fault("“timestamp” has to be a time in milliseconds since 1970")
    return _START + timedelta(milliseconds=int(value))


def _in_years(milliseconds: float) -> bool:
    first, last = (datetime(year, 1, 1, tzinfo=UTC) for year in (YEARS.start, YEARS.stop))
    return first.timestamp() * 1000 <= milliseconds < last.timestamp() * 1000


def _node(prompt: str, text: str, at: int, rating: bool | None) -> dict[str, Any]:
    return {
        "prompt": prompt,
        "evaluationPrompt": EVALUATION,
        "text": text,
        "timestamp": at,
        "nodes": [{"depth": 0, "text": text, "score": None}],
        "rating": rating,
    }
