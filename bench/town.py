"""A village with twenty writers, and the crowds that come to it, hostile and honest."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain import Permission, Person, Reply
from bench.village import START, Village, planted

WRITERS, PASSERS = 20, 100
HONEST, HOSTILE, HOSTILE_WRITERS = 1000, 200, 3
REPLIES = 150
DAYS = 90
PHRASES = 48
WRONG, EDITS = 0.1, 0.1
LOGINS = frozenset(f"passer{number}" for number in range(PASSERS))


@dataclass(kw_only=True)
class Town:
    """A village with twenty honest writers, and what they like."""

    village: Village
    liked: list[str]
    disliked: list[str]
    writers: list[Person]
    goals: list[str] = field(default_factory=list)
    until: datetime = START + timedelta(days=DAYS)


def town_of(seed: int) -> Town:
    """Makes a village and lets its writers say what they think for a while."""
    chance = random.Random(seed)
    village = Village(chance=chance)
    phrases = planted(chance, PHRASES)
    town = Town(
        village=village,
        liked=phrases[: PHRASES // 2],
        disliked=phrases[PHRASES // 2 :],
        writers=[village.person(f"writer{n}", Permission.WRITE) for n in range(WRITERS)],
    )
    for number in range(REPLIES):
        at = START + timedelta(days=DAYS * number / REPLIES)
        village.reply(chance.sample(phrases, chance.randint(1, 3)), at)
    given = 0
    while given < HONEST:
        reply = chance.choice(village.replies)
        given += judge(town, chance.choice(town.writers), reply, honest=chance.random() >= WRONG)
    return town


def judge(town: Town, person: Person, reply: Reply, *, honest: bool) -> bool:
    """Lets a writer edit or vote on a reply, some time in the days after it."""
    village, chance = town.village, town.village.chance
    inside = village.phrases[reply.id]
    wanted, unwanted = (town.liked, town.disliked) if honest else (town.disliked, town.liked)
    at = min(reply.posted_at + timedelta(days=chance.expovariate(0.5)), town.until)
    if chance.random() < EDITS:
        old = next((one for one in inside if one in unwanted), None)
        if old is None or reply.id in village.edits or village.reactions.get(reply.id):
            return False
        return village.edit(person, reply, old, chance.choice(wanted), at)
    net = sum(1 if one in wanted else -1 for one in inside)
    return bool(net) and village.vote(person, reply, 1 if net > 0 else -1, at)


def attack(town: Town, kind: str) -> list[int]:
    """Lets passers-by give their votes; returns the ids of those people."""
    village, chance = town.village, town.village.chance
    people = [village.person(f"passer{n}", Permission.READ) for n in range(PASSERS)]
    span = timedelta(days=1 if kind == "burst" else 60)
    start = town.until - span
    targets = dict.fromkeys(town.disliked[:5], 1) | dict.fromkeys(town.liked[:5], -1)
    places = [
        (reply, next(targets[one] for one in village.phrases[reply.id] if one in targets))
        for reply in village.replies
        if any(one in targets for one in village.phrases[reply.id])
    ]
    town.goals = list(targets)
    if kind == "own questions":
        town.goals = planted(chance, 3)
        places = [
            (village.reply([town.goals[n % 3]], start, asker=chance.choice(people)), 1)
            for n in range(40)
        ]
    given, tries = 0, 0
    while given < HOSTILE and tries < 50 * HOSTILE:
        tries += 1
        reply, way = chance.choice(places)
        person = reply.asker if tries <= len(places) and kind == "own questions" else None
        at = start + span * chance.random()
        given += village.vote(person or chance.choice(people), reply, way, at)
    return [one.id for one in people]


def crowd(town: Town, kind: str) -> tuple[list[str], list[Reply]]:
    """Lets honest passers-by vote for ten new phrases; returns these and their answers."""
    village, chance = town.village, town.village.chance
    people = [village.person(f"passer{n}", Permission.READ) for n in range(PASSERS)]
    phrases = planted(chance, 10)
    span = timedelta(days=1 if kind == "honest rush" else 30)
    start = town.until - span
    places = [village.reply([phrase], start) for phrase in phrases for _ in range(4)]
    given = 0
    while given < HOSTILE:
        at = start + span * chance.random()
        given += village.vote(chance.choice(people), chance.choice(places), 1, at)
    return phrases, places


def flipped(town: Town) -> list[Person]:
    """Lets three more writers say the opposite of the others, forty times each."""
    chance = town.village.chance
    people = [town.village.person(f"hostile{n}", Permission.WRITE) for n in range(HOSTILE_WRITERS)]
    for person in people:
        given, tries = 0, 0
        while given < 40 and tries < 4000:
            tries += 1
            given += judge(town, person, chance.choice(town.village.replies), honest=False)
    return people
