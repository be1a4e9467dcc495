"""Votes on earlier answers move the passages that these cited, for questions alike.

The search score of a passage counts

    BOUND ** tanh(votes / STRENGTH)

times, where `votes` sums up what people said of it on answers to questions alike: each vote by
trust, age and how alike the questions are. So no number of votes moves a passage beyond `BOUND`
either way, one writer's vote on an answer with one source by 12 %, and a word taken back not at
all. One person counts at most one vote on a passage. Those who are not trusted alone count
together at most `OTHERS`, and twice what the others say the same way: accounts cost nothing.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from app.domain import Hit, Moved, Question, Regard
from app.weave.question import Asked, take_apart
from app.weave.recall import ALIKE, similarity

BOUND = 1.6
STRENGTH = 4.0
PERSON = 1.0
"""What one person says of one passage at most, in votes."""
OTHERS = 0.5
LEVERAGE = 2.0
TRUSTED = 0.5
"""From this trust on a person's word stands alone."""


def moved(
    asked: Asked,
    hits: Sequence[Hit],
    regards: Sequence[Regard],
    rarity: Callable[[str], float],
) -> tuple[list[Hit], list[Moved]]:
    """Returns hits in their new order, best first, and the passages that votes moved.

    Args:
        asked: the question.
        hits: what the search found, best first.
        regards: what votes say of passages, as they count today.
        rarity: the inverse document frequency of a stem.
    """
    alike: dict[str, float] = {}
    bearing: dict[tuple[str, str], list[Regard]] = {}
    for one in regards:
        if one.question not in alike:
            alike[one.question] = similarity(asked, take_apart(Question(text=one.question), rarity))
        if alike[one.question] >= ALIKE:
            told = replace(one, mass=one.mass * alike[one.question])
            bearing.setdefault((one.path, one.digest), []).append(told)
    if not bearing:
        return list(hits), []
    paths = {path for path, _ in bearing}
    found: list[Hit] = []
    changed: list[Moved] = []
    for hit in hits:
        passage = hit.passage
        key = passage.path, passage.digest if passage.path in paths else ""
        by = factor(bearing.get(key, ()))
        found.append(Hit(passage=passage, score=hit.score * by))
        if by != 1.0:
            spoke = sorted(bearing[key], key=lambda one: (-abs(one.mass), one.url))
            changed.append(
                Moved(
                    path=passage.path,
                    title=passage.title,
                    line=passage.start_line,
                    factor=by,
                    urls=tuple(dict.fromkeys(one.url for one in spoke)),
                )
            )
    return sorted(found, key=lambda hit: -hit.score), changed


def factor(regards: Sequence[Regard]) -> float:
    """Returns how often a passage's score counts, from what is said of it; 1 without a word."""
    total = sum(way * _side(regards, way) for way in (1, -1))
    return math.pow(BOUND, math.tanh(total / STRENGTH))


def _side(regards: Sequence[Regard], way: int) -> float:
    """Sums up what people say one way, at least 0."""
    people: dict[tuple[bool, str], float] = {}
    for one in regards:
        if one.mass * way > 0:
            key = one.trust >= TRUSTED, one.person
            people[key] = min(PERSON, people.get(key, 0.0) + abs(one.mass))
    alone = math.fsum(mass for (trusted, _), mass in people.items() if trusted)
    others = math.fsum(mass for (trusted, _), mass in people.items() if not trusted)
    return alone + min(others, OTHERS + LEVERAGE * alone)
