"""Pairs of drafts: what a person picked among the drafts of one ask, over the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain import AskTree, Permission, Person, PreferenceRow, RowKind, RowOrigin
from app.feedback.trust import TRUSTED, USUAL, Scale, trust_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Pick:
    """A person's choice among what was tried for an ask.

    `place` is that of the picked draft in `AskTree.tried`; `permission` is as GitHub confirms
    it; `url` is where they picked.
    """

    place: int
    person: Person
    permission: Permission
    at: datetime
    url: str


def picked(
    tree: AskTree,
    pick: Pick,
    *,
    number: int,
    asker: Person,
    reply_id: int = 0,
    scale: Scale = USUAL,
) -> Sequence[PreferenceRow]:
    """Returns a pair for each other draft of the tree, the picked one chosen.

    Drafts without words, and those that say the same, are in no pair. Nothing is made of the
    pick of somebody who is not trusted alone, or whose permission is below triage, as of votes.

    Args:
        tree: what was tried.
        pick: the choice.
        number: the thread of the ask.
        asker: who asked.
        reply_id: our id of the reply that came of it; 0 where there is none.
        scale: what the repository has people count.

    Raises:
        ValueError: there is no draft at that place, or it has no words.
    """
    if not 0 <= pick.place < len(tree.tried) or not tree.tried[pick.place].text.strip():
        raise ValueError(f"there is no draft {pick.place} to pick")
    trust = trust_of(pick.person, pick.permission, asker=asker, scale=scale)
    if trust < TRUSTED or pick.permission < Permission.TRIAGE:
        return []
    chosen = tree.tried[pick.place].text
    others = {
        " ".join(one.text.split()): one.text
        for one in tree.tried
        if one.text.split() and one.text.split() != chosen.split()
    }
    return [
        PreferenceRow(
            kind=RowKind.PAIR,
            repository_id=tree.repository_id,
            reply_id=reply_id,
            number=number,
            prompt=tree.question,
            chosen=chosen,
            rejected=other,
            weight=trust,
            people=(pick.person.login,),
            urls=(pick.url,),
            created_at=pick.at,
            origin=RowOrigin.PICK,
        )
        for other in others.values()
    ]
