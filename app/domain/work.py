"""Deliveries, commands and what is to be done for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.github import Person


def ask_key(comment_node_id: str, command_key: str) -> str:
    """Returns the key of the ask that one command of a comment makes, as `Ask.key`."""
    return f"ask:{comment_node_id}:{command_key}"


_ANOTHER = "-2"


def another(command_key: str) -> str:
    """Returns the key under which a command is answered once more."""
    return command_key + _ANOTHER


def is_another(command_key: str) -> bool:
    """Tells whether something is kept under such a key."""
    return command_key.endswith(_ANOTHER)


def first_of(command_key: str) -> str:
    """Returns the key of a command as it stands in its comment."""
    return command_key.removesuffix(_ANOTHER)


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What is kept of a webhook delivery: ids and hashes, never people's text.

    `commands` are the keys (`Command.key`) of the commands that this delivery newly carries,
    `added` and `removed` the ids of repositories that came into and out of the installation's
    reach.
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
    own_comment: bool = False
    commands: Sequence[str] = ()
    added: Sequence[int] = ()
    removed: Sequence[int] = ()


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
    """One command in one comment that wants one reply. `key`: `ask:{node id}:{command key}`.

    A second one of the same command wants another answer than the first one got; its `asker`
    is who wants that.
    """

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

    @property
    def again(self) -> bool:
        """Whether another answer is wanted."""
        return is_another(self.command_key)

    @property
    def asked(self) -> str:
        """The key of the command as it stands in the comment."""
        return first_of(self.command_key)


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """Work that follows from a delivery, to be done once for each `key`.

    `name` is ask, sweep_thread, refresh or learned; `args` are ids alone, never people's text. An
    ask's key is `Ask.key`; of other work it is what the work is done to and, last, the
    delivery's guid, since it may be wanted again. `place` is how much of its like was asked
    for by the same installation and waits: what has a lower one goes first, so that
    installations take turns.
    """

    name: str
    key: str
    args: Sequence[str | int] = ()
    place: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyFile:
    """A configuration file as last seen: `text` is its last good version, in force still.

    `sha` is the hash of the version looked at last, `errors` what is wrong with that one.
    """

    scope: str
    sha: str
    text: str
    errors: Sequence[str] = ()
