"""What each signal of a repository counts at a time, and why some count nothing yet.

A signal comes with the trust that its giver's permission earns. Here all signals of a repository
are looked at together, and some are held:

- vetoed: most writers who judged the same text say the opposite;
- in a burst: it is one of many that look coordinated, and writers do not agree with it so far;
- waiting: the days in which a writer may veto it are not over, and none agrees with it so far.

Held signals teach nothing, and stay visible with the reason. Whose record with the writers is
good or bad is trusted more or less. All of it is a pure function of the signals and the time: who
takes a reaction back undoes all that it led to.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain import Permission, Signal, SignalKind
from app.feedback.agreement import (
    CONTRARY_SHARE,
    Contrary,
    Record,
    Stance,
    Text,
    contrary,
    moved,
    records,
    stances,
)
from app.feedback.bursts import NO_WORDING, Burst, Wording, bursts
from app.feedback.trust import TRUSTED


class Hold(StrEnum):
    """Why a signal counts nothing at present."""

    VETOED = "vetoed"
    BURST = "quarantined"
    WAITING = "waiting"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """How a repository wants signals to be looked at.

    `delay` is how long a vote of somebody who may not write waits; `vouched` are logins, in lower
    case, whom people decided to believe whatever their record and company.
    """

    now: datetime
    delay: timedelta = timedelta()
    vouched: Collection[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessed:
    """A signal with the trust that it has now, 0 where it is held, and the reason in words."""

    signal: Signal
    hold: Hold | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessment:
    """All live signals of a repository, also by reply, in the order given; and the writers whom
    people have to decide about."""

    signals: Sequence[Assessed] = ()
    contrary: Sequence[Contrary] = ()
    by_reply: Mapping[int, Sequence[Assessed]] = field(default_factory=dict)

    def of_reply(self, reply_id: int) -> Sequence[Assessed]:
        """Returns what was found of one reply's signals."""
        return self.by_reply.get(reply_id, ())

    def of(self, signal: Signal) -> Assessed | None:
        """Returns what was found of a signal as the store has it; None where it was removed."""
        key = signal.kind, signal.content, signal.person.id
        for one in self.of_reply(signal.reply_id) if signal.removed_at is None else ():
            if (one.signal.kind, one.signal.content, one.signal.person.id) == key:
                return one
        return None

    def counting(self, reply_id: int) -> list[Signal]:
        """Returns the signals of a reply with the trust that they have now."""
        return [one.signal for one in self.of_reply(reply_id)]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """What all signals together tell of each."""

    writers: Mapping[Text, Sequence[Stance]]
    records: Mapping[int, Record]
    contrary: Mapping[int, Contrary]
    bursts: Mapping[tuple[Text, int], Burst]
    edited_at: Mapping[int, datetime]


def assess(signals: Sequence[Signal], rules: Rules, wording: Wording = NO_WORDING) -> Assessment:
    """Looks at all signals of a repository together.

    Args:
        signals: those of all its replies; removed ones are left out.
        rules: how they are to be looked at.
        wording: what the replies say, to find bursts that are about a phrase.
    """
    live = [one for one in signals if one.removed_at is None]
    found = stances(live)
    writers: dict[Text, list[Stance]] = {}
    for stance in found:
        if stance.is_writers:
            writers.setdefault(stance.text, []).append(stance)
    known_records = records(found)
    shown = contrary(found, known_records, rules.vouched)
    known = _Known(
        writers=writers,
        records=known_records,
        contrary={one.person.id: one for one in shown},
        bursts=bursts(found, wording),
        edited_at={one.reply_id: one.first_seen for one in live if one.kind is SignalKind.EDIT},
    )
    assessed = tuple(_assessed(one, rules, known) for one in live)
    by_reply: dict[int, list[Assessed]] = {}
    for item in assessed:
        by_reply.setdefault(item.signal.reply_id, []).append(item)
    return Assessment(signals=assessed, contrary=tuple(shown), by_reply=by_reply)


def _assessed(signal: Signal, rules: Rules, known: _Known) -> Assessed:
    if signal.person.is_bot or not signal.value:
        return Assessed(signal=signal)
    vouched = signal.person.login.lower() in rules.vouched
    if signal.permission >= Permission.WRITE:
        found = known.contrary.get(signal.person.id)
        if found is None:
            return Assessed(signal=signal)
        less = replace(signal, trust=signal.trust * CONTRARY_SHARE)
        return Assessed(signal=less, why=contrary_words(found))
    held = _hold(signal, rules, known, vouched=vouched)
    if held is not None:
        return Assessed(signal=replace(signal, trust=0.0), hold=held[0], why=held[1])
    record = known.records.get(signal.person.id, Record())
    trust = signal.trust if vouched else moved(signal.trust, record)
    if trust == signal.trust:
        return Assessed(signal=signal)
    why = f"agreed with writers {record.agreed} of {record.compared} times"
    return Assessed(signal=replace(signal, trust=trust), why=why)


def _hold(signal: Signal, rules: Rules, known: _Known, *, vouched: bool) -> tuple[Hold, str] | None:
    """Returns why the signal of somebody who may not write is held, None where it is not.

    Whoever is not trusted alone is vetoed by a writer at any time; triagers and who asked only
    while their word waits: after that, people have to decide between the two.
    """
    edited_at = known.edited_at.get(signal.reply_id)
    edited = edited_at is not None and signal.first_seen >= edited_at
    text = signal.reply_id, edited and signal.kind is not SignalKind.EDIT
    way = 1 if signal.value > 0 else -1
    # A reaction is one that can wait: hides and deletes need a role, and undo themselves.
    ripe = signal.first_seen + (rules.delay if signal.kind is SignalKind.REACTION else timedelta())
    others = [
        one for one in known.writers.get(text, ()) if one.person.id not in (0, signal.person.id)
    ]
    # Most writers decide: of many, one slips now and then.
    net = way * sum(one.way for one in others)
    if net > 0:
        return None
    against = [one for one in others if one.way != way]
    in_time = [one for one in against if signal.trust < TRUSTED or one.at <= ripe]
    if net < 0 and in_time:
        writer = min(in_time, key=lambda one: one.at).person.login
        said = f" and {len(against) - 1} more say" if len(against) > 1 else " says"
        return Hold.VETOED, f"@{writer}, with write permission,{said} the opposite"
    burst = None if vouched else known.bursts.get((text, signal.person.id))
    if burst is not None:
        return Hold.BURST, burst_words(burst)
    if rules.now < ripe:
        until = f"{ripe:%Y-%m-%d %H:%M} UTC"
        return Hold.WAITING, f"a writer may veto it until {until}"
    return None


def burst_words(burst: Burst) -> str:
    """Says what a burst is, in one line."""
    where = f"on {burst.replies} replies" if burst.replies > 1 else "on one reply"
    about = f" with “{burst.phrase}”" if burst.phrase else ""
    side = "for" if burst.way > 0 else "against"
    return (
        f"one of {burst.people} newcomers who spoke {side} the answer {where}{about} within a day "
        f"from {burst.since:%Y-%m-%d}, where {burst.mean:.1f} were to be expected "
        f"(chance {_rounded(burst.chance)}); counts once a writer agrees"
    )


def contrary_words(found: Contrary) -> str:
    """Says how a writer stands to the others, in one line."""
    record = found.record
    return (
        f"agrees with the other writers {record.agreed} of {record.compared} times, where they "
        f"agree {found.usual:.0%} of the time (chance {_rounded(found.chance)}); counts half "
        "until that is decided"
    )


def _rounded(chance: float) -> str:
    return f"1 in {10 ** round(-math.log10(max(chance, 1e-12))):,}"
