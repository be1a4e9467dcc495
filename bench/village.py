"""A village to try feedback on: replies of real sentences with planted phrases, people, votes.

What people do is put into snapshots as GitHub would show them; what is learned of these is the
product's own way from a snapshot to a dictionary. Only the texts and the people are made up.
"""

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from unittest.mock import patch

from app.domain import (
    Permission,
    Person,
    PhraseMass,
    PhraseWeight,
    PreferenceRow,
    Reaction,
    Reply,
    Revision,
    Signal,
    Snapshot,
)
from app.feedback.assessment import Assessment, Rules, assess
from app.feedback.bursts import Wording
from app.feedback.caps import sources_of_writers
from app.feedback.evidence import credited, evidence
from app.feedback.signals import signals
from app.feedback.versions import history
from app.feedback.weights import dictionary, strongest
from app.text.layout import lay_out
from app.text.words import STOP_WORDS, phrase_tokens

ROOT = Path(__file__).resolve().parent.parent
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
DELAY = timedelta(days=3)
LOGIN = "treadle[bot]"
NO_CAP = 1e9
"""A cap so large that it is none."""
_ONSETS = (*"bdfghklmnprstvz", "br", "dr", "gl", "kl", "pr", "st", "tr")
_VOWELS = "aeiou"


@cache
def prose() -> Sequence[str]:
    """Sentences of 6 to 16 words, in a fixed order.

    They were taken from this repository's documents of November 2026, and do not change with
    these, so that figures of different days can be compared.
    """
    return (Path(__file__).parent / "village.txt").read_text("utf-8").splitlines()


@cache
def known_words() -> frozenset[str]:
    """The words that the sentences have, so that none of them is planted."""
    return frozenset(token for text in prose() for token in phrase_tokens(text))


def planted(chance: random.Random, count: int) -> list[str]:
    """Returns phrases of two made-up words each; no word stands in two of them."""
    words: dict[str, None] = {}
    while len(words) < 2 * count:
        word = "".join(chance.choice(_ONSETS) + chance.choice(_VOWELS) for _ in range(3))
        if word not in known_words() and word not in STOP_WORDS:
            words.setdefault(word)
    drawn = list(words)
    return [f"{first} {second}" for first, second in zip(drawn[::2], drawn[1::2], strict=True)]


@dataclass(kw_only=True)
class Village:
    """Replies, people and what these did; `chance` decides whatever is left to it."""

    chance: random.Random
    replies: list[Reply] = field(default_factory=list)
    phrases: dict[int, Sequence[str]] = field(default_factory=dict)
    people: dict[int, Permission] = field(default_factory=dict)
    reactions: dict[int, list[Reaction]] = field(default_factory=dict)
    edits: dict[int, Revision] = field(default_factory=dict)

    def person(self, name: str, permission: Permission) -> Person:
        """Returns somebody new."""
        made = Person(id=len(self.people) + 100, login=name)
        self.people[made.id] = permission
        return made

    def reply(self, phrases: Sequence[str], at: datetime, asker: Person | None = None) -> Reply:
        """Posts an answer of three sentences, at the ends of which the phrases stand."""
        parts = self.chance.sample(prose(), 3)
        for place, phrase in enumerate(phrases):
            parts[place % 3] = f"{parts[place % 3].rstrip('.')} by {phrase}."
        number = len(self.replies) + 1
        text = " ".join(parts)
        made = Reply(
            id=number,
            repository_id=1,
            number=number,
            comment_id=number,
            comment_node_id=f"IC_{number}",
            url=f"http://127.0.0.1/o/r/issues/{number}#issuecomment-{number}",
            trigger_comment_id=0,
            trigger_node_id=f"IC_q{number}",
            asker=asker or Person(id=1, login="asker"),
            question="How?",
            answer=text,
            body=lay_out(text),
            block={},
            posted_at=at,
        )
        self.replies.append(made)
        self.phrases[made.id] = phrases
        return made

    def vote(self, person: Person, reply: Reply, way: int, at: datetime) -> bool:
        """Lets somebody react to a reply; False where they did before."""
        given = self.reactions.setdefault(reply.id, [])
        if any(one.person.id == person.id for one in given):
            return False
        content = "+1" if way > 0 else "-1"
        given.append(Reaction(content=content, person=person, created_at=at))
        return True

    def edit(self, person: Person, reply: Reply, old: str, new: str, at: datetime) -> bool:
        """Lets somebody put a phrase in another's place; False where somebody edited before."""
        if reply.id in self.edits or old not in reply.answer:
            return False
        body = lay_out(reply.answer.replace(old, new))
        self.edits[reply.id] = Revision(body=body, editor=person, edited_at=at)
        return True

    def signals(self, until: datetime) -> dict[int, list[Signal]]:
        """Reads what GitHub shows at a time, by reply."""
        found = {}
        for reply in self.replies:
            snapshot = self._snapshot(reply, until)
            if snapshot.reactions or snapshot.revisions:
                found[reply.id] = signals(reply, snapshot, self.people, own_login=LOGIN)
        return found

    def revisions(self, reply: Reply, until: datetime) -> list[Revision]:
        """Returns a reply's versions at a time."""
        return history(self._snapshot(reply, until), own_login=LOGIN)

    def _snapshot(self, reply: Reply, until: datetime) -> Snapshot:
        edit = self.edits.get(reply.id)
        edits = [] if edit is None or edit.edited_at > until else [edit]
        return Snapshot(
            comment_node_id=reply.comment_node_id,
            seen_at=until,
            body=(edits[0].body if edits else None) or reply.body,
            reactions=[one for one in self.reactions.get(reply.id, ()) if one.created_at <= until],
            revisions=edits,
        )


