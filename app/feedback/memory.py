"""Memories: corrections and examples for the next answer, from one reply's feedback."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz.distance import LCSseq

from app.domain import Memory, MemoryKind, Reply, Signal
from app.feedback.sentences import Sentence, sentences
from app.feedback.versions import Versions
from app.feedback.votes import Vote, verdict_on, vouched

EXAMPLE_NET = 0.5
"""Net trusted votes that make an answer an example, one of them of a person trusted alone."""


def corrections(reply: Reply, texts: Versions, edit: Signal, cast: Sequence[Vote]) -> list[Memory]:
    """Returns what a person's edit of a reply is to be remembered by, at most one memory.

    Holds the sentences that were changed, in both versions, so that the new ones can be
    quoted. Where sentences were only struck out they are a bad example instead. The weight
    is the editor's trust less what trusted votes on the edited text hold against it.

    Args:
        reply: the reply, for its question and place; where it abstained, nothing in it was wrong.
        texts: its two texts; nothing is remembered where `edited` is None.
        edit: the edit's live signal.
        cast: all votes on the reply.
    """
    if texts.edited is None:
        return []
    before, after = changed_sentences(texts.original, texts.edited)
    if reply.abstained:
        before = ""
    weight = min(1.0, max(0.0, edit.trust + min(0.0, verdict_on(cast, edited=True).net)))
    if weight <= 0 or not (before or after):
        return []
    memory = Memory(
        repository_id=reply.repository_id,
        reply_id=reply.id,
        kind=MemoryKind.CORRECTION,
        question=reply.question,
        before=before,
        after=after,
        author=edit.person.login,
        url=reply.url,
        weight=weight,
        created_at=edit.first_seen,
    )
    if not after:
        return [replace(memory, kind=MemoryKind.BAD, before="", after=before)]
    return [memory]


def example(reply: Reply, texts: Versions, cast: Sequence[Vote]) -> list[Memory]:
    """Returns a good or bad example where trusted votes agree on the App's text, at most one.

    Nothing is made of an answer that was edited, for its correction says more, nor of one
    that trusted people disagree about, nor of what only people say who are not trusted alone.
    """
    found = verdict_on(cast, edited=False)
    if texts.edited is not None or found.contradicted or abs(found.net) < EXAMPLE_NET:
        return []
    deciding = [vote for vote in cast if not vote.edited and (vote.value > 0) == (found.net > 0)]
    if not vouched(deciding):
        return []
    strongest = max(deciding, key=lambda vote: vote.trust * abs(vote.value))
    return [
        Memory(
            repository_id=reply.repository_id,
            reply_id=reply.id,
            kind=MemoryKind.GOOD if found.net > 0 else MemoryKind.BAD,
            question=reply.question,
            before="",
            after=texts.original,
            author=strongest.person.login,
            url=reply.url,
            weight=min(1.0, abs(found.net)),
            created_at=max(vote.at for vote in deciding),
        )
    ]


def changed_sentences(before: str, after: str) -> tuple[str, str]:
    """Returns the sentences that went and those that came, a line each; moved ones are neither."""
    old, new = sentences(before), sentences(after)
    numbers: dict[object, int] = {}
    first, second = (
        "".join(chr(numbers.setdefault(sentence.key, len(numbers))) for sentence in side)
        for side in (old, new)
    )
    gone: list[Sentence] = []
    come: list[Sentence] = []
    for code in LCSseq.opcodes(first, second):
        if code.tag != "equal":
            gone += old[code.src_start : code.src_end]
            come += new[code.dest_start : code.dest_end]
    moved = Counter(sentence.key for sentence in gone) & Counter(item.key for item in come)
    return _lines(gone, Counter(moved)), _lines(come, Counter(moved))


def _lines(found: Sequence[Sentence], moved: Counter[object]) -> str:
    kept = []
    for sentence in found:
        if moved[sentence.key] > 0:
            moved[sentence.key] -= 1
        else:
            kept.append(sentence.text)
    return "\n".join(kept)
