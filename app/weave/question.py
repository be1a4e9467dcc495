"""A question taken apart: its words with their rarity, its names in code, what kind it is."""

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.domain import Question
from app.text.markdown import plain
from app.text.terms import FAINT, Term, terms
from app.text.words import names, search_words
from app.weave.grammar import things

NEVER = "\0"
"""A stem that no text has: the rarest."""

_KINDS = (
    ("default", r"\bdefaults?\b|\bif i (?:give|say|pass|don't)|\bwhen (?:not|nothing)\b"),
    ("why", r"\bwhy\b|\bhow come\b|\breason\b"),
    ("where", r"\bwhere\b|\bwhich (?:file|folder|directory|module|path)\b"),
    ("number", r"\bhow (?:many|much|long|often|large|big|deep|high)\b|\bmax(?:imum)?\b|\blimit\b"),
    ("error", r"\b\w*(?:Error|Exception|Warning)\b|\b(?:error|raise|fail|crash|complain)"),
    ("effect", r"\bwhat (?:happens|does|will)\b|\bdoes it\b"),
    ("how", r"\bhow\b|\bcommand\b|\bway to\b|\bwant to\b|\bi'd like\b"),
    ("can", r"^\s*(?:can|could|may|is|are|does|do|will|should|must)\b|\b(?:can|may) (?:i|it|we)\b"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Concept:
    """A word of the question: its stem, its weight in [0, 1] of the whole, and its kin.

    `related` holds how near each related word is, in [0, 1]; `thing` tells that it is a noun.
    """

    word: str
    weight: float
    rarity: float
    related: Mapping[str, float]
    thing: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question as scoring sees it. The concepts' weights add up to 1, if there are any.

    `vocabulary` are the words of all concepts and those related to them.
    """

    text: str
    concepts: tuple[Concept, ...]
    names: frozenset[str]
    kinds: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    vocabulary: frozenset[str]

    @property
    def rarity(self) -> float:
        """How much the question's words tell together: the sum of their rarities."""
        return sum(concept.rarity for concept in self.concepts)


def take_apart(question: Question, rarity: Callable[[str], float]) -> Asked:
    """Takes a question apart; `rarity` is the inverse document frequency of a stem."""
    text = plain(question.text) or question.text
    found = terms(text)
    rarities = {term.word: _rarity(term, rarity) * term.share for term in found}
    total = sum(rarities.values())
    nouns = things(text)
    concepts = tuple(
        Concept(
            word=term.word,
            weight=rarities[term.word] / total if total else 1 / len(found),
            rarity=rarities[term.word],
            related=term.related,
            thing=term.word in nouns,
        )
        for term in found
    )
    sequence = search_words(text)
    return Asked(
        text=text,
        concepts=concepts,
        names=frozenset(names(question.text)),
        kinds=frozenset(
            kind for kind, pattern in _KINDS if re.search(pattern, text, re.IGNORECASE)
        ),
        pairs=frozenset(itertools.pairwise(sequence)),
        vocabulary=frozenset(
            word for concept in concepts for word in (concept.word, *concept.related)
        ),
    )


def _rarity(term: Term, rarity: Callable[[str], float]) -> float:
    """Returns a term's rarity; a turn of speech, never in a text, has its rarest relation's."""
    own, never = rarity(term.word), rarity(NEVER)
    if own < never or "_" not in term.word or not term.related:
        return own
    return max((r for kin in term.related if (r := rarity(kin)) < never), default=FAINT * never)
