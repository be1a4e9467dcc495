"""Regards: what votes on an answer say of the passages that it cited.

A vote for an answer is a little for each passage that carries it, a vote against it a little
against each: the unit of the vote is divided over them. What people wrote themselves (an edit,
and votes on edited text) says nothing of what the bot had cited. As all evidence, regards are
computed anew from the live signals of a reply, so that a vote taken back is gone.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.domain import Passage, Regard, Reply, Revision, Signal, SignalKind
from app.feedback.evidence import trusted_edit
from app.feedback.ledger import HALF_LIFE_DAYS
from app.feedback.versions import Versions, versions
from app.feedback.votes import is_outdated, votes

_MARK = re.compile(r"\[(\d{1,3})\]")


def regards(
    reply: Reply,
    signals: Sequence[Signal],
    revisions: Sequence[Revision],
    *,
    own_login: str = "",
) -> list[Regard]:
    """Returns what the votes on a reply say of the passages that it cited.

    Nothing, where the App knew no answer, and where the reply was deleted or is hidden as
    outdated.

    Args:
        reply: the reply as posted.
        signals: its signals; removed ones and those without trust say nothing.
        revisions: its versions, oldest first.
        own_login: the App's login, to tell its own revisions from other bots'.
    """
    live = [signal for signal in signals if signal.removed_at is None]
    gone = any(signal.kind is SignalKind.DELETE for signal in live)
    cited = cited_passages(reply)
    if reply.abstained or gone or is_outdated(live) or not cited or not reply.question:
        return []
    texts = versions(reply, revisions, own_login=own_login)
    if trusted_edit(live, texts) is None:
        texts = Versions(original=texts.original)
    return [
        Regard(
            repository_id=reply.repository_id,
            reply_id=reply.id,
            question=reply.question,
            path=passage.path,
            digest=passage.digest,
            mass=vote.value * vote.trust / len(cited),
            trust=vote.trust,
            at=vote.at,
            person=vote.person.login,
            url=vote.url or reply.url,
        )
        for vote in votes(live, texts)
        if not vote.edited
        for passage in cited
    ]


def cited_passages(reply: Reply) -> list[Passage]:
    """Returns the passages of the repository that the posted answer cites, each once."""
    numbers = dict.fromkeys(int(mark) for mark in _MARK.findall(reply.answer))
    found = [reply.sources[at - 1] for at in numbers if 0 < at <= len(reply.sources)]
    return [passage for passage in found if passage.path]


def faded(found: Sequence[Regard], now: datetime) -> list[Regard]:
    """Returns regards as they count at a time: half after each half-life, as phrases do.

    Age is counted in whole days, so that an answer is the same all day.
    """
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    ages = (max(0.0, (today - one.at) / timedelta(days=1)) for one in found)
    return [
        replace(one, mass=one.mass * math.pow(0.5, age / HALF_LIFE_DAYS))
        for one, age in zip(found, ages, strict=True)
    ]
