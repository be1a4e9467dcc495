"""Whose judgement counts how much, what each reaction and each hide means, and where it ends.

Trust goes by the permission that GitHub confirms, never by what a payload says of its sender.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.domain import Permission, Person, Signal, SignalKind

TRUSTED = 0.5
"""A signal with this trust and more stands alone, and lets strangers who agree with it count."""

AGREED_TRUST = 0.25
"""What a stranger's signal counts once a trusted one says the same of the same reply."""

REACTIONS: Mapping[str, float] = {
    "+1": 1.0,
    "heart": 1.0,
    "hooray": 1.0,
    "rocket": 1.0,
    "eyes": 0.5,
    "laugh": 0.25,
    "confused": -0.5,
    "-1": -1.0,
}
HIDES: Mapping[str, float] = {
    "abuse": -1.0,
    "low-quality": -1.0,
    "off-topic": -1.0,
    "spam": -1.0,
    "duplicate": 0.0,
    "outdated": 0.0,
    "resolved": 0.0,
}
"""By GitHub's reason for hiding. The last three say that the reply has had its time, not that
it was wrong. A reason that GitHub adds later counts as no judgement until it stands here."""

DELETE_VALUE = -1.0
EDIT_VALUE = 1.0
"""An edit is a full judgement: for what it put in, against what it took out."""

DAY_CAP = 10.0
"""Units of judgement of one person and day that count in full; beyond, all shrink alike."""


class TrustOf(Protocol):
    """How people are weighed: `trust_of`, by the scale that a repository chose."""

    def __call__(self, person: Person, permission: Permission, *, asker: Person) -> float: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """What the judgement of each kind of people counts, each in [0, 1]; all others count 0."""

    writers: float = 1.0
    triage: float = 0.5
    asker: float = 0.5
    readers: float = 0.25


USUAL = Scale()


def trust_of(
    person: Person, permission: Permission, *, asker: Person, scale: Scale = USUAL
) -> float:
    """Returns the trust in [0, 1] of one person's signal, before anybody agrees with it.

    Args:
        person: whose signal it is; a bot's counts nothing.
        permission: as GitHub confirms it.
        asker: who asked the question that the reply answers.
        scale: what the repository has people count.
    """
    if person.is_bot:
        return 0.0
    own = scale.asker if person.id == asker.id and person.id != 0 else 0.0
    if permission >= Permission.WRITE:
        return max(scale.writers, own)
    if permission >= Permission.TRIAGE:
        return max(scale.triage, own)
    if permission >= Permission.READ:
        return max(scale.readers, own)
    return own


def reaction_value(content: str) -> float:
    """Returns direction and strength of a reaction in [-1, 1]; 0 for one not known."""
    return REACTIONS.get(content.lower(), 0.0)


def hide_value(reason: str) -> float:
    """Returns what a hide says of the reply, in [-1, 0]; takes REST and GraphQL spellings."""
    return HIDES.get(reason.lower().replace("_", "-").replace(" ", "-"), 0.0)


def with_agreement(signals: Sequence[Signal]) -> list[Signal]:
    """Lets strangers' signals count where a trusted signal of the same reply agrees.

    A stranger is a person, not a bot, with trust 0. Agreement is a live signal of another
    person with trust `TRUSTED` or more and a value of the same sign. An edit speaks against
    the text that it changed.
    """
    directions = {
        (direction(signal), signal.person.id)
        for signal in signals
        if signal.trust >= TRUSTED and signal.removed_at is None
    }
    return [
        replace(signal, trust=AGREED_TRUST)
        if signal.trust == 0.0
        and not signal.person.is_bot
        and any(
            way == direction(signal) and who != signal.person.id for way, who in directions if way
        )
        else signal
        for signal in signals
    ]


def direction(signal: Signal) -> int:
    """Returns 1 where a signal speaks for the App's text, -1 against it, 0 where for neither."""
    value = -signal.value if signal.kind is SignalKind.EDIT else signal.value
    return (value > 0) - (value < 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What people together say of one text: trusted masses for and against, each at least 0.

    `contradicted` marks that trusted people stand on both sides; what they say then teaches
    neither an example nor a row, and stays visible as it is.
    """

    liked: float
    disliked: float
    contradicted: bool

    @property
    def net(self) -> float:
        return self.liked - self.disliked


def verdict(votes: Iterable[tuple[float, float]]) -> Verdict:
    """Adds up one vote a person, each a value in [-1, 1] with its trust in [0, 1]."""
    cast = [(value, trust) for value, trust in votes if value and trust]
    return Verdict(
        liked=sum(value * trust for value, trust in cast if value > 0),
        disliked=sum(-value * trust for value, trust in cast if value < 0),
        contradicted=len({value > 0 for value, trust in cast if trust >= TRUSTED}) == 2,
    )
