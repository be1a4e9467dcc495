"""All that one reply teaches, as a pure function of what GitHub shows of it.

Nothing is added up over time: a reaction taken back, an edit undone or a hide lifted is not
among the signals any more, and so is not in the evidence either.
"""

from collections.abc import Sequence

from app.domain import Evidence, PhraseMass, Reply, Revision, Signal, SignalKind
from app.feedback.edits import changes
from app.feedback.memory import changed_sentences, corrections, example
from app.feedback.pairs import rows
from app.feedback.phrases import edit_shares, vote_shares
from app.feedback.signals import digest
from app.feedback.versions import Versions, versions
from app.feedback.votes import Vote, is_outdated, votes


def evidence(
    reply: Reply,
    signals: Sequence[Signal],
    revisions: Sequence[Revision],
    *,
    own_login: str = "",
) -> Evidence:
    """Computes the memories, phrase masses and preference rows of one reply.

    Where the App said that it knows no answer, votes on that say nothing of a text, and only
    what people wrote instead is learned. Nothing is learned from a reply that is hidden as
    outdated. Of one that was deleted only the judgement on its phrases is kept; its text is
    taught to nobody.

    Args:
        reply: the reply as posted.
        signals: its signals, in any order; removed ones and those without trust teach nothing.
        revisions: its versions, oldest first, as `versions.history` gives them.
        own_login: the App's login, to tell its own revisions from other bots'.
    """
    live = sorted(
        (signal for signal in signals if signal.removed_at is None),
        key=lambda signal: (signal.first_seen, signal.person.id, signal.kind, signal.content),
    )
    if is_outdated(live):
        return Evidence()
    texts = versions(reply, revisions, own_login=own_login)
    edit = trusted_edit(live, texts)
    if edit is None:
        texts = Versions(original=texts.original)
    cast = [vote for vote in votes(live, texts) if vote.edited or not reply.abstained]
    masses = _vote_masses(reply, texts, cast)
    if edit is not None:
        masses += _edit_masses(reply, texts, edit)
    if any(signal.kind is SignalKind.DELETE for signal in live):
        return Evidence(masses=tuple(masses))
    memories = example(reply, texts, cast)
    if edit is not None:
        memories += corrections(reply, texts, edit, cast)
    return Evidence(
        memories=tuple(memories),
        masses=tuple(masses),
        rows=tuple(rows(reply, texts, edit, cast)),
    )


def trusted_edit(live: Sequence[Signal], texts: Versions) -> Signal | None:
    """Returns the trusted signal of the edit whose text is known, None where there is none."""
    if texts.edited is None:
        return None
    name = digest(texts.edited)
    found = [
        signal
        for signal in live
        if signal.kind is SignalKind.EDIT and signal.trust > 0 and signal.content == name
    ]
    return found[-1] if found else None


def credited(reply: Reply) -> frozenset[str]:
    """Returns the phrases that a vote on the App's own text gives credit to."""
    if reply.abstained:
        return frozenset()
    return frozenset(vote_shares(versions(reply, (), own_login="").original, _background(reply)))


def _background(reply: Reply) -> list[str]:
    return [reply.question, *(source.text for source in reply.sources)]


def _vote_masses(reply: Reply, texts: Versions, cast: Sequence[Vote]) -> list[PhraseMass]:
    background = _background(reply)
    shares = {text: vote_shares(text, background) for text in {_text(texts, one) for one in cast}}
    return [
        PhraseMass(
            repository_id=reply.repository_id,
            reply_id=reply.id,
            phrase=phrase,
            mass=share * vote.value * vote.trust,
            at=vote.at,
            person=vote.person.login,
            url=vote.url,
            kind=vote.kind,
            read_at=vote.read_at,
        )
        for vote in cast
        for phrase, share in shares[_text(texts, vote)].items()
    ]


def _text(texts: Versions, vote: Vote) -> str:
    return texts.edited if vote.edited and texts.edited is not None else texts.original


def _edit_masses(reply: Reply, texts: Versions, edit: Signal) -> list[PhraseMass]:
    if texts.edited is None:
        return []
    found = changes(texts.original, texts.edited)
    if reply.abstained:
        found = changes("", changed_sentences(texts.original, texts.edited)[1])
    return [
        PhraseMass(
            repository_id=reply.repository_id,
            reply_id=reply.id,
            phrase=phrase,
            mass=share * edit.value * edit.trust,
            at=edit.first_seen,
            person=edit.person.login,
            url=edit.url,
            kind=SignalKind.EDIT,
            read_at=edit.read_at,
        )
        for phrase, share in edit_shares(found).items()
    ]
