"""How often people's word proved right: agreement with what writers say of the same texts.

A reader who was right often is trusted more, one who was wrong often less, within bounds that
no number of accounts or votes can pass. A writer's trust falls only where the disagreement with
the other writers is beyond chance, and then it is shown to people, who decide.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain import Permission, Person, Signal, SignalKind
from app.feedback.trust import TRUSTED

PRIOR = 2.0
"""The prior of agreement is Beta(PRIOR, PRIOR): even odds, worth four comparisons."""
LEAST_COMPARED = 4
"""Comparisons from which on trust moves; one slip of the finger moves nobody's."""
LOWEST = 0.25
"""The least share of their trust that is left to people who are always wrong."""
HIGHEST_OF_OTHERS = 0.45
"""The most trust that people get by being right who are not trusted alone."""
HIGHEST_OF_TRUSTED = 0.9
"""The most that triagers and askers get: less than a writer."""

LEAST_OF_WRITERS = 5
"""Comparisons from which on a writer can be found contrary."""
CONTRARY_CHANCE = 0.01
"""A writer is contrary whose disagreement has less chance than this, over all writers tested."""
CONTRARY_SHARE = 0.5
"""The share of their trust that a contrary writer keeps until people have decided."""
_USUAL_RATE = (0.5, 0.95)
"""Bounds of how often writers are taken to agree with one another."""

Text = tuple[int, bool]
"""A reply's id, and whether people's version of it is meant."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stance:
    """On which side of a text one person stands: `way` is 1 or -1; `trust` is their highest."""

    text: Text
    person: Person
    permission: Permission
    trust: float
    way: int
    at: datetime

    @property
    def is_writers(self) -> bool:
        return self.permission >= Permission.WRITE


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """How often somebody agreed with the writers, of how many comparisons."""

    agreed: int = 0
    compared: int = 0

    @property
    def rate(self) -> float:
        """The posterior mean of agreeing, in (0, 1)."""
        return (PRIOR + self.agreed) / (2 * PRIOR + self.compared)


@dataclass(frozen=True, kw_only=True, slots=True)
class Contrary:
    """A writer who disagrees with the other writers more than chance allows.

    `usual` is how often the others agree with one another; `chance` is the probability that one
    of them agrees so seldom.
    """

    person: Person
    record: Record
    usual: float
    chance: float


def stances(signals: Sequence[Signal]) -> list[Stance]:
    """Returns where people stand, oldest first; who says both of one text stands nowhere.

    An edit speaks against the App's text and for its own; a reaction judges the text that it
    stands below. Bots, and people whose name GitHub does not tell, are left out.
    """
    live = [one for one in signals if one.removed_at is None and not one.person.is_bot]
    edited_at = {one.reply_id: one.first_seen for one in live if one.kind is SignalKind.EDIT}
    groups: dict[tuple[Text, int], list[tuple[Signal, float]]] = {}
    for one in live:
        if one.person.id == 0 or one.trust < 0:
            continue
        if one.kind is SignalKind.EDIT:
            parts = [((one.reply_id, False), -one.value), ((one.reply_id, True), one.value)]
        else:
            edited = one.reply_id in edited_at and one.first_seen >= edited_at[one.reply_id]
            parts = [((one.reply_id, edited), one.value)]
        for text, value in parts:
            groups.setdefault((text, one.person.id), []).append((one, value))
    found = []
    for (text, _), group in groups.items():
        total = math.fsum(value for _, value in group)
        if total:
            first = min(group, key=lambda item: item[0].first_seen)[0]
            found.append(
                Stance(
                    text=text,
                    person=first.person,
                    permission=max(one.permission for one, _ in group),
                    trust=max(one.trust for one, _ in group),
                    way=1 if total > 0 else -1,
                    at=first.first_seen,
                )
            )
    return sorted(found, key=lambda stance: (stance.at, stance.person.id, stance.text))


def records(found: Sequence[Stance]) -> dict[int, Record]:
    """Compares each person with the writers on the same texts, by account id.

    Everybody is compared with where most of the other writers stand. Who may not write is
    compared only on what they said before the first of these did: to repeat after a writer is
    easy, and earns nothing.
    """
    writers: dict[Text, list[Stance]] = {}
    for stance in found:
        if stance.is_writers:
            writers.setdefault(stance.text, []).append(stance)
    counts: dict[int, list[int]] = {}
    for stance in found:
        others = [one for one in writers.get(stance.text, ()) if one.person.id != stance.person.id]
        net = sum(one.way for one in others)
        if not net:
            continue
        if not stance.is_writers and stance.at >= min(one.at for one in others):
            continue
        count = counts.setdefault(stance.person.id, [0, 0])
        count[0] += (net > 0) == (stance.way > 0)
        count[1] += 1
    return {person: Record(agreed=a, compared=n) for person, (a, n) in counts.items()}


def moved(trust: float, record: Record) -> float:
    """Returns the trust of somebody who is no writer, given how often they were right.

    It is multiplied by twice the posterior mean, never to less than `LOWEST` of it, and to
    `HIGHEST_OF_OTHERS` or `HIGHEST_OF_TRUSTED` at most.
    """
    if record.compared < LEAST_COMPARED:
        return trust
    highest = HIGHEST_OF_TRUSTED if trust >= TRUSTED else HIGHEST_OF_OTHERS
    factor = max(LOWEST, 2 * record.rate)
    return min(trust * factor, max(trust, highest))


def contrary(
    found: Sequence[Stance], known: Mapping[int, Record], vouched: Collection[str] = ()
) -> list[Contrary]:
    """Returns the writers who disagree with the others beyond chance, the least likely first.

    A one-sided binomial test: how likely is it that a writer who agrees as often as all the
    others do among themselves agrees so seldom? The threshold is divided by the number of
    writers tested (Bonferroni), so that in a repository of honest writers one is shown by
    mistake once in a hundred times.

    Args:
        found: where people stand.
        known: as `records` gives them.
        vouched: logins, in lower case, that people decided for; they are not tested.
    """
    people = {stance.person.id: stance.person for stance in found if stance.is_writers}
    tried = [one for one in people if known.get(one, Record()).compared >= LEAST_OF_WRITERS]
    agreed = sum(known[one].agreed for one in people if one in known)
    compared = sum(known[one].compared for one in people if one in known)
    result = []
    for one in tried:
        own = known[one]
        rate = (agreed - own.agreed + 1) / (compared - own.compared + 2)
        usual = min(max(rate, _USUAL_RATE[0]), _USUAL_RATE[1])
        chance = at_most(own.agreed, own.compared, usual)
        if chance < CONTRARY_CHANCE / len(tried) and people[one].login.lower() not in vouched:
            result.append(Contrary(person=people[one], record=own, usual=usual, chance=chance))
    return sorted(result, key=lambda item: (item.chance, item.person.id))


def at_most(hits: int, tries: int, rate: float) -> float:
    """Returns the probability of at most so many hits of a binomial."""
    return math.fsum(
        math.comb(tries, k) * rate**k * (1 - rate) ** (tries - k) for k in range(hits + 1)
    )
