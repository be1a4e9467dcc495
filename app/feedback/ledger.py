"""A repository's evidence, summed up by phrase, so that an update costs what changed.

What a mass counts on a day is

    |mass| * factor(person, day) * decay(its time, the day)

where `factor` keeps a person's day under its cap; of one person, phrase and side at most
`caps.PERSON_CAP` counts. Decay between two days is the same factor for all, so the ledger keeps
sums in units of one fixed day: a day that passes changes what a unit is worth. Sums are whole
numbers of 2**-80 units. So taking away is exact, and after any updates and days they are to the
last digit what they would be had only the last evidence ever been put in.

Costs. To replace a reply's evidence: its masses that changed; where that moves a person's day
over or under its cap, the masses of that day. A day that passes: the signals, and the masses of
the last day and of people at their cap for a phrase. A writer who became none, or the other way
round: the masses of that person. To read: the phrases moved since, and each distinct evidence
once, since the phrases that only one answer has are all alike.
"""

import math
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from app.domain import PhraseMass, SignalKind
from app.feedback.caps import PERSON_CAP, Side, Source
from app.feedback.trust import DAY_CAP

HALF_LIFE_DAYS = 90.0
_UNIT_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""On this day a unit is worth one. Another day would change last digits, and so versions."""
_DIGITS = 12
"""Digits behind the point of what is read from sums."""
_BITS = 80
_UNIT = 1 << _BITS

_Sums = tuple[int, int, int, int]
"""For a phrase, of writers and of others; then against it."""
_Cell = tuple[str, int, str]
"""A phrase, a place in `_Sums`, a person."""
_Day = tuple[str, date]


@dataclass(kw_only=True, slots=True, eq=False)
class _Word:
    """What one signal says of phrases; `rate` is what each unit of mass counts at present.

    `liked` and `disliked` are the units on each side, `of_writer` says whether they are capped
    with all others'.
    """

    person: str
    at: datetime
    kind: SignalKind
    phrases: Sequence[str]
    masses: Sequence[float]
    of_writer: bool
    liked: float
    disliked: float
    rate: float = 0.0

    @property
    def day(self) -> _Day:
        return self.person, self.at.date()


class Ledger:
    """The evidence of one repository on one day.

    Args:
        now: the time to decay to; evidence from later counts in full.
        writers: where masses of people who may write come from, as `caps.sources_of_writers`
            tells; those of all others are capped together.
        cap: units of judgement of one person and UTC day that count in full.
    """

    def __init__(
        self, now: datetime, writers: Collection[Source] = (), *, cap: float = DAY_CAP
    ) -> None:
        self._writers = frozenset(writers)
        self._cap = cap
        self._set(now)
        self._words: dict[int, list[_Word]] = {}
        self._judged: dict[_Day, dict[int, float]] = {}
        self._factors: dict[_Day, float] = {}
        self._cells: dict[_Cell, int] = {}
        self._full: set[_Cell] = set()
        self._sums: dict[str, _Sums] = {}
        self._totals = [0, 0, 0, 0]
        self._alike: dict[_Sums, dict[str, None]] = {}
        self._moved: dict[str, _Sums] = {}

    @property
    def now(self) -> datetime:
        """The time that evidence is decayed to."""
        return self._now

    def __len__(self) -> int:
        """Returns how many masses there are."""
        return sum(len(word.phrases) for words in self._words.values() for word in words)

    def replace(self, reply_id: int, masses: Iterable[PhraseMass]) -> None:
        """Makes what a reply teaches exactly this."""
        before = self._words.pop(reply_id, [])
        after = {(word.person, word.at, word.kind): word for word in self._read(reply_id, masses)}
        for word in before:
            source = word.person, word.at, word.kind
            same = after.get(source)
            if same and (same.phrases, same.masses) == (word.phrases, word.masses):
                after[source] = word
            else:
                self._count(word, 0.0)
        if after:
            self._words[reply_id] = list(after.values())
        for day in dict.fromkeys(word.day for word in (*before, *after.values())):
            self._judge(reply_id, day)

    def put(self, masses: Iterable[PhraseMass]) -> None:
        """Replaces the evidence of all replies that have some of these masses."""
        by_reply: dict[int, list[PhraseMass]] = {}
        for item in masses:
            by_reply.setdefault(item.reply_id, []).append(item)
        for reply_id, items in by_reply.items():
            self.replace(reply_id, items)

    def recognise(self, writers: Collection[Source]) -> None:
        """Says anew where masses of people who may write come from."""
        wanted = frozenset(writers)
        changed, self._writers = self._writers ^ wanted, wanted
        for reply_id, person, kind in changed:
            for word in self._words.get(reply_id, ()):
                if (word.person, word.kind) == (person, kind):
                    rate = word.rate
                    self._count(word, 0.0)
                    word.of_writer = not word.of_writer
                    self._count(word, rate)

    def advance(self, now: datetime) -> None:
        """Lets time pass.

        Raises:
            ValueError: the time lies before the one that evidence is decayed to.
        """
        if now < self._now:
            raise ValueError("a ledger does not go back in time: begin another one")
        if now == self._now:
            return
        before = self._most
        self._set(now)
        for phrase, side, person in list(self._full):
            held = self._cells[phrase, side, person]
            self._move(phrase, side, min(held, self._most) - before)
            if held <= self._most:
                self._full.discard((phrase, side, person))
        for words in self._words.values():
            for word in words:
                self._count(word, self._rate(word))

    def totals(self) -> tuple[float, float]:
        """Returns what writers say for and against all phrases, in decayed units."""
        return self._value(self._totals[0]), self._value(self._totals[2])

    def alike(self) -> Iterator[tuple[tuple[Side, Side], Collection[str]]]:
        """Yields what is said for and against phrases, with all phrases that have just that."""
        for phrase, before in self._moved.items():
            after = self._sums[phrase]
            if any(before):
                group = self._alike[before]
                del group[phrase]
                if not group:
                    del self._alike[before]
            if any(after):
                self._alike.setdefault(after, {})[phrase] = None
            else:
                del self._sums[phrase]
        self._moved.clear()
        for sums, phrases in self._alike.items():
            liked, liked_else, disliked, disliked_else = map(self._value, sums)
            sides = (
                Side(writers=liked, others=liked_else),
                Side(writers=disliked, others=disliked_else),
            )
            yield sides, phrases.keys()

    def _read(self, reply_id: int, masses: Iterable[PhraseMass]) -> Iterator[_Word]:
        said: dict[tuple[str, datetime, SignalKind], list[PhraseMass]] = {}
        for item in masses:
            if item.mass:
                said.setdefault((item.person, item.at, item.kind), []).append(item)
        for (person, at, kind), items in said.items():
            yield _Word(
                person=person,
                at=at,
                kind=kind,
                phrases=tuple(item.phrase for item in items),
                masses=array("d", (item.mass for item in items)),
                of_writer=(reply_id, person, kind) in self._writers,
                liked=math.fsum(item.mass for item in items if item.mass > 0),
                disliked=-math.fsum(item.mass for item in items if item.mass < 0),
            )

    def _judge(self, reply_id: int, day: _Day) -> None:
        """Lets the words of a reply and day count, and the rest of the day where that is new.

        A person's judgement of one reply is its liked or its disliked mass, whichever is more;
        when a day's sum passes the cap, all of that day shrink to fit, whatever came first.
        """
        words = [word for word in self._words.get(reply_id, ()) if word.day == day]
        judged = self._judged.setdefault(day, {})
        if words:
            judged[reply_id] = max(
                math.fsum(word.liked for word in words), math.fsum(word.disliked for word in words)
            )
        else:
            judged.pop(reply_id, None)
        if not judged:
            del self._judged[day]
            self._factors.pop(day, None)
            return
        before = self._factors.get(day, 1.0)
        factor = self._factors[day] = min(1.0, self._cap / math.fsum(judged.values()))
        if factor != before:
            words = [word for one in judged for word in self._words[one] if word.day == day]
        for word in words:
            self._count(word, self._rate(word))

    def _set(self, now: datetime) -> None:
        self._now = now
        self._worth = 1.0 / _grown(now)
        self._most = _units(PERSON_CAP * _grown(now))

    def _rate(self, word: _Word) -> float:
        """Returns how many units a unit of mass counts; those from later than now, as today's."""
        return self._factors[word.day] * _grown(min(word.at, self._now))

    def _count(self, word: _Word, rate: float) -> None:
        """Lets each unit of a word's masses count so much from now on."""
        before, word.rate = word.rate, rate
        if rate == before:
            return
        for phrase, mass in zip(word.phrases, word.masses, strict=True):
            side = 2 * (mass < 0) + (not word.of_writer)
            change = _units(abs(mass) * rate) - _units(abs(mass) * before)
            cell = phrase, side, word.person
            held = self._cells.get(cell, 0)
            holds = held + change
            if holds:
                self._cells[cell] = holds
            else:
                self._cells.pop(cell, None)
            if held > self._most or holds > self._most:
                change = min(holds, self._most) - min(held, self._most)
                (self._full.add if holds > self._most else self._full.discard)(cell)
            if change:
                self._move(phrase, side, change)

    def _move(self, phrase: str, side: int, change: int) -> None:
        before = self._sums.get(phrase, (0, 0, 0, 0))
        self._moved.setdefault(phrase, before)
        after = list(before)
        after[side] += change
        self._totals[side] += change
        self._sums[phrase] = (after[0], after[1], after[2], after[3])

    def _value(self, units: int) -> float:
        return round(units / _UNIT * self._worth, _DIGITS)


def _grown(at: datetime) -> float:
    """Returns how much more than on the unit day evidence of a time is worth to later ones."""
    return math.pow(2.0, (at - _UNIT_DAY).total_seconds() / 86_400 / HALF_LIFE_DAYS)


def _units(value: float) -> int:
    return int(math.ldexp(value, _BITS))
