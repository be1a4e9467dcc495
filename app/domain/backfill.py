"""Words of reading a repository's past."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PostedAt:
    """A comment by its ids and its place, without a word; `number` is that of its thread."""

    comment_id: int
    node_id: str
    url: str
    number: int
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Lost:
    """Something that GitHub no longer shows, or that cannot be trusted, and where it was."""

    url: str
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BackfillState:
    """How far the reading of a repository's comments has come.

    `since` leaves out what was posted before. Comments are read by their last change: `page`
    counts the pages from `cursor` on, `edge` are the ids of those that were read last, which come
    again. `pending` are the App's comments that are yet to be taken in, `orders` those of people
    that take words back or decide about phrases. `total` is about how many
    comments there were at the beginning, `comments` and `replies` count those that were read.
    """

    repository_id: int
    begun_at: datetime
    since: datetime | None = None
    cursor: datetime | None = None
    page: int = 1
    total: int = 0
    comments: int = 0
    replies: int = 0
    edge: Sequence[int] = ()
    pending: Sequence[PostedAt] = ()
    orders: Sequence[PostedAt] = ()
    lost: Sequence[Lost] = ()
