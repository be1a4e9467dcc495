"""Preference rows: what one reply's feedback is to training, each with where it came from.

- pair: a person's edit is chosen over the App's text.
- unpaired: a text that trusted votes agree on, as chosen or as rejected.
- coh: both kinds once more as Chain of Hindsight reads them (Liu, Sferrazza, Abbeel 2023),
  texts marked in words: p a good one, n a bad one, pn and np a pair in either order. Only
  the texts bear loss, not the prompt and the marks.

Where trusted people stand on both sides of a text no row is made of it. Nor is one of votes
alone of which none is a triager's or writer's: whoever asks is trusted with the answer that they
got, but everybody may ask.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from app.domain import (
    Permission,
    PreferenceRow,
    Reply,
    RowKind,
    RowOrigin,
    Signal,
    SignalKind,
)
from app.feedback.memory import EXAMPLE_NET, changed_sentences
from app.feedback.versions import Versions
from app.feedback.votes import Vote, trusted_dislike, verdict_on, vouched

GOOD_MARK = "A helpful answer: "
BAD_MARK = "An unhelpful answer: "


def rows(
    reply: Reply, texts: Versions, edit: Signal | None, cast: Sequence[Vote]
) -> list[PreferenceRow]:
    """Returns all rows that a reply gives, in a fixed order.

    Args:
        reply: the reply, for its question and place; where it abstained, its text is no answer
            and is neither chosen nor rejected.
        texts: its two texts.
        edit: the edit's live signal, None where there is none.
        cast: all votes on the reply.
    """
    found: list[PreferenceRow] = []
    if edit is not None:
        found += _edit_rows(reply, texts, edit, cast)
    found += _vote_rows(reply, texts.original, cast, edited=False, replaced=edit is not None)
    if texts.edited is not None:
        found += _vote_rows(reply, texts.edited, cast, edited=True, replaced=False)
    return found


def hindsight(prompt: str, texts: Sequence[tuple[str, bool]]) -> tuple[str, list[tuple[int, int]]]:
    """Writes a Chain of Hindsight sequence.

    Args:
        prompt: the question, first and without a mark.
        texts: each with whether it is a good one, in the order wanted.

    Returns:
        The sequence and the (start, end) of each text in it.
    """
    sequence = prompt
    segments = []
    for text, good in texts:
        sequence += "\n\n" + (GOOD_MARK if good else BAD_MARK)
        segments.append((len(sequence), len(sequence) + len(text)))
        sequence += text
    return sequence, segments


def _edit_rows(
    reply: Reply, texts: Versions, edit: Signal, cast: Sequence[Vote]
) -> list[PreferenceRow]:
    original, edited = texts.original, texts.edited
    if not edited or edit.trust <= 0 or trusted_dislike(verdict_on(cast, edited=True)):
        return []
    people = tuple(sorted({person.login for person in texts.editors} | {edit.person.login}))
    if reply.abstained:
        edited = changed_sentences(original, edited)[1]
        if not edited:
            return []
        row = _row(reply, RowKind.UNPAIRED, edit.trust, people, edit.first_seen)
        row = replace(row, origin=RowOrigin.EDIT)
        return [replace(row, chosen=edited), _coh(row, "p", [(edited, True)])]
    row = _row(reply, RowKind.PAIR, edit.trust, people, edit.first_seen)
    row = replace(row, origin=RowOrigin.EDIT)
    return [
        replace(row, chosen=edited, rejected=original),
        _coh(row, "pn", [(edited, True), (original, False)]),
        _coh(row, "np", [(original, False), (edited, True)]),
    ]


def _vote_rows(
    reply: Reply, text: str, cast: Sequence[Vote], *, edited: bool, replaced: bool
) -> list[PreferenceRow]:
    found = verdict_on(cast, edited=edited)
    if found.contradicted or abs(found.net) < EXAMPLE_NET or not text:
        return []
    good = found.net > 0
    if good and replaced:
        return []
    deciding = [vote for vote in cast if vote.edited is edited and (vote.value > 0) == good]
    if not vouched(deciding, least=Permission.TRIAGE):
        return []
    people = tuple(sorted({vote.person.login for vote in deciding if vote.person.login}))
    weight = min(1.0, abs(found.net))
    row = _row(reply, RowKind.UNPAIRED, weight, people, max(vote.at for vote in deciding))
    hidden = all(vote.kind is SignalKind.HIDE for vote in deciding)
    row = replace(row, origin=RowOrigin.HIDE if hidden else RowOrigin.VOTES)
    return [
        replace(row, chosen=text) if good else replace(row, rejected=text),
        _coh(row, "p" if good else "n", [(text, good)]),
    ]


def _row(
    reply: Reply, kind: RowKind, weight: float, people: Sequence[str], at: datetime
) -> PreferenceRow:
    return PreferenceRow(
        kind=kind,
        repository_id=reply.repository_id,
        reply_id=reply.id,
        number=reply.number,
        prompt=reply.question,
        weight=weight,
        people=people,
        urls=(reply.url,),
        created_at=at,
    )


def _coh(row: PreferenceRow, form: str, texts: Sequence[tuple[str, bool]]) -> PreferenceRow:
    text, segments = hindsight(row.prompt, texts)
    return replace(row, kind=RowKind.COH, form=form, text=text, segments=tuple(segments))
