"""What people made of earlier answers, brought to bear on a new question.

A memory bears on a question in two ways. Where the questions are alike, all that people made
of the earlier answer counts. And a sentence that somebody corrected is wrong whatever is
asked: where it would be quoted again, its correction takes its place.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz, process

from app.domain import Hit, Memory, MemoryKind, Passage, Question, SourceKind
from app.text.quotable import units
from app.text.words import phrase_tokens, search_words
from app.weave.candidates import quoted
from app.weave.features import coverage
from app.weave.likeness import (
    LOOKED_UP,
    Signs,
    covered,
    enough,
    likeness,
    parts,
    spelt_alike,
    together,
)
from app.weave.question import Asked, take_apart
from app.weave.relevance import logit, probability

ALIKE = 0.45
"""Questions at least this similar by their words alone share what was said of their sources."""
LIKELY = 0.33
"""From this chance on that two questions ask for the same they share what was learned of one."""
CROWD = 0.5
"""That limit's odds grow with the number of memories to this power: among many, more are alike by
chance."""
MOST_AHEAD = 0.4
"""How far the share of the new question that is covered may be ahead of that of the other."""
MOST = 20
"""Remembered questions, those most alike by their words, that are looked up beside the new one."""

SAME = 94.0
"""Sentences at least this similar, in percent, count as the same; less may be another verb."""

REVISED = 50.0
"""A struck sentence and a new one at least this similar, in percent, are versions of one."""

TAUGHT = 4.0
STRUCK = -8.0
KEPT = 1.0
LIKED = 1.5
DISLIKED = -2.0
_WORTH = {
    MemoryKind.CORRECTION: KEPT,
    MemoryKind.GOOD: LIKED,
    MemoryKind.BAD: DISLIKED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Recalled:
    """A memory that bears on the question; `similarity` of the questions in [0, 1], 0 where
    they are not alike.

    `added` are the sentences a correction brought, `removed` those it struck out, `kept` the
    others; for an example all its sentences are kept. `revised` are those struck out for a
    version of themselves, and `inherited` gives each such version the score of the sentence
    of the repository whose place it takes. All sentences are in normal form.
    """

    memory: Memory
    similarity: float
    added: Sequence[str]
    removed: Sequence[str]
    kept: Sequence[str]
    revised: frozenset[str] = frozenset()
    inherited: Mapping[str, float] = field(default_factory=dict)

    @property
    def strength(self) -> float:
        """How much it counts, in [0, 1]."""
        return self.similarity * self.memory.weight

    @property
    def passage(self) -> Passage:
        """The corrected answer as a source that can be quoted."""
        return Passage(
            path="",
            start_line=1,
            end_line=self.memory.after.count("\n") + 1,
            title=self.memory.question,
            text=self.memory.after,
            kind=SourceKind.CORRECTION,
            url=self.memory.url,
            author=self.memory.author,
            memory_id=self.memory.id,
        )


Search = Callable[[str, int], Sequence[Hit]]


def _nothing(text: str, limit: int) -> Sequence[Hit]:
    """Finds nothing, so that questions are compared by their words alone."""
    del text, limit
    return ()


def normal(text: str) -> str:
    """Returns the form in which sentences are compared: lower-cased tokens, single spaces."""
    return " ".join(phrase_tokens(text))


def similarity(asked: Asked, other: Asked) -> float:
    """Returns how alike two questions are: the lower of the shares they cover of each other."""
    ours = frozenset(concept.word for concept in asked.concepts)
    theirs = frozenset(concept.word for concept in other.concepts)
    if not ours or not theirs:
        return 0.0
    forth, back = coverage(asked, theirs, 0.8), coverage(other, ours, 0.8)
    return 2 * forth * back / (forth + back) if forth and back else 0.0


def recall(
    asked: Asked,
    memories: Sequence[Memory],
    rarity: Callable[[str], float],
    standing: Mapping[str, float] | None = None,
    search: Search = _nothing,
) -> list[Recalled]:
    """Returns the memories that bear on a question, the most similar first.

    Args:
        asked: the question.
        memories: all that the repository remembers.
        rarity: the inverse document frequency of a stem.
        standing: the sentences that the repository offers, in normal form, with their scores.
        search: finds so many passages of the repository for a text, to compare questions by.
    """
    alike = _alike(asked, memories, rarity, search)
    found = []
    for memory in memories:
        recalled = _recalled(memory, alike.get(memory.id, 0.0), standing or {})
        if recalled.similarity or recalled.inherited:
            found.append(recalled)
    return sorted(found, key=lambda one: (-one.similarity, -one.memory.id))


def _alike(
    asked: Asked, memories: Sequence[Memory], rarity: Callable[[str], float], search: Search
) -> dict[int, float]:
    """Returns how similar the questions of memories are, by id, those that are alike alone.

    The same words are the same question. At the limit that two are alike similarity is seven
    tenths, for whatever is recalled at all is to be seen.
    """
    said = parts(asked)
    # In log-odds; of one memory it is that of `LIKELY`.
    limit = logit(LIKELY) + CROWD * math.log(max(1, len(memories)))
    known: dict[int, tuple[Signs, str]] = {}
    found: dict[int, float] = {}
    for memory in memories:
        then = take_apart(Question(text=memory.question), rarity)
        if said and parts(then) == said:
            found[memory.id] = 1.0
        else:
            known[memory.id] = signs(asked, then, memory, rarity), then.text
    # Where not even the same passages would do, nothing is looked up.
    hopeful = [
        one
        for one, (told, _) in known.items()
        if logit(likeness(replace(told, found=1.0))) >= limit
    ]
    hopeful.sort(key=lambda one: -likeness(known[one][0]))
    hits = search(asked.text, LOOKED_UP) if hopeful else ()
    for one in hopeful[:MOST]:
        told, text = known[one]
        same = together(hits, search(text, LOOKED_UP))
        odds = logit(likeness(replace(told, found=same)))
        if odds >= limit:
            found[one] = math.sqrt(probability(odds - limit))
    return found


def signs(asked: Asked, then: Asked, memory: Memory, rarity: Callable[[str], float]) -> Signs:
    """Returns what speaks for a question asking what a remembered one asked, before anything is
    looked up: nothing is `found`.

    Args:
        asked: the question.
        then: the remembered question.
        memory: what was made of it.
        rarity: the inverse document frequency of a stem.
    """
    words = parts(then)
    before, after = _stems(memory.before), _stems(memory.after)
    taught = after - before if memory.kind is MemoryKind.CORRECTION else frozenset()
    back = covered(then, parts(asked), rarity)
    # One word in common may be all of a short question, and next to nothing of a long one.
    forth = min(covered(asked, words | taught, rarity), MOST_AHEAD + back)
    return Signs(
        forth=forth,
        back=back,
        answered=covered(asked, before if memory.before else after, rarity, kin=0.0),
        spelt=enough(asked, rarity) * spelt_alike(asked.text, _brought(memory), rarity),
        found=0.0,
    )


def _recalled(memory: Memory, similarity: float, standing: Mapping[str, float]) -> Recalled:
    after = _sentences(memory.after)
    if memory.kind is not MemoryKind.CORRECTION:
        return Recalled(memory=memory, similarity=similarity, added=(), removed=(), kept=after)
    before = _sentences(memory.before)
    added = [said for said in after if said not in before]
    removed = [said for said in before if said not in after]
    revised = {}
    for old in removed:
        version = process.extractOne(old, added, scorer=fuzz.ratio, score_cutoff=REVISED)
        if version is not None:
            revised[old] = version[0]
    inherited: dict[str, float] = {}
    for old, new in revised.items():
        place = process.extractOne(old, standing.keys(), scorer=fuzz.ratio, score_cutoff=SAME)
        if place is not None:
            inherited[new] = max(inherited.get(new, -math.inf), standing[place[0]])
    return Recalled(
        memory=memory,
        similarity=similarity,
        added=added,
        removed=removed,
        kept=[said for said in after if said in before],
        revised=frozenset(revised),
        inherited=inherited,
    )


def counting_most(recalled: Sequence[Recalled]) -> list[Memory]:
    """Returns memories of questions alike by similarity and trust together, the first most."""
    alike = [one for one in recalled if one.strength > 0]
    return [one.memory for one in sorted(alike, key=lambda one: (-one.strength, -one.memory.id))]


def _stems(text: str) -> frozenset[str]:
    return frozenset(search_words(text))


def _brought(memory: Memory) -> str:
    """Returns the sentences that a correction brought, in normal form; of examples none."""
    if memory.kind is not MemoryKind.CORRECTION:
        return ""
    before = _sentences(memory.before)
    return " ".join(said for said in _sentences(memory.after) if said not in before)


def strikes(memory: Memory, text: str) -> bool:
    """Tells whether a correction struck out a sentence like this one."""
    if memory.kind is not MemoryKind.CORRECTION:
        return False
    kept = _sentences(memory.after)
    removed = [said for said in _sentences(memory.before) if said not in kept]
    return _likeness(normal(text), removed) >= SAME


def _sentences(markdown: str) -> list[str]:
    return [said for unit in units(markdown, "") if (said := normal(quoted(unit)))]


def effect(
    said: str, score: float, best: float, recalled: Sequence[Recalled], memory_id: int | None
) -> float:
    """Returns what memories add to a sentence's score.

    At full strength a sentence that was taught stands `TAUGHT` above the best of all, and one
    that was struck out `STRUCK` below; less strength goes less of the way. One that was struck
    out for a version of itself goes by the trust in that alone, whatever was asked.

    Args:
        said: the sentence in normal form.
        score: its score so far.
        best: the highest score of all sentences.
        recalled: the memories that bear on the question.
        memory_id: of the correction that the sentence is quoted from, if it is.
    """
    total = 0.0
    for one in recalled:
        new, old, same = (_likeness(said, known) for known in (one.added, one.removed, one.kept))
        if one.memory.id == memory_id and new >= SAME:
            total += one.strength * (best - score + TAUGHT)
        elif old >= SAME and old > new:
            wrong = _likeness(said, tuple(one.revised)) >= SAME
            strength = one.memory.weight if wrong else one.strength
            total += strength * min(0.0, best - score + STRUCK)
        elif same >= SAME:
            total += one.strength * _WORTH[one.memory.kind]
    return total


def _likeness(said: str, known: Sequence[str]) -> float:
    return max((fuzz.ratio(said, other) for other in known), default=0.0)
