"""Joins rows that say the same, in two passes over rows that are not held.

Rows are of one block where they are of one kind and their questions have the same stems. In a
block, rows whose chosen and whose rejected texts are each `SAME_TEXT` percent alike (normalised
Indel similarity, rapidfuzz) become one: the newest, with the people and addresses of all and
their weights added up, to 1 at most. The first pass counts blocks; the second lets rows that are
alone in theirs through at once, and holds the others until their block is complete.

Rows of files are joined by themselves, and weigh what the weightiest does: whoever writes a file
can write the same twice. They go where people here say the same.

Training joins further: also questions that are nearly the same (`app.training.duplicates`).
"""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, combinations

from rapidfuzz import fuzz

from app.domain import Consent, PreferenceRow, RowOrigin
from app.exchange.values import MOST_NAMES
from app.feedback.siblings import stemmed
from app.training.duplicates import Groups

SAME_TEXT = 95.0
MOST_COMPARED = 500
"""Different rows of one block that are compared with each other. Beyond, only rows that are the
same but for case, space and marks of sources are joined: comparing takes the square of it."""
MOST_CHARACTERS = 1_000_000
"""Characters that these rows have together: comparing takes the square of this too."""

_MARK = re.compile(r"\[\d+\]")

Blocks = Mapping[bytes, int]
Sides = tuple[str, str]
"""The chosen and the rejected text of a row, in the form that texts are compared in."""


def blocks(rows: Iterable[PreferenceRow]) -> Blocks:
    """Counts the rows of each block: the first pass."""
    return Counter(map(_block, rows))


def joined(rows: Iterable[PreferenceRow], counts: Blocks) -> Iterator[PreferenceRow]:
    """Yields rows with those that say the same joined: the second pass.

    Args:
        rows: the same as before; one that came or went meanwhile does no harm.
        counts: what `blocks` returned.
    """
    held: dict[bytes, list[PreferenceRow]] = {}
    for row in rows:
        block = _block(row)
        expected = counts.get(block, 0)
        if expected == 1 and block not in held:
            yield row
            continue
        held.setdefault(block, []).append(row)
        if len(held[block]) == expected:
            yield from _joined(held.pop(block))
    for left in held.values():
        yield from _joined(left)


def _joined(rows: Sequence[PreferenceRow]) -> Iterator[PreferenceRow]:
    own = [row for row in rows if row.origin is not RowOrigin.IMPORTED]
    brought = [row for row in rows if row.origin is RowOrigin.IMPORTED]
    for alike in (*_groups(own), *_groups(_unsaid(brought, own))):
        yield _one(alike)


def _unsaid(
    brought: Sequence[PreferenceRow], own: Sequence[PreferenceRow]
) -> Sequence[PreferenceRow]:
    """Returns those of some rows of files that say nothing that people here say."""
    known = set(map(_sides, own))
    new = set(map(_sides, brought)) - known
    if _few(known | new):
        new = {mine for mine in new if not any(_alike(mine, other) for other in known)}
    return [row for row in brought if _sides(row) in new]


def _groups(rows: Sequence[PreferenceRow]) -> Iterator[list[PreferenceRow]]:
    groups = Groups(len(rows))
    first: dict[Sides, int] = {}
    for at, row in enumerate(rows):
        groups.unite(first.setdefault(_sides(row), at), at)
    if _few(first):
        for (one, left), (other, right) in combinations(first.items(), 2):
            if _alike(one, other):
                groups.unite(left, right)
    for group in groups.all():
        yield [rows[at] for at in group]


def _few(texts: Collection[Sides]) -> bool:
    """Tells whether texts may all be compared with each other."""
    characters = sum(len(text) for sides in texts for text in sides)
    return len(texts) <= MOST_COMPARED and characters <= MOST_CHARACTERS


def _alike(one: Sides, other: Sides) -> bool:
    return all(
        fuzz.ratio(mine, theirs, score_cutoff=SAME_TEXT) >= SAME_TEXT
        for mine, theirs in zip(one, other, strict=True)
    )


def _one(rows: Sequence[PreferenceRow]) -> PreferenceRow:
    if len(rows) == 1:
        return rows[0]
    newest = max(rows, key=lambda row: (row.created_at, row.reply_id, row.prompt, row.chosen))
    weights = sorted(row.weight for row in rows)
    consents = {row.consent for row in rows}
    return replace(
        newest,
        weight=weights[-1] if newest.origin is RowOrigin.IMPORTED else min(1.0, sum(weights)),
        people=_united(row.people for row in rows),
        urls=_united(row.urls for row in rows),
        consent=newest.consent if len(consents) == 1 else min(consents, key=_known),
    )


def _united(names: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Returns all of some names once, as many as a row that is read may have."""
    return tuple(sorted(set(chain.from_iterable(names))))[:MOST_NAMES]


def _known(consent: Consent) -> bool:
    return consent is Consent.KEPT


def _block(row: PreferenceRow) -> bytes:
    words = f"{row.kind.value}\0{stemmed(row.prompt)}".encode("utf-8", "replace")
    return hashlib.blake2b(words, digest_size=16).digest()


def _sides(row: PreferenceRow) -> Sides:
    return _said(row.chosen), _said(row.rejected)


def _said(text: str) -> str:
    """Returns an answer without numbers of sources, which depend on the page."""
    return " ".join(_MARK.sub("", text).casefold().split())
