"""Posted answers and what people do to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.github import Permission, Person
from app.domain.knowledge import Passage
from app.domain.work import is_another


class ReplyState(StrEnum):
    """What has become of a reply on GitHub. TAKEN_BACK: somebody had all of it forgotten here."""

    LIVE = "live"
    HIDDEN = "hidden"
    DELETED = "deleted"
    UNREACHABLE = "unreachable"
    TAKEN_BACK = "taken_back"


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

    @property
    def again(self) -> bool:
        """Whether it is another answer to a command that had one."""
        return is_another(self.command_key)

    @property
    def abstained(self) -> bool:
        """Whether the App said that it knows no answer, by the block's word."""
        search = self.block.get("search")
        return isinstance(search, Mapping) and search.get("abstained") is True

    @property
    def refused(self) -> bool:
        """Whether it found something to say, and nothing good enough, by the block's word."""
        search = self.block.get("search")
        return isinstance(search, Mapping) and search.get("refused") is True


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
    `first_seen` is GitHub's time where it tells one. `read_at` is when the bot first read it, by
    its own clock; None of what was kept before this was noted.
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
    read_at: datetime | None = None

    @property
    def known_at(self) -> datetime:
        """Since when the bot knows it: when it was said, where more is not noted."""
        return self.read_at or self.first_seen


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A span that a person changed: what went, what came, and the line it stands in."""

    removed: str
    added: str
    context: str
