"""Training of adapters as values: what is learned from, what a run is, what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """One reply's feedback as a model reads and writes it.

    `prompt` is laid out as for an answer, and `chosen` and `rejected` are whole answers to it in
    the model's own form; one of them is empty where people said nothing of it. `question` and
    `wanted` are the same in people's words, `wanted` being the text that they left or liked.
    `weight` in (0, 1] is the trust behind it, `thread` the number of the issue or pull request;
    `reply_id`, `people` and `urls` tell where it came from. One that is `imported` is of a row
    that came from a file: it has no reply here and no thread, both are 0.
    """

    repository_id: int
    reply_id: int
    thread: int
    question: str
    prompt: str
    chosen: str = ""
    rejected: str = ""
    wanted: str = ""
    weight: float
    people: Sequence[str]
    urls: Sequence[str]
    created_at: datetime
    imported: bool = False

    @property
    def is_pair(self) -> bool:
        """Tells whether one text is preferred to another."""
        return bool(self.chosen and self.rejected)


class RunState(StrEnum):
    """How far a training run is. The last four are final."""

    WAITING = "waiting"
    RUNNING = "running"
    PROMOTED = "promoted"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """Where a running training is: `step` of `steps` in a `phase` such as "sft" or "gate"."""

    phase: str = ""
    step: int = 0
    steps: int = 0
    loss: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One training run of a repository.

    `reason` says in words why it ended as it did; `by` is the login of who asked for it, empty
    where the schedule did; `adapter` is the name of what it made, empty while there is nothing.
    """

    id: str
    repository_id: int
    state: RunState
    by: str = ""
    reason: str = ""
    adapter: str = ""
    progress: Progress = field(default_factory=Progress)
    cancel: bool = False
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that the gate looked at: what it found, what it wants, and whether that holds.

    `value` is None where it could not be measured, which never passes. `about` says in words
    what was found, for people.
    """

    name: str
    value: float | None
    wanted: str
    passed: bool
    about: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What the gate says of an adapter; it passes where all findings do."""

    findings: Sequence[Finding]

    @property
    def passed(self) -> bool:
        """Tells whether the adapter may be used."""
        return bool(self.findings) and all(finding.passed for finding in self.findings)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Says in words what did not pass."""
        return tuple(finding.about for finding in self.findings if not finding.passed)


@dataclass(frozen=True, kw_only=True, slots=True)
class AdapterVersion:
    """One immutable version of a repository's adapter.

    `name` never means another one, and no name begins with another. `base` is the name of the
    base model and `base_hash` the SHA-256 over its weights; `data_hash` is that of the snapshot
    it was trained on, `files` maps the names of its files to their SHA-256. `recipe` and `metrics`
    are JSON values. `trained_on` are the addresses of the replies that it learned from, and what
    rows that came from files are known by, None where that is not known; `taken_back_at` is when
    somebody took back any of that.
    """

    name: str
    repository_id: int
    number: int
    run_id: str
    base: str
    base_hash: str
    data_hash: str
    seed: int
    recipe: Mapping[str, Any]
    metrics: Mapping[str, Any]
    verdict: Verdict
    files: Mapping[str, str]
    created_at: datetime
    retired_at: datetime | None = None
    trained_on: Sequence[str] | None = None
    taken_back_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Promotion:
    """A change of the adapter that a repository's answers use; `adapter` is "" for none."""

    repository_id: int
    adapter: str
    by: str
    reason: str
    at: datetime
