"""What is learned from people: memory, phrase weights, preference data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.domain.regards import Regard
from app.domain.replies import SignalKind


class MemoryKind(StrEnum):
    """What a remembered reply is good for."""

    CORRECTION = "correction"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, kw_only=True, slots=True)
class Memory:
    """A past question with what people made of its answer.

    A correction has `before` and `after`; a good or bad example has its answer in `after`.
    `weight` in [0, 1] is the trust behind it. `id` is 0 until stored. `preference` says in one
    sentence what the correction shows that people here want, "" where nobody has said it yet;
    `preference_by` is the login of the person who put it so, "" where a model did.
    """

    id: int = 0
    repository_id: int
    reply_id: int
    kind: MemoryKind
    question: str
    before: str
    after: str
    author: str
    url: str
    weight: float
    created_at: datetime
    preference: str = ""
    preference_by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PhraseMass:
    """Evidence for or against one phrase from one signal.

    `mass` is signed and trust-weighted, not decayed; `at` is the time that decay counts from.
    `read_at` is when the bot first read it; None of what was kept before this was noted.
    """

    repository_id: int
    reply_id: int
    phrase: str
    mass: float
    at: datetime
    person: str
    url: str
    kind: SignalKind
    read_at: datetime | None = None

    @property
    def known_at(self) -> datetime:
        """Since when the bot knows it: when it was said, where more is not noted."""
        return self.read_at or self.at


@dataclass(frozen=True, kw_only=True, slots=True)
class PhraseWeight:
    """A phrase's place in the dictionary: `z` is the z-score of its log-odds ratio;
    `liked` and `disliked` are decayed masses, at least 0."""

    phrase: str
    z: float
    liked: float
    disliked: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """One person's word on an answer that was judged by principles.

    `odds` are the signed log-odds that `model` gave it, by the key of the principle; `weight`,
    at least 0, is what the word counts.
    """

    model: str
    odds: Mapping[str, float]
    liked: bool
    weight: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """How log-odds of one principle become those of people liking the answer: divided by
    `temperature`, more than 0, then `offset` added. `votes` is the weight that it rests on."""

    temperature: float = 1.0
    offset: float = 0.0
    votes: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Dictionary:
    """One version of what a repository's people taught of wording and of judging it.

    `weights` are those of phrases, `calibrations` those of principles, by model and principle;
    version 0 is empty. `regards` are what votes say of passages, as they count at the
    time; they are of no version.
    """

    repository_id: int
    version: int = 0
    weights: Mapping[str, PhraseWeight] = field(default_factory=dict)
    calibrations: Mapping[str, Calibration] = field(default_factory=dict)
    regards: Sequence[Regard] = ()


class RowKind(StrEnum):
    """The forms of preference data."""

    PAIR = "pair"
    UNPAIRED = "unpaired"
    COH = "coh"


class RowOrigin(StrEnum):
    """What people did that a row is made of.

    SIBLINGS: votes on two answers to one question. PICK: a choice among the drafts of one ask.
    UNKNOWN: it was kept before origins were, or comes from a file that does not say.
    """

    EDIT = "edit"
    VOTES = "votes"
    HIDE = "hide"
    SIBLINGS = "siblings"
    PICK = "pick"
    IMPORTED = "imported"
    UNKNOWN = "unknown"


class Consent(StrEnum):
    """What is known of the people whose words a row is made of.

    KEPT: when it left where it was made, none of them had opted out. UNKNOWN: nothing.
    """

    KEPT = "none opted out"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class PreferenceRow:
    """One row of training data and where it came from.

    pair: `chosen` and `rejected` are set; unpaired: `chosen` or `rejected` is set, the other
    empty; coh: `text` carries the marked sequence and `form` is p, n, pn or np, with
    `segments` telling which (start, end) character spans of `text` bear loss.
    """

    kind: RowKind
    repository_id: int
    reply_id: int
    number: int
    prompt: str
    chosen: str = ""
    rejected: str = ""
    text: str = ""
    form: str = ""
    segments: Sequence[tuple[int, int]] = ()
    weight: float
    people: Sequence[str]
    urls: Sequence[str]
    created_at: datetime
    origin: RowOrigin = RowOrigin.UNKNOWN
    consent: Consent = Consent.UNKNOWN


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """All that one reply teaches at one time: a pure function of its signals and revisions."""

    memories: Sequence[Memory] = ()
    masses: Sequence[PhraseMass] = ()
    rows: Sequence[PreferenceRow] = ()