@dataclass(frozen=True, kw_only=True)
class Taught:
    """What a village taught."""

    weights: Mapping[str, PhraseWeight]
    masses: Sequence[PhraseMass]
    rows: Sequence[PreferenceRow]
    assessment: Assessment

    def top(self, count: int) -> list[str]:
        """The strongest phrases of both signs that have an effect on answers."""
        return [weight.phrase for weight in strongest(self.weights.values(), count)]


def learn(village: Village, until: datetime, *, defended: bool = True) -> Taught:
    """Goes the product's way from snapshots to a dictionary and rows.

    Args:
        village: whose replies these are.
        until: when the last word fell that is looked at; that is done once it has waited.
        defended: whether to look at all signals together, and to cap; else each signal counts
            what its giver's permission says, as much as there is of it.
    """
    now = until + DELAY
    found = village.signals(until)
    everything = [one for group in found.values() for one in group]
    wording = Wording(
        replies=len(village.replies),
        phrases=cache(lambda reply_id: credited(village.replies[reply_id - 1])),
        sample=[reply.id for reply in village.replies],
    )
    assessment = assess(everything, Rules(now=now, delay=DELAY), wording) if defended else None
    masses: list[PhraseMass] = []
    rows: list[PreferenceRow] = []
    with defences(on=defended):
        for reply in village.replies:
            counting = found.get(reply.id, [])
            if assessment is not None:
                counting = assessment.counting(reply.id)
            if counting:
                taught = evidence(reply, counting, village.revisions(reply, until), own_login=LOGIN)
                masses += taught.masses
                rows += taught.rows
        writers = sources_of_writers(everything) if defended else None
        cap = {} if defended else {"cap": NO_CAP}
        weights = dictionary(masses, now, writers=writers, **cap)
    return Taught(
        weights={weight.phrase: weight for weight in weights},
        masses=masses,
        rows=rows,
        assessment=assessment or Assessment(),
    )


@contextmanager
def defences(*, on: bool) -> Iterator[None]:
    """Takes away what stands against many accounts, for the table's other half."""
    if on:
        yield
        return
    with (
        patch("app.feedback.pairs.vouched", return_value=True),
        patch("app.feedback.memory.vouched", return_value=True),
        patch("app.feedback.ledger.PERSON_CAP", NO_CAP),
    ):
        yield


def names(item: str, phrases: Collection[str]) -> bool:
    """Tells whether an item is one of these phrases, a part of one, or holds one."""
    tokens = item.split()
    for phrase in phrases:
        other = phrase.split()
        small, large = sorted((tokens, other), key=len)
        if any(large[at : at + len(small)] == small for at in range(len(large))):
            return True
    return False
