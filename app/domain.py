"""The words of Treadle as frozen values: what the parts hand to each other.

No I/O, no libraries. All times are aware datetimes in UTC; all scores are natural-log units
unless a field says otherwise; line numbers start at 1 and ranges include both ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

# --- people and places on GitHub ---------------------------------------------------------


class Permission(IntEnum):
    """What a person may do in a repository, in rising order (GitHub's `role_name`)."""

    NONE = 0
    READ = 1
    TRIAGE = 2
    WRITE = 3
    MAINTAIN = 4
    ADMIN = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A GitHub account. `id` is stable, `login` may be renamed."""

    id: int
    login: str
    is_bot: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Repository:
    """A repository that the App is installed on. `id` is GitHub's and survives renames."""

    id: int
    owner: str
    name: str
    installation_id: int
    default_branch: str = "main"
    private: bool = False

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Comment:
    """An issue comment; `app_id` is set where an App wrote it."""

    id: int
    node_id: str
    url: str
    body: str
    author: Person
    created_at: datetime
    app_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread:
    """An issue or a pull request with its comments, oldest first."""

    repository_id: int
    number: int
    title: str
    body: str
    author: Person
    url: str
    is_pull_request: bool = False
    locked: bool = False
    comments: Sequence[Comment] = ()


# --- deliveries and commands -------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What is kept of a webhook delivery: ids and hashes, never people's text.

    `commands` are the keys (`Command.key`) of the commands that this delivery newly carries,
    `removed` the ids of repositories that came out of the installation's reach.
    """

    guid: str
    event: str
    action: str
    installation_id: int
    repository_id: int | None = None
    owner: str = ""
    name: str = ""
    number: int | None = None
    comment_id: int | None = None
    comment_node_id: str = ""
    sender_id: int = 0
    own_comment: bool = False
    commands: Sequence[str] = ()
    removed: Sequence[int] = ()
    ref: str = ""
    sha: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """A command at the start of a line of a comment: `/name argument`.

    `key` is a short hash of name and argument: the same command in the same comment has
    the same key, whatever delivery carried it.
    """

    name: str
    argument: str
    key: str


class AskState(StrEnum):
    """How far an ask has come; the last four are final."""

    QUEUED = "queued"
    DRAFTED = "drafted"
    ANSWERED = "answered"
    REFUSED = "refused"
    IGNORED = "ignored"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One command in one comment that wants one reply. `key`: `ask:{node id}:{command key}`."""

    key: str
    repository_id: int
    number: int
    comment_id: int
    comment_node_id: str
    command: str
    command_key: str
    delivery_guid: str
    asker: Person | None = None
    state: AskState = AskState.QUEUED
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """Work that follows from a delivery, to be done once for each `key`.

    `name` is ask, sweep_thread or refresh; `args` are ids alone, never people's text. An
    ask's key is `Ask.key`; other work that may be wanted again carries the delivery's guid
    in its key.
    """

    name: str
    key: str
    args: Sequence[str | int] = ()


# --- knowledge ---------------------------------------------------------------------------


class SourceKind(StrEnum):
    """Where a passage comes from."""

    PROSE = "prose"
    CODE = "code"
    THREAD = "thread"
    CORRECTION = "correction"


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A piece of text that can be quoted: a Markdown section, a code symbol, a correction.

    `path` is relative to the repository root with forward slashes; for a correction it is
    empty, and `url` and `author` name the comment and the person who taught it.
    """

    path: str
    start_line: int
    end_line: int
    title: str
    text: str
    kind: SourceKind = SourceKind.PROSE
    url: str = ""
    author: str = ""
    memory_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A passage found for a question; `score` is comparable within one search only."""

    passage: Passage
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Ground truths of a repository: languages by share, manifest files, its own description."""

    languages: Sequence[str] = ()
    manifests: Sequence[str] = ()
    description: str = ""
    statements: Sequence[str] = ()


# --- questions, drafts, answers ----------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What is asked, and where: `text` is the command's argument; the rest is context."""

    text: str
    title: str = ""
    body: str = ""
    comments: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A sampled continuation: its text, whether the answer ends with it, its log-probability."""

    text: str
    finished: bool
    logprob: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Prompt:
    """What a generator is given: the laid-out text, and its parts for one that needs no text."""

    text: str
    question: Question
    sources: Sequence[Passage]
    examples: Sequence["Memory"] = ()
    hints: Sequence["PhraseWeight"] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """A sentence of an answer and the source (index into `Answer.sources`) that carries it."""

    text: str
    source: int


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
    `score` is the draft's log-odds. An abstaining answer has no quotes and names `nearest`.
    """

    text: str
    quotes: Sequence[Quote] = ()
    sources: Sequence[Passage] = ()
    confidence: float
    score: float
    abstained: bool = False
    nearest: Sequence[str] = ()
    phrases: Sequence[PhraseUse] = ()
    memories: Sequence[int] = ()
    facts: Sequence[str] = ()
    restarts: int = 0
    pieces: int = 0
    evaluations: int = 0
    tokens: int = 0
    model: str = ""


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


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyFile:
    """A configuration file as last seen: `text` is its last good version, in force still.

    `sha` is the hash of the version looked at last, `errors` what is wrong with that one.
    """

    scope: str
    sha: str
    text: str
    errors: Sequence[str] = ()


# --- replies and feedback ----------------------------------------------------------------


class ReplyState(StrEnum):
    """What has become of a reply on GitHub."""

    LIVE = "live"
    HIDDEN = "hidden"
    DELETED = "deleted"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """An answer that was posted. `body` is what the App posted, the hidden block included.

    One command of one comment gets one reply: `trigger_node_id` with `command_key`. `id` is
    0 until stored.
    """

    id: int
    repository_id: int
    number: int
    comment_id: int
    comment_node_id: str
    url: str
    trigger_comment_id: int
    trigger_node_id: str
    command_key: str = ""
    asker: Person
    question: str
    answer: str
    body: str
    block: Mapping[str, object]
    sources: Sequence[Passage] = ()
    dictionary_version: int = 0
    posted_at: datetime
    state: ReplyState = ReplyState.LIVE


@dataclass(frozen=True, kw_only=True, slots=True)
class Reaction:
    """A reaction as GitHub shows it; `content` is GitHub's REST name: +1, -1, confused, ..."""

    content: str
    person: Person
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """A version of a comment. `body` is None where GitHub no longer shows it."""

    body: str | None
    editor: Person | None
    edited_at: datetime
    deleted: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """What GitHub shows of one reply at one time. `exists` is False once it was deleted.

    `revisions` are oldest first, the creation included where GitHub lists it; empty if never
    edited.
    """

    comment_node_id: str
    seen_at: datetime
    exists: bool = True
    body: str = ""
    last_edited_at: datetime | None = None
    minimized_reason: str | None = None
    reactions: Sequence[Reaction] = ()
    revisions: Sequence[Revision] = ()


class SignalKind(StrEnum):
    """The ways in which people say what they think of a reply."""

    REACTION = "reaction"
    EDIT = "edit"
    HIDE = "hide"
    DELETE = "delete"


@dataclass(frozen=True, kw_only=True, slots=True)
class Signal:
    """One person's judgement of one reply.

    `content` is the reaction's name, the hash of an edited body, or the reason of a hide;
    `value` in [-1, 1] is its direction and strength before trust; `trust` in [0, 1].
    """

    reply_id: int
    kind: SignalKind
    content: str
    person: Person
    permission: Permission
    trust: float
    value: float
    first_seen: datetime
    removed_at: datetime | None = None
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A span that a person changed: what went, what came, and the line it stands in."""

    removed: str
    added: str
    context: str


class MemoryKind(StrEnum):
    """What a remembered reply is good for."""

    CORRECTION = "correction"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, kw_only=True, slots=True)
class Memory:
    """A past question with what people made of its answer.

    A correction has `before` and `after`; a good or bad example has its answer in `after`.
    `weight` in [0, 1] is the trust behind it. `id` is 0 until stored.
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


@dataclass(frozen=True, kw_only=True, slots=True)
class PhraseMass:
    """Evidence for or against one phrase from one signal.

    `mass` is signed and trust-weighted, not decayed; `at` is the time that decay counts from.
    """

    repository_id: int
    reply_id: int
    phrase: str
    mass: float
    at: datetime
    person: str
    url: str
    kind: SignalKind


@dataclass(frozen=True, kw_only=True, slots=True)
class PhraseWeight:
    """A phrase's place in the dictionary: `z` is the z-score of its log-odds ratio;
    `liked` and `disliked` are decayed masses, at least 0."""

    phrase: str
    z: float
    liked: float
    disliked: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Dictionary:
    """One version of a repository's phrase weights; version 0 is empty."""

    repository_id: int
    version: int = 0
    weights: Mapping[str, PhraseWeight] = field(default_factory=dict)


# --- preference data ---------------------------------------------------------------------


class RowKind(StrEnum):
    """The forms of preference data."""

    PAIR = "pair"
    UNPAIRED = "unpaired"
    COH = "coh"


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """All that one reply teaches at one time: a pure function of its signals and revisions."""

    memories: Sequence[Memory] = ()
    masses: Sequence[PhraseMass] = ()
    rows: Sequence[PreferenceRow] = ()
