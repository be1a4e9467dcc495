"""What was tried for an answer: each attempt, why it was not good enough, and its search tree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Fault(StrEnum):
    """The kinds of things that count against a draft."""

    PHRASE = "phrase"
    NAME = "name"
    PRINCIPLE = "principle"
    UNHELPFUL = "unhelpful"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One thing that counts against a draft.

    `what` is a phrase that people struck out, a name that exists nowhere, the question of a
    principle, or a sentence of an answer that did not help; `odds`, below 0, is what it costs,
    and of a principle the log-odds that the draft is as it asks. Of a sentence it is 0: it is
    out of question.
    """

    fault: Fault
    what: str
    odds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Opinion:
    """What a model says of a draft by one principle: the log-odds that it is as wanted.

    `odds` are the model's own; `score` is what they count once they are calibrated and bounded,
    and `weight` how much among the principles. `key` tells the principle from others whatever
    its name; `asks` is its question with the answer that is wanted.
    """

    principle: str
    odds: float
    score: float = 0.0
    weight: float = 1.0
    key: str = ""
    asks: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Branch:
    """A text of a search tree: what it adds to the text that it continues.

    Attributes:
        parent: the place in `Tried.branches` of what it continues; -1 for a beginning.
        text: what it adds.
        score: its log-odds; None where it was out of question.
        logprob: of what it adds, in nats.
        finished: whether the writer ended it.
        chosen: whether the attempt's text begins with it.
        parts: what the score is made of, by name, in log-odds.
        opinions: the log-odds by each of `Tried.principles`; empty where it was not asked about.
        ruled_out: why it was out of question, in words; empty where it was not.
    """

    parent: int = -1
    text: str
    score: float | None = None
    logprob: float = 0.0
    finished: bool = False
    chosen: bool = False
    parts: Mapping[str, float] = field(default_factory=dict)
    opinions: Sequence[float] = ()
    ruled_out: str = ""


class Course(StrEnum):
    """How an attempt was kept from the faults of those before it."""

    FIRST = "first"
    TOLD = "told"
    BANNED = "banned"


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """One attempt at an answer.

    Attributes:
        course: `told` of the reasons in its prompt; `banned` where the model takes no free
            prompt, and so only had to do without `banned`.
        banned: sentences that it had to do without.
        text: what it came to, as it would have been posted; empty where nothing could be said.
        score: of that text, in log-odds.
        standing: what is held against the limit, in log-odds; 0 where nothing could be said.
        accepted: whether it was good enough.
        reasons: what counts against it, the worst first; an accepted one may have some.
        principles: what the `opinions` of branches are about, in that order.
        branches: the texts that the search looked at, each after the one that it continues.
        left_out: how many of them are not kept.
        pieces: how many were sampled.
    """

    course: Course = Course.FIRST
    banned: Sequence[str] = ()
    text: str = ""
    score: float = 0.0
    standing: float = 0.0
    accepted: bool = False
    reasons: Sequence[Reason] = ()
    principles: Sequence[str] = ()
    branches: Sequence[Branch] = ()
    left_out: int = 0
    pieces: int = 0


class Outcome(StrEnum):
    """What became of a question: an answer, none that was good enough, or none in the text."""

    ANSWERED = "answered"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class WholeText:
    """A text of a search that could have been posted as it is.

    Attributes:
        text: as replies' texts are learned from: without marks of sources and remarks.
        score: in log-odds.
        taught: the addresses of the replies whose corrections it quotes.
    """

    text: str
    score: float
    taught: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AskTree:
    """All that was tried for one ask. `min_score` is the limit that was in force.

    `drafts` are the whole texts that a person may pick among, the best score first; `more` is how
    many others the searches looked at.
    """

    ask_key: str
    repository_id: int
    question: str
    outcome: Outcome
    min_score: float
    tried: Sequence[Tried]
    created_at: datetime
    drafts: Sequence[WholeText] = ()
    more: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Pick:
    """What a person picked as the best among the drafts of one ask.

    Attributes:
        ask_key: of the ask; it has one pick at most.
        repository_id: GitHub's id of its repository.
        chosen: the text that was picked.
        others: texts that it was picked over, the posted one first, at least one.
        taught: the addresses of the replies whose corrections any of these texts quotes.
        by: who picked: a login, or what stands for whoever runs Treadle.
        at: when.
    """

    ask_key: str
    repository_id: int
    chosen: str
    others: Sequence[str]
    taught: Sequence[str] = ()
    by: str
    at: datetime
