"""What drafting an answer takes and gives, whatever drafts: sentences quoted, or text written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.domain import Dictionary, Facts, Opinion, Passage, Question, Tried, Usage, WholeText
from app.layouts import Layout
from app.layouts.remarks import without_remarks
from app.text.layout import without_citations
from app.weave.claims import Ungrounded
from app.weave.found import Found
from app.weave.grounding import Grounding
from app.weave.phrase_score import PhraseScore
from app.weave.principles import Constitution
from app.weave.prompts import MEMORY_TOKENS
from app.weave.record import Trail


@dataclass(frozen=True, kw_only=True, slots=True)
class ComposerConfig:
    """How answers are composed.

    `sentences` is the most that an answer quotes; below `min_confidence` it abstains, and
    also when `max_restarts` new drafts still stand under `min_score`.
    `retrieved` passages are looked at, `listed` named as sources, `prompt_tokens` laid out,
    of which earlier answers that people judged may have `memory_tokens`.
    Of what was tried, `tree_nodes` texts with `tree_characters` together are told at most.
    A model that writes is asked what `constitution` asks, by default the one that stands.
    `ungrounded` is what becomes of sentences that name what exists nowhere.
    """

    seed: int = 0
    sentences: int = 4
    min_score: float = 0.0
    max_restarts: int = 2
    min_confidence: float = 0.2
    retrieved: int = 80
    listed: int = 5
    prompt_tokens: int = 6000
    memory_tokens: int = MEMORY_TOKENS
    tree_nodes: int = 300
    tree_characters: int = 60_000
    constitution: Constitution | None = None
    ungrounded: Ungrounded = Ungrounded.MARK


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
    """What a draft is made from. `grounding` knows the tree, its text and all the sources found;
    `ungrounded` is what becomes of sentences that name what it does not know."""

    question: Question
    found: Found
    facts: Facts
    dictionary: Dictionary
    phrases: PhraseScore
    grounding: Grounding
    ungrounded: Ungrounded = Ungrounded.MARK


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
    a new attempt may have to do without.

    What counts against it: `invented` are the names in what was drafted that exist nowhere,
    with the log-odds that each costs; `opinions` what the model says of it; `doubt`, at most 0,
    what those cost where the model's word on its own text counts. `declined` is the share in
    [0, 1] of the first samples that say that the sources have no answer. `trail` is the search,
    for who wants to know.
    """

    said: Sequence[Said] = ()
    text: str = ""
    units: frozenset[str] = frozenset()
    score: float = 0.0
    pieces: int = 0
    evaluations: int = 0
    invented: Mapping[str, float] = field(default_factory=dict)
    opinions: Sequence[Opinion] = ()
    doubt: float = 0.0
    declined: float = 0.0
    trail: Trail | None = None

    @property
    def words(self) -> str:
        """What phrases are looked for in."""
        return without_remarks(without_citations(self.text)) or "\n\n".join(
            f"{one.lead} {one.text}".strip() for one in self.said
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What drafting came to before it is decided whether to say it.

    `refused` tells that it stays under the limit; `declined` is the share in [0, 1] of the
    model's first samples that say that the sources have no answer; `whole` that it sampled
    whole answers alone; `left_out` how many passages its prompt had no room for. `tried` are
    all attempts, `last` the last of them; `drafts` are the whole texts of them that a person may
    pick among, and `more` is how many others there were.
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
    tried: Sequence[Tried] = ()
    drafts: Sequence[WholeText] = ()
    more: int = 0


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
