"""Reactions, hides and deletes as votes: one a person and text, on the text that stood there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain import Permission, Person, Signal, SignalKind
from app.feedback.trust import TRUSTED, Verdict, verdict
from app.feedback.versions import Versions

OUTDATED = "outdated"


@dataclass(frozen=True, kw_only=True, slots=True)
class Vote:
    """What one person says of one text.

    `value` in [-1, 1] is the sum of the person's reactions to it, cut off at a full vote:
    four hearts are no more than one, a thumb up and a thumb down are none. `edited` tells
    whether the text was people's version, since a reaction judges what it stands below. `read_at`
    is when the last of the reactions was first read, None where that is not noted of any.
    """

    person: Person
    permission: Permission
    kind: SignalKind
    edited: bool
    value: float
    trust: float
    at: datetime
    url: str
    read_at: datetime | None


def votes(signals: Sequence[Signal], texts: Versions) -> list[Vote]:
    """Sums live signals up to votes, oldest first; edits are none, and votes of 0 are left out."""
    groups: dict[tuple[int, SignalKind, bool], list[Signal]] = {}
    for signal in signals:
        if signal.removed_at is None and signal.kind is not SignalKind.EDIT:
            edited = texts.edited_at is not None and signal.first_seen >= texts.edited_at
            groups.setdefault((signal.person.id, signal.kind, edited), []).append(signal)
    found = []
    for (_, kind, edited), group in groups.items():
        value = min(max(sum(signal.value for signal in group), -1.0), 1.0)
        trust = max(signal.trust for signal in group)
        if value and trust:
            newest = max(group, key=lambda signal: signal.first_seen)
            read = [signal.read_at for signal in group if signal.read_at is not None]
            found.append(
                Vote(
                    person=newest.person,
                    permission=newest.permission,
                    kind=kind,
                    edited=edited,
                    value=value,
                    trust=trust,
                    at=newest.first_seen,
                    url=newest.url,
                    read_at=max(read, default=None),
                )
            )
    return sorted(found, key=lambda vote: (vote.at, vote.person.id, vote.kind, vote.edited))


def verdict_on(cast: Sequence[Vote], *, edited: bool) -> Verdict:
    """Adds up the votes on one of the two texts."""
    return verdict((vote.value, vote.trust) for vote in cast if vote.edited is edited)


def vouched(deciding: Sequence[Vote], *, least: Permission = Permission.NONE) -> bool:
    """Tells whether one of these people is trusted alone, and has at least that permission.

    What only others say is never taught: accounts cost nothing.
    """
    return any(vote.trust >= TRUSTED and vote.permission >= least for vote in deciding)


def is_outdated(signals: Sequence[Signal]) -> bool:
    """Tells whether the reply is hidden because it no longer holds."""
    return any(
        signal.kind is SignalKind.HIDE
        and signal.removed_at is None
        and signal.content.lower() == OUTDATED
        for signal in signals
    )


def trusted_dislike(found: Verdict) -> bool:
    """Tells whether so much speaks against a text that it must not be taught as good."""
    return found.disliked >= TRUSTED
