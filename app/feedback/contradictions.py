"""Texts that trusted people stand on both sides of: taught to nobody, for people to decide."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain import Signal, SignalKind
from app.feedback.agreement import Stance, stances
from app.feedback.trust import TRUSTED


@dataclass(frozen=True, kw_only=True, slots=True)
class Contradiction:
    """Who stands on which side of a reply's text, oldest first; `edited` means people's text."""

    reply_id: int
    edited: bool
    liked_by: Sequence[str]
    disliked_by: Sequence[str]


def contradictions(signals: Sequence[Signal]) -> list[Contradiction]:
    """Returns the texts that people disagree on who are each trusted alone.

    That somebody edited a text is no word against who liked it before: the edit replaces it.

    Args:
        signals: of any replies, with the trust that they have now.
    """
    editors = {
        (one.reply_id, one.person.id)
        for one in signals
        if one.kind is SignalKind.EDIT and one.removed_at is None
    }
    texts: dict[tuple[int, bool], list[Stance]] = {}
    for one in stances(signals):
        reply_id, edited = one.text
        if one.trust >= TRUSTED and (edited or (reply_id, one.person.id) not in editors):
            texts.setdefault(one.text, []).append(one)
    return [
        Contradiction(
            reply_id=reply_id,
            edited=edited,
            liked_by=tuple(one.person.login for one in found if one.way > 0),
            disliked_by=tuple(one.person.login for one in found if one.way < 0),
        )
        for (reply_id, edited), found in sorted(texts.items())
        if len({one.way for one in found}) == 2
    ]
