"""What people's word on replies says of the principles that judged them.

Replies of a model that writes carry in their block what it said of them by each principle. A
vote on such a reply, and an edit of it, is a row to calibrate those principles by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.domain import Judgement, Reply, Revision, Signal
from app.feedback.edits import distance
from app.feedback.evidence import trusted_edit
from app.feedback.trust import DAY_CAP
from app.feedback.versions import Versions, versions
from app.feedback.votes import is_outdated, votes

PRINCIPLES = "principles"
"""The field of a block that holds signed log-odds by the key of the principle."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A judgement, and who gave it on which UTC day."""

    judgement: Judgement
    person_id: int
    day: date


def words_on(
    reply: Reply,
    signals: Sequence[Signal],
    revisions: Sequence[Revision],
    *,
    own_login: str = "",
) -> list[Word]:
    """Returns what people say of a reply that was judged by principles, oldest first.

    Votes on people's version of it are no word on the App's, and a reply that is hidden as
    outdated was good in its time. An edit speaks against the App's text, as much as it changed.

    Args:
        reply: the reply as posted.
        signals: its signals, in any order; removed ones and those without trust say nothing.
        revisions: its versions, oldest first, as `versions.history` gives them.
        own_login: the App's login, to tell its own revisions from other bots'.
    """
    odds = _odds(reply)
    live = sorted(
        (signal for signal in signals if signal.removed_at is None),
        key=lambda signal: (signal.first_seen, signal.person.id, signal.kind, signal.content),
    )
    if not odds or reply.abstained or is_outdated(live):
        return []
    texts = versions(reply, revisions, own_login=own_login)
    edit = trusted_edit(live, texts)
    if edit is None:
        texts = Versions(original=texts.original)
    bare = Judgement(model=str(reply.block.get("model", "")), odds=odds, liked=False, weight=0.0)
    found = [
        Word(
            judgement=replace(bare, liked=vote.value > 0, weight=abs(vote.value) * vote.trust),
            person_id=vote.person.id,
            day=vote.at.date(),
        )
        for vote in votes(live, texts)
        if not vote.edited
    ]
    if edit is not None and texts.edited is not None:
        changed = distance(texts.original, texts.edited)
        found.append(
            Word(
                judgement=replace(bare, weight=edit.trust * changed),
                person_id=edit.person.id,
                day=edit.first_seen.date(),
            )
        )
    return [word for word in found if word.judgement.weight > 0]


def capped(words: Sequence[Word], *, cap: float = DAY_CAP) -> list[Judgement]:
    """Returns the judgements; where one person's of a day pass the cap, all of them shrink."""
    totals: dict[tuple[int, date], float] = {}
    for word in words:
        key = word.person_id, word.day
        totals[key] = totals.get(key, 0.0) + word.judgement.weight
    factors = {key: min(1.0, cap / total) for key, total in totals.items()}
    return [
        replace(word.judgement, weight=word.judgement.weight * factors[word.person_id, word.day])
        for word in words
    ]


def _odds(reply: Reply) -> dict[str, float]:
    """Reads the log-odds of a reply's block, which whoever has the keys may have written."""
    found = reply.block.get(PRINCIPLES)
    if not isinstance(found, Mapping):
        return {}
    return {
        str(key): float(said)
        for key, said in found.items()
        if isinstance(said, (int, float)) and not isinstance(said, bool)
    }
