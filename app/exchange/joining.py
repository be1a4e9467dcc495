"""Joins rows that say the same, in two passes over rows that are not held.

Rows are of one block where they are of one kind and their questions have the same stems. In a
block, rows whose chosen and whose rejected texts are each `SAME_TEXT` percent alike (normalised
Indel similarity, rapidfuzz) become one: the newest, with the people and addresses of all and
their weights added up, to 1 at most. The first pass counts blocks; the second lets rows that are
alone in theirs through at once, and holds the others until their block is complete.

Training joins further: also questions that are nearly the same (`app.training.duplicates`).
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from rapidfuzz import fuzz

from app.domain import Consent, PreferenceRow
from app.feedback.siblings import stemmed
from app.training.duplicates import Groups

SAME_TEXT = 95.0
MOST_COMPARED = 500
"""Different rows of one block that are compared with each other. Beyond, only rows that are the
same but for case, space and marks of sources are joined: comparing takes the square of it."""

_MARK = re.compile(r"\[\d+\]")

Blocks = Mapping[bytes, int]


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
    texts = [(_said(row.chosen), _said(row.rejected)) for row in rows]
    groups = Groups(len(rows))
    first: dict[tuple[str, str], int] = {}
    for at, sides in enumerate(texts):
        groups.unite(first.setdefault(sides, at), at)
    if len(first) <= MOST_COMPARED:
        for left, right in combinations(first.values(), 2):
            if all(
                fuzz.ratio(one, other, score_cutoff=SAME_TEXT) >= SAME_TEXT
                for one, other in zip(texts[left], texts[right], strict=True)
            ):
                groups.unite(left, right)
    for group in groups.all():
        yield _one([rows[at] for at in group])


def _one(rows: Sequence[PreferenceRow]) -> PreferenceRow:
    if len(rows) == 1:
        return rows[0]
    newest = max(rows, key=lambda row: (row.created_at, row.reply_id, row.prompt, row.chosen))
    consents = {row.consent for row in rows}
    return replace(
        newest,
        weight=min(1.0, sum(sorted(row.weight for row in rows))),
        people=tuple(sorted({login for row in rows for login in row.people})),
        urls=tuple(sorted({url for row in rows for url in row.urls})),
        consent=newest.consent if len(consents) == 1 else min(consents, key=_known),
    )


def _known(consent: Consent) -> bool:
    return consent is Consent.KEPT


def _block(row: PreferenceRow) -> bytes:
    words = f"{row.kind.value}\0{stemmed(row.prompt)}".encode("utf-8", "replace")
    return hashlib.blake2b(words, digest_size=8).digest()


def _said(text: str) -> str:
    """Returns an answer without numbers of sources, which depend on the page."""
    return " ".join(_MARK.sub("", text).casefold().split())
