"""Picks: what a person may pick among for an ask, and the pairs that a pick makes.

A pick is a choice among the App's own texts, of which people read some alone. So it makes few
pairs: the picked text over the one that was posted, and over the others that scored best.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain import AskTree, Pick, PreferenceRow, Reply, RowKind, RowOrigin, WholeText
from app.feedback.versions import posted

PAIRS = 4
"""Pairs that one pick makes at most."""
WEIGHT = 1.0
"""What a pick counts: whoever has the dashboard's token is trusted as a writer is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """A text that may be picked; `posted` tells that it is what was answered.

    `score` is in log-odds, None where it is not known any more.
    """

    text: str
    score: float | None
    posted: bool = False
    taught: Sequence[str] = ()

    @property
    def key(self) -> str:
        """Names the text among those of its ask, whatever its spaces."""
        return key_of(self.text)


def key_of(text: str) -> str:
    """Names a text by what it says."""
    return hashlib.sha256(" ".join(text.split()).encode(errors="replace")).hexdigest()[:16]


def offered(tree: AskTree, reply: Reply) -> list[Offered]:
    """Returns the texts that a person may pick among, the best score first.

    They are the drafts that are kept, and the text that was posted, if any, as other pairs have
    it.

    Args:
        tree: what was tried for the ask.
        reply: what was posted for it.
    """
    found = {one.key: one for one in map(_offered, tree.drafts)}
    answer = _answer(reply)
    if answer:
        score = tree.tried[-1].score if tree.tried else None
        own = Offered(text=answer, score=score, taught=_quoted(reply))
        known = found.get(own.key, own)
        found[own.key] = replace(known, text=answer, posted=True)
    return sorted(found.values(), key=lambda one: 0.0 if one.score is None else -one.score)


def offered_before(pick: Pick, reply: Reply) -> list[Offered]:
    """Returns the texts of a pick of which the tree is not kept any more, the picked one first."""
    own = key_of(_answer(reply))
    every = [Offered(text=text, score=None) for text in (pick.chosen, *pick.others)]
    return [replace(one, posted=one.key == own, taught=pick.taught) for one in every]


def others(texts: Sequence[Offered], chosen: Offered) -> list[Offered]:
    """Returns the texts over which one is picked, the posted one first; `PAIRS` at most."""
    left = [one for one in texts if one.key != chosen.key]
    return sorted(left, key=lambda one: not one.posted)[:PAIRS]


def pairs(pick: Pick, reply: Reply) -> list[PreferenceRow]:
    """Returns a pair for each text that was picked over.

    Args:
        pick: the pick.
        reply: the reply to its ask, for its question and place.
    """
    return [
        PreferenceRow(
            kind=RowKind.PAIR,
            repository_id=pick.repository_id,
            reply_id=reply.id,
            number=reply.number,
            prompt=reply.question,
            chosen=pick.chosen,
            rejected=other,
            weight=WEIGHT,
            people=(pick.by,),
            urls=(reply.url,),
            created_at=pick.at,
            origin=RowOrigin.PICK,
        )
        for other in pick.others
    ]


def _answer(reply: Reply) -> str:
    return "" if reply.abstained else posted(reply)


def _offered(one: WholeText) -> Offered:
    return Offered(text=one.text, score=one.score, taught=one.taught)


def _quoted(reply: Reply) -> Sequence[str]:
    """Returns the addresses of the replies whose corrections a reply quotes."""
    return tuple(dict.fromkeys(one.url for one in reply.sources if one.memory_id is not None))
