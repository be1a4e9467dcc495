"""Coordinated bursts: many new people who say the same of the same thing within a day.

What is counted. A newcomer is somebody who is not trusted alone and whose first word in the
repository is at most `NEW` old. For each reply, and for each phrase that stands in several, the
newcomers are counted who spoke the same way within `WINDOW`. If they came independently, their
number would be close to Poisson, with a mean that the other replies tell:

    mean = max(LEAST_MEAN, elsewhere * share / (1 - share))

`elsewhere` is how many newcomers' words of that way fell on other replies in the same time, and
`share` which part of the repository's replies it is: one of all for a reply, those with the
phrase for a phrase. A count is a burst where chance would reach it with less than `CHANCE`,
divided by the number of replies and phrases looked at (Bonferroni): the more crowds there are,
the more unusual is the least usual of them. With nothing going on elsewhere six people within a
day are one; how often honest crowds are taken for a burst is measured by `bench/poisoning.py`.
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from app.feedback.agreement import Stance, Text
from app.feedback.trust import TRUSTED

WINDOW = timedelta(days=1)
NEW = timedelta(days=7)
CHANCE = 1e-4
"""Of all crowds that say the same way together, not of each."""
LEAST_MEAN = 0.5
LEAST_PEOPLE = 5
"""Fewer newcomers than this are no crowd, and are not looked at."""
_MOST_SHARE = 0.95


@dataclass(frozen=True, kw_only=True, slots=True)
class Burst:
    """Newcomers who spoke the same way: how many, of how many replies, and when it began.

    `phrase` is what the replies have in common, empty where it is one reply; `mean` is how many
    were to be expected, `chance` how likely so many or more are.
    """

    people: int
    replies: int
    way: int
    since: datetime
    phrase: str
    mean: float
    chance: float


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What a repository's replies say, as far as that is needed to compare them.

    Args:
        replies: how many there are.
        phrases: the phrases that a vote on a reply gives credit to, by the reply's id.
        sample: ids of replies that tell how common a phrase is.
    """

    replies: int
    phrases: Callable[[int], Collection[str]]
    sample: Sequence[int] = ()
    _counts: Counter[str] = field(default_factory=Counter, repr=False, compare=False)

    def share(self, phrase: str) -> float:
        """Returns the share of replies that have a phrase, above 0 and below 1."""
        if not self._counts:
            for reply_id in self.sample:
                self._counts.update(set(self.phrases(reply_id)))
        return min((1 + self._counts[phrase]) / (1 + len(self.sample)), _MOST_SHARE)


NO_WORDING = Wording(replies=0, phrases=lambda _: ())


def bursts(found: Sequence[Stance], wording: Wording) -> dict[tuple[Text, int], Burst]:
    """Returns the words that belong to bursts, by text and account id, with the unlikeliest one.

    Args:
        found: where people stand, oldest first, as `agreement.stances` gives it.
        wording: what the replies say.
    """
    marked: dict[tuple[Text, int], Burst] = {}
    for way in (1, -1):
        new = [one for one in newcomers(found) if one.way == way]
        if len({one.person.id for one in new}) < LEAST_PEOPLE or not crowded(new):
            continue
        times = [one.at for one in new]
        groups = _groups(new, wording)
        for phrase, group in groups.items():
            found_here = _scan(group, phrase, times, wording)
            unlikely = [one for one in found_here if one.burst.chance < CHANCE / len(groups)]
            for place, burst in _unlikeliest(unlikely, len(group)):
                key = group[place].text, group[place].person.id
                if key not in marked or burst.chance < marked[key].chance:
                    marked[key] = burst
    return marked


def newcomers(found: Sequence[Stance]) -> list[Stance]:
    """Returns what people said who are not trusted alone, in their first days."""
    first: dict[int, datetime] = {}
    for one in found:
        first.setdefault(one.person.id, one.at)
    return [
        one
        for one in found
        if not one.is_writers and one.trust < TRUSTED and one.at - first[one.person.id] <= NEW
    ]


