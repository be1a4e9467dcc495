"""What a question finds: passages, what was learned that bears on it, each sentence's fit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from app.domain import Hit, Memory, MemoryKind, Moved, Passage, Question, Regard
from app.ports.knowledge import Corpus
from app.weave.candidates import Candidate, candidates
from app.weave.confidence import Signs, signs
from app.weave.features import features
from app.weave.question import NEVER, Asked, take_apart
from app.weave.recall import Recalled, normal, recall
from app.weave.regarded import moved
from app.weave.relevance import match, sentence_scores
from app.weave.repeated import Repeated

VAGUE = 2
"""Questions of fewer content words that point at something are read together with the title
of their thread."""
_POINTING = re.compile(r"\b(?:this|that|these|those|it|here)\b", re.IGNORECASE)
UNLIKE = -50.0
"""The score of a correction's other sentences where the questions are not alike."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What a question found: sources, corrections last, and each sentence's fit.

    `repeated` are sentences of the sources that are not offered, since an answer that did not
    help said them; `moved` the passages whose rank votes moved.
    """

    asked: Asked
    recalled: Sequence[Recalled]
    sources: Sequence[Passage]
    offered: Sequence[Candidate]
    scores: Sequence[float]
    signs: Signs
    repeated: Sequence[str] = ()
    moved: Sequence[Moved] = ()


def find(
    question: Question,
    corpus: Corpus,
    memories: Sequence[Memory],
    *,
    retrieved: int,
    regards: Sequence[Regard] = (),
) -> Found:
    """Looks a question up in a corpus and in what is remembered.

    Args:
        question: what is asked, with the thread it is asked in.
        corpus: the repository's text.
        memories: all that the repository remembers.
        retrieved: passages to look at.
        regards: what votes say of passages, as they count today.
    """
    asked = take_apart(question, corpus.rarity)
    pointing = bool(_POINTING.search(question.text)) or not asked.concepts
    if pointing and len(asked.concepts) < VAGUE and question.title:
        # "How do I fix this?" is about what the thread is about.
        whole = replace(question, text=f"{question.text}\n\n{question.title}")
        asked = take_apart(whole, corpus.rarity)
    found = corpus.search(asked.text, retrieved)
    # How sure an answer is goes by what was found, not by what people like.
    highest = found[0].score if found else 0.0
    hits, changed = moved(asked, found, regards, corpus.rarity)
    own = [hit.passage for hit in hits]
    shares = _shares(hits)
    before = Repeated(question.unhelpful)
    every = candidates(own)
    offered = [one for one in every if not before.holds(one)]
    scores = sentence_scores(asked, offered, shares)
    best = offered[max(range(len(scores)), key=lambda at: scores[at])] if offered else None
    fits = signs(
        asked,
        best,
        match(features(asked, best, shares[best.source])) if best else 0.0,
        retrieved=highest,
        ceiling=corpus.rarity(NEVER),
    )
    standing = _standing(offered, scores) if memories else {}
    recalled = recall(asked, memories, corpus.rarity, standing, corpus.search)
    taught = [one for one in recalled if one.memory.kind is MemoryKind.CORRECTION]
    if taught:
        # After the repository's own sentences, which keep their places and scores.
        sources = [*own, *(one.passage for one in taught)]
        every = candidates(sources)
        fresh = [one for one in every if not before.holds(one)]
        new = fresh[len(offered) :]
        fitted = sentence_scores(asked, new, [*shares, *(1.0 for _ in taught)])
        scores = [*scores, *map(partial(_taught, taught), new, fitted)]
        own, offered = sources, fresh
    return Found(
        asked=asked,
        recalled=recalled,
        sources=own,
        offered=offered,
        scores=scores,
        signs=fits,
        repeated=[one.text for one in every if before.holds(one)],
        moved=changed,
    )


def _standing(offered: Sequence[Candidate], scores: Sequence[float]) -> dict[str, float]:
    """Returns what the repository's own sentences, in normal form, score."""
    found: dict[str, float] = {}
    for candidate, score in zip(offered, scores, strict=True):
        said = normal(candidate.text)
        found[said] = max(found.get(said, score), score)
    return found


def _taught(taught: Sequence[Recalled], candidate: Candidate, fitted: float) -> float:
    """Scores a sentence of a correction: as it fits where the questions are alike, and at
    least as the sentence whose place it takes."""
    one = next(one for one in taught if one.memory.id == candidate.passage.memory_id)
    inherited = one.inherited.get(normal(candidate.text), UNLIKE)
    return max(inherited, fitted) if one.similarity else inherited


def _shares(hits: Sequence[Hit]) -> list[float]:
    return [hit.score / hits[0].score if hits[0].score else 0.0 for hit in hits]
