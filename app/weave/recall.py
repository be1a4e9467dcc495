"""What people made of earlier answers, brought to bear on a question like theirs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from app.domain import Memory, MemoryKind, Passage, Question, SourceKind
from app.text.quotable import units
from app.text.words import phrase_tokens
from app.weave.candidates import quoted
from app.weave.features import coverage
from app.weave.question import Asked, take_apart

ALIKE = 0.45
"""Questions at least this similar share what was learned of one of them."""

SAME = 85.0
"""Sentences at least this similar, in percent, count as the same."""

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
    """A memory that bears on the question; `similarity` in [0, 1].

    `added` are the sentences a correction brought, `removed` those it struck out, `kept` the
    others; for an example all its sentences are kept. All are in normal form.
    """

    memory: Memory
    similarity: float
    added: Sequence[str]
    removed: Sequence[str]
    kept: Sequence[str]

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
    asked: Asked, memories: Sequence[Memory], rarity: Callable[[str], float]
) -> list[Recalled]:
    """Returns the memories that bear on a question, the most similar first."""
    found = []
    for memory in memories:
        alike = similarity(asked, take_apart(Question(text=memory.question), rarity))
        if alike < ALIKE:
            continue
        after = _sentences(memory.after)
        before = _sentences(memory.before) if memory.kind is MemoryKind.CORRECTION else []
        correction = memory.kind is MemoryKind.CORRECTION
        found.append(
            Recalled(
                memory=memory,
                similarity=alike,
                added=[said for said in after if correction and said not in before],
                removed=[said for said in before if said not in after],
                kept=[said for said in after if not correction or said in before],
            )
        )
    return sorted(found, key=lambda one: (-one.similarity, -one.memory.id))


def _sentences(markdown: str) -> list[str]:
    return [said for unit in units(markdown, "") if (said := normal(quoted(unit)))]


def effect(
    said: str, score: float, best: float, recalled: Sequence[Recalled], memory_id: int | None
) -> float:
    """Returns what memories add to a sentence's score.

    At full strength a sentence that was taught stands `TAUGHT` above the best of all, and one
    that was struck out `STRUCK` below; less strength goes less of the way.

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
            total += one.strength * min(0.0, best - score + STRUCK)
        elif same >= SAME:
            total += one.strength * _WORTH[one.memory.kind]
    return total


def _likeness(said: str, known: Sequence[str]) -> float:
    return max((fuzz.ratio(said, other) for other in known), default=0.0)
