"""Questions, drafts and answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.knowledge import Passage
from app.domain.learning import Memory, PhraseWeight
from app.domain.regards import Moved
from app.domain.trees import Opinion, Tried, WholeText


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What is asked, and where: `text` is the command's argument, `title` and `body` are of the
    thread. `unhelpful` is an answer to it that did not help, where another one is wanted."""

    text: str
    title: str = ""
    body: str = ""
    unhelpful: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A sampled continuation: its text, whether the answer ends with it, its log-probability."""

    text: str
    finished: bool
    logprob: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """What an answer cost its model: tokens read and written, and money where prices are set.

    `cached` of the `read` tokens were computed before and only looked up; `cost` is in the
    currency of the prices.
    """

    read: int = 0
    cached: int = 0
    written: int = 0
    cost: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            read=self.read + other.read,
            cached=self.cached + other.cached,
            written=self.written + other.written,
            cost=self.cost + other.cost,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Prompt:
    """What a generator is given: the laid-out text, and its parts for one that needs no text.

    `opening` is what an answer is begun with where the model has no chat template; `shown` is
    how many of the sources, the first ones, stand in the text.
    """

    text: str
    opening: str = ""
    shown: int = 0
    question: Question
    sources: Sequence[Passage]
    examples: Sequence[Memory] = ()
    hints: Sequence[PhraseWeight] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """A sentence of an answer and the source (index into `Answer.sources`) that carries it.

    `lead` is what the model says before it, such as `In short:`.
    """

    text: str
    source: int
    lead: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PhraseUse:
    """A phrase of the dictionary found in an answer, and what it did to the answer's score."""

    phrase: str
    weight: float
    effect: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The chosen draft.

    `confidence` in [0, 1] is the estimated chance that the sources answer the question;
    `score` is the draft's log-odds. An abstaining answer has no quotes and names `nearest`;
    `refused` tells that it does so since no draft was good enough. `tried` are the attempts,
    `drafts` the whole texts of theirs that are kept, and `more` is how many others there were.
    Where a model wrote the text, `quotes` are its sentences that cite a source. `whole` tells
    that it could sample whole answers alone, and continue none. `left_out` counts the passages
    that its prompt had no room for. `tokens` is roughly the prompt's length, `usage` what the
    model, if any, cost. `opinions` are what it said of the text when asked, by principle.
    `moved` are the sources whose rank votes on earlier answers moved.
    """

    text: str
    quotes: Sequence[Quote] = ()
    sources: Sequence[Passage] = ()
    confidence: float
    score: float
    abstained: bool = False
    nearest: Sequence[str] = ()
    phrases: Sequence[PhraseUse] = ()
    opinions: Sequence[Opinion] = ()
    memories: Sequence[int] = ()
    moved: Sequence[Moved] = ()
    facts: Sequence[str] = ()
    refused: bool = False
    tried: Sequence[Tried] = field(default=(), repr=False, compare=False)
    drafts: Sequence[WholeText] = field(default=(), repr=False, compare=False)
    more: int = field(default=0, repr=False, compare=False)
    restarts: int = 0
    pieces: int = 0
    evaluations: int = 0
    whole: bool = False
    left_out: int = 0
    tokens: int = 0
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    adapter: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftRecord:
    """An answer laid out for posting, kept from the step that drafts to the one that posts.

    `body` is what will be posted, the hidden block included; the fields in between are those
    of the `Reply` that it becomes. `details` is what else is worth keeping of the answer, as
    JSON values.
    """

    body: str
    question: str
    answer: str
    block: Mapping[str, object] = field(default_factory=dict)
    sources: Sequence[Passage] = ()
    dictionary_version: int = 0
    abstained: bool = False
    details: Mapping[str, object] = field(default_factory=dict)
    created_at: datetime
