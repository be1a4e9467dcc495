"""What people's votes say of the passages that an answer cited."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Regard:
    """One person's vote on an answer, as far as it is about one passage that the answer cited.

    `path` and `digest` (`Passage.digest`) name the passage, whatever its lines are today;
    `question` is what was asked. `mass` is signed: value times trust, divided over the passages
    that were cited; `trust` in [0, 1] is the person's, `url` leads to what they said.
    """

    repository_id: int
    reply_id: int
    question: str
    path: str
    digest: str
    mass: float
    trust: float
    at: datetime
    person: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A passage whose rank votes moved for a question: its search score counts `factor` times.

    `urls` lead to the votes that moved it, the weightiest first.
    """

    path: str
    title: str
    line: int
    factor: float
    urls: tuple[str, ...]
