"""Draws random rows of a corpus and has a person look at them, one at a time."""

import hashlib
import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.corpora.files import key
from app.corpora.showing import shown
from app.corpora.verdicts import Verdicts, Word

Values = Mapping[str, Any]
KEYS: Mapping[str, Word | None] = {"a": "accepted", "r": "rejected", "s": None}
QUIT = frozenset(("q", "\x03", "\x04", ""))
"""The keys that stop: q, Ctrl-C, Ctrl-D, and that no more will come."""
ASKED = "[a]ccept  [r]eject  [s]kip  [q]uit"


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """Rows in random order by their hash; of `total` rows `judged` had a verdict before."""

    rows: Mapping[str, Values]
    total: int
    judged: int


def draw(rows: Iterable[Values], count: int, *, seed: int, known: Set[str] = frozenset()) -> Drawn:
    """Draws rows without those of known hashes; equal rows count once.

    The same rows and seed give the same order, wherever the rows stand; `count` rows are kept in
    memory and no more.
    """
    total = judged = 0
    seen: set[str] = set()

    def ranked() -> Iterator[tuple[bytes, str, Values]]:
        nonlocal total, judged
        for row in rows:
            name = key(row)
            if name in seen:
                continue
            seen.add(name)
            total += 1
            if name in known:
                judged += 1
            else:
                yield hashlib.blake2b(f"{seed}:{name}".encode()).digest(), name, row

    # The hash of the row ends every tie, so that rows themselves are never compared.
    chosen = heapq.nsmallest(count, ranked(), key=lambda one: one[:2])
    return Drawn(rows={name: row for _, name, row in chosen}, total=total, judged=judged)


def ask(
    drawn: Drawn,
    verdicts: Verdicts,
    *,
    who: str,
    press: Callable[[], str],
    say: Callable[[str], None],
    now: Callable[[], datetime],
) -> None:
    """Shows rows until all are judged or the person stops.

    Args:
        drawn: the rows.
        verdicts: where what the person says is kept, at once.
        who: the person.
        press: waits for one key; an empty text means that no more will come.
        say: prints a line.
        now: the time.
    """
    for number, (name, row) in enumerate(drawn.rows.items(), 1):
        say(f"\n{number} of {len(drawn.rows)} · {drawn.judged} judged before · row {name}\n")
        say(shown(row))
        say(f"\n{ASKED}")
        pressed = press().lower()
        while pressed not in KEYS and pressed not in QUIT:
            say(f"{pressed!r} is none of the keys: {ASKED}")
            pressed = press().lower()
        if pressed in QUIT:
            return
        word = KEYS[pressed]
        if word is not None:
            verdicts.add(name, word, who=who, at=now())
        say(word or "skipped: it comes again another time")


def summary(verdicts: Verdicts, total: int) -> str:
    """Says how many rows were accepted, with the 95 % interval of the share."""
    share = verdicts.accepted()
    if share is None:
        return f"No row of {total} has been judged."
    low, high = share.interval
    return (
        f"{share.hits} of {share.total} judged rows accepted: {share.value:.3f} "
        f"({low:.3f} to {high:.3f}), of {total} rows. The verdicts are in {verdicts.path}."
    )