def crowded(ordered: Sequence[Stance]) -> bool:
    """Tells whether at any time enough words fell within the window to be a crowd."""
    return any(
        last.at - first.at <= WINDOW
        for first, last in zip(ordered, ordered[LEAST_PEOPLE - 1 :], strict=False)
    )


def above(count: int, mean: float) -> float:
    """Returns the probability of so many or more of a Poisson number."""

    def exactly(k: int) -> float:
        return math.exp(k * math.log(mean) - mean - math.lgamma(k + 1))

    if count <= mean:
        return 1 - math.fsum(exactly(k) for k in range(count))
    # The difference from 1 has no digits left where the tail is tiny; its first terms have.
    tail, term = 0.0, exactly(count)
    while term > tail * 1e-17:
        tail += term
        count += 1
        term *= mean / count
    return tail


def _groups(new: Sequence[Stance], wording: Wording) -> Mapping[str | int, list[Stance]]:
    """Puts words together by reply and by phrase, where enough people spoke.

    The same words under several phrases are looked at once, under the longest of these.
    """
    groups: dict[str | int, list[Stance]] = {}
    for one in new:
        groups.setdefault(one.text[0], []).append(one)
    by_members: dict[tuple[tuple[Text, int], ...], str] = {}
    by_phrase: dict[str, list[Stance]] = {}
    for one in new:
        for phrase in wording.phrases(one.text[0]):
            by_phrase.setdefault(phrase, []).append(one)
    for phrase, members in by_phrase.items():
        if len({one.text[0] for one in members}) > 1:
            key = tuple((one.text, one.person.id) for one in members)
            by_members[key] = max(by_members.get(key, ""), phrase, key=lambda it: (len(it), it))
    groups.update({phrase: by_phrase[phrase] for phrase in by_members.values()})
    return {
        key: members
        for key, members in groups.items()
        if len({one.person.id for one in members}) >= LEAST_PEOPLE
    }


class _Window(NamedTuple):
    """What may be a burst, and where in its group it begins and ends."""

    burst: Burst
    start: int
    end: int


def _scan(
    group: Sequence[Stance], key: str | int, times: Sequence[datetime], wording: Wording
) -> list[_Window]:
    """Moves the window over a group and returns where it holds what may be a burst."""
    share = wording.share(key) if isinstance(key, str) else 1 / max(wording.replies, 2)
    found: list[_Window] = []
    people: Counter[int] = Counter()
    replies: Counter[int] = Counter()
    start = 0
    for end, last in enumerate(group, 1):
        people[last.person.id] += 1
        replies[last.text[0]] += 1
        while last.at - group[start].at > WINDOW:
            _less(people, group[start].person.id)
            _less(replies, group[start].text[0])
            start += 1
        if len(people) < LEAST_PEOPLE:
            continue
        everywhere = bisect_right(times, last.at) - bisect_right(
            times, last.at - WINDOW - timedelta(microseconds=1)
        )
        elsewhere = max(0, everywhere - (end - start))
        mean = max(LEAST_MEAN, elsewhere * share / (1 - share))
        # As many as are expected, or fewer, are nothing unusual.
        if len(people) > mean and (chance := above(len(people), mean)) < CHANCE:
            burst = Burst(
                people=len(people),
                replies=len(replies),
                way=last.way,
                since=group[start].at,
                phrase=key if isinstance(key, str) else "",
                mean=mean,
                chance=chance,
            )
            found.append(_Window(burst, start, end))
    return found


def _less(counter: Counter[int], key: int) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]


def _unlikeliest(windows: Sequence[_Window], size: int) -> Iterator[tuple[int, Burst]]:
    """Yields each place of a group that a window holds once, with the unlikeliest of its bursts.

    Windows overlap, as many as there are words in each; so a place that is taken is skipped.
    """
    following = list(range(size))
    for burst, start, end in sorted(windows, key=lambda one: one.burst.chance):
        place = start
        while place < end:
            beyond = following[place]
            following[place] = max(beyond, end)
            if beyond == place:
                yield place, burst
            place = max(beyond, place + 1)
