"""Pairs of siblings: answers to one question in one thread, of which people like the one and
dislike, or hide as spam, off-topic or low in quality, the other.

They are made of unpaired rows, which trusted people stand behind already, whenever they are
wanted: where a vote is taken back its row goes, and with it every pair that it was half of.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, product

from rapidfuzz import fuzz

from app.domain import PreferenceRow, RowKind, RowOrigin
from app.text.words import search_words

SAME_QUESTION = 90.0
"""Likeness in percent (normalised Indel similarity) from which two questions are one."""
LONGEST_COMPARED = 2_000
"""Characters of a question's stems up to which likeness is looked for: comparing takes the square
of it. Longer questions are one where their stems are the same."""
MOST_SIDES = 500
"""Liked texts of one thread that are paired, and disliked ones: each is held against each."""
MOST_PAIRS = 1_000
"""Pairs of one thread."""


def siblings(rows: Sequence[PreferenceRow]) -> list[PreferenceRow]:
    """Pairs the liked texts of one thread with the disliked ones of other replies.

    A pair weighs what its weaker side does. It stands with the reply whose text is chosen, and
    has the people and addresses of both. A text that is liked in one place and disliked in
    another tells nothing, and stands in no pair.

    Args:
        rows: of one thread, in a fixed order; pairs and Chain of Hindsight rows are not read.

    Raises:
        ValueError: the rows are of several threads.
    """
    found: dict[tuple[str, str, str], PreferenceRow] = {}
    for good, bad in matches(rows):
        made = pair(good, bad)
        key = made.prompt, made.chosen, made.rejected
        if key not in found or made.weight > found[key].weight:
            found[key] = made
    return list(found.values())


def matches(rows: Sequence[PreferenceRow]) -> list[tuple[PreferenceRow, PreferenceRow]]:
    """Returns the liked and the disliked row of each pair that `siblings` makes, the first
    `MOST_PAIRS` at most.

    Raises:
        ValueError: the rows are of several threads.
    """
    if len({(row.repository_id, row.number) for row in rows}) > 1:
        raise ValueError("siblings are of one thread")
    told = [row for row in rows if row.kind is RowKind.UNPAIRED]
    good_texts = {_said(row.chosen) for row in told if row.chosen}
    bad_texts = {_said(row.rejected) for row in told if row.rejected}
    liked = [row for row in told if row.chosen and _said(row.chosen) not in bad_texts]
    disliked = [row for row in told if row.rejected and _said(row.rejected) not in good_texts]
    liked, disliked = liked[:MOST_SIDES], disliked[:MOST_SIDES]
    stems = {row.prompt: stemmed(row.prompt) for row in (*liked, *disliked)}
    same = {
        (one, other)
        for one, other in product(
            {stems[row.prompt] for row in liked}, {stems[row.prompt] for row in disliked}
        )
        if _same(one, other)
    }
    found = (
        (good, bad)
        for good, bad in product(liked, disliked)
        if good.reply_id != bad.reply_id and (stems[good.prompt], stems[bad.prompt]) in same
    )
    return list(islice(found, MOST_PAIRS))


def apart(rows: Sequence[PreferenceRow]) -> list[tuple[PreferenceRow, PreferenceRow]]:
    """Returns of `matches` those in which each reply stands once at most, the first ones."""
    taken: set[int] = set()
    found = []
    for good, bad in matches(rows):
        if not taken & {good.reply_id, bad.reply_id}:
            taken |= {good.reply_id, bad.reply_id}
            found.append((good, bad))
    return found


def pair(good: PreferenceRow, bad: PreferenceRow) -> PreferenceRow:
    """Makes a pair of a liked and a disliked row."""
    return replace(
        good,
        kind=RowKind.PAIR,
        rejected=bad.rejected,
        weight=min(good.weight, bad.weight),
        people=tuple(sorted({*good.people, *bad.people})),
        urls=tuple(dict.fromkeys((*good.urls, *bad.urls))),
        created_at=max(good.created_at, bad.created_at),
        origin=RowOrigin.HIDE if bad.origin is RowOrigin.HIDE else RowOrigin.SIBLINGS,
    )


def stemmed(question: str) -> str:
    """Returns a question in the form that questions are compared in: the stems of its words in
    alphabetical order; without any such word the question itself."""
    return " ".join(sorted(search_words(question))) or " ".join(question.casefold().split())


def _same(one: str, other: str) -> bool:
    if one == other or max(len(one), len(other)) > LONGEST_COMPARED:
        return one == other
    return fuzz.ratio(one, other, score_cutoff=SAME_QUESTION) >= SAME_QUESTION


def _said(text: str) -> str:
    return " ".join(text.split())
