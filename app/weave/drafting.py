"""What drafting an answer takes and gives, whatever drafts: sentences quoted, or text written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.domain import Dictionary, Facts, Passage, Question, Usage
from app.layouts import Layout
from app.text.layout import without_citations
from app.weave.found import Found
from app.weave.grounding import Grounding
from app.weave.phrase_score import PhraseScore, total


@dataclass(frozen=True, kw_only=True, slots=True)
class ComposerConfig:
    """How answers are composed.

    `sentences` is the most that an answer quotes; below `min_confidence` it abstains, and
    also when `max_restarts` new drafts still have a phrase score under `min_score`.
    `retrieved` passages are looked at, `listed` named as sources, `prompt_tokens` laid out.
    """

    seed: int = 0
    sentences: int = 4
    min_score: float = 0.0
    max_restarts: int = 2
    min_confidence: float = 0.34
    retrieved: int = 80
    listed: int = 5
    prompt_tokens: int = 6000


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelUse:
    """How a language model is used.

    `layout` is how it reads, `adapter` the name of the adapter that it answers with ("" for
    none). A search asks for `pieces` pieces at most; of a model that samples only whole
    answers, for `answers`. `addresses` tells whether its word on "Does the answer address the
    question?" counts where sentences are quoted; where text is written it always does.
    """

    layout: Layout
    adapter: str = ""
    pieces: int = 72
    answers: int = 8
    addresses: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What a draft is made from. `grounding` knows the tree and all the sources found."""

    question: Question
    found: Found
    facts: Facts
    dictionary: Dictionary
    phrases: PhraseScore
    grounding: Grounding


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A sentence of a draft with the passage that carries it, and what stands before it."""

    text: str
    passage: Passage
    lead: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """The outcome of one search: nothing, where no draft could be said.

    `text` is what was written, safe to post, with the marks of its sources: `[1]` is the
    first passage of `said`; empty where sentences are quoted. `units` are the sentences that
    a new attempt must do without.
    """

    said: Sequence[Said] = ()
    text: str = ""
    units: frozenset[str] = frozenset()
    score: float = 0.0
    pieces: int = 0
    evaluations: int = 0

    @property
    def words(self) -> str:
        """What phrases are looked for in."""
        return without_citations(self.text) or "\n\n".join(
            f"{one.lead} {one.text}".strip() for one in self.said
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What drafting came to before it is decided whether to say it.

    `refused` tells that its phrase score stays under the limit; `declined` is the share in
    [0, 1] of the model's first samples that say that the sources have no answer; `whole` that it
    sampled whole answers alone; `left_out` how many passages its prompt had no room for.
    """

    last: Attempt = field(default_factory=Attempt)
    refused: bool = False
    declined: float = 0.0
    restarts: int = 0
    pieces: int = 0
    evaluations: int = 0
    whole: bool = False
    left_out: int = 0
    tokens: int = 0
    usage: Usage = field(default_factory=Usage)


class Drafter(Protocol):
    """A way to draft answers. One is used by several threads at once."""

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def adapter(self) -> str:
        """The adapter that it drafts with, "" for none."""

    def draft(self, task: Task) -> Draft:
        """Searches for the best draft."""


def until_liked(
    attempt: Callable[[frozenset[str]], Attempt],
    *,
    phrases: PhraseScore,
    min_score: float,
    max_restarts: int,
) -> Draft:
    """Attempts a draft, anew without its sentences while its phrases are disliked.

    Args:
        attempt: makes one, without the sentences that it is given.
        phrases: the dictionary's phrases.
        min_score: the least phrase score that is accepted.
        max_restarts: attempts after the first at most.
    """
    banned: frozenset[str] = frozenset()
    pieces = evaluations = restarts = 0
    while True:
        tried = attempt(banned)
        pieces += tried.pieces
        evaluations += tried.evaluations
        refused = bool(tried.said) and total(phrases.uses(tried.words)) < min_score
        if not refused or restarts == max_restarts:
            break
        restarts += 1
        banned |= tried.units
    return Draft(
        last=tried, refused=refused, restarts=restarts, pieces=pieces, evaluations=evaluations
    )
