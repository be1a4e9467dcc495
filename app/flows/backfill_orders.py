"""What people told the bot in comments about what it learned, done again for a lost database.

| told | done again |
| --- | --- |
| `/forget`, `/treadle opt-out`, `/treadle opt-in` | always, as of the time of the comment |
| `/treadle pin`, `forbid`, `delete` and `free` | where nothing is decided in another way |

A comment is known by its ids and its address: what it told and was done is not done again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from app.domain import Command, Comment, ReplyState, Repository, ask_key
from app.domain.backfill import PostedAt
from app.errors import GoneError, UserError
from app.flows.forget_command import ForgetCommand, opting_verbs
from app.flows.people import People
from app.flows.phrase_verbs import FREE, RULINGS
from app.flows.taking_back import TakingBack
from app.flows.verbs import TREADLE, Told, Verb, parts
from app.ports import Clock, GitHub
from app.store import Store
from app.webhooks.commands import commands

FORGET = "forget"
OPTING = frozenset({"opt-out", "opt-in"})
DECIDING = frozenset({*RULINGS, FREE})
DECIDED = frozenset({"pinned", "forbade", "deleted", "freed", "rolled back", "vetoed", "restored"})
"""How the audit log tells of decisions."""
MOST = 10_000
"""Entries of the audit log that are looked at."""


def is_order(body: str) -> bool:
    """Tells whether a comment takes words back or decides about phrases."""
    return any(_kind(command) for command in commands(body, names=(FORGET, TREADLE)))


class PastOrders:
    """Does again what comments told."""

    def __init__(
        self,
        store: Store,
        github: GitHub,
        people: People,
        taking_back: Callable[[Clock], TakingBack],
        verbs: Mapping[str, Verb],
    ) -> None:
        """Prepares it; `taking_back` is made for a time, `verbs` are those about phrases."""
        self._store = store
        self._github = github
        self._people = people
        self._taking_back = taking_back
        self._verbs = verbs

    def take_back(self, repository: Repository, orders: Sequence[PostedAt], clock: Clock) -> None:
        """Forgets what people had forgotten, before any of it is learned.

        Args:
            repository: where.
            orders: the comments.
            clock: what is deleted now is deleted by.
        """
        known = self._store.removals.knows
        for at, comment, command in self._commands(repository, orders):
            kind = _kind(command)
            if kind == FORGET and not known(ask_key(comment.node_id, command.key)):
                self._forget(repository, at, comment, command)
            elif kind in OPTING and not known(f"{kind}:{comment.url}"):
                verbs = opting_verbs(self._taking_back(partial(_time, at)))
                self._act(verbs[kind], repository, at, comment, command)
        self._taking_back(clock).finish_due()

    def decide(self, repository: Repository, orders: Sequence[PostedAt]) -> None:
        """Decides about phrases as writers did; where somebody decided elsewhere, that stands."""
        told = self._store.audit.newest(repository.id, MOST)
        decided = {one.url for one in told if one.act in DECIDED}
        if decided - {one.url for one in orders}:
            return
        for at, comment, command in self._commands(repository, orders):
            verb = self._verbs.get(_kind(command))
            if verb is None or comment.url in decided:
                continue
            if self._people.permission(repository, comment.author) >= verb.needed:
                self._act(verb, repository, at, comment, command)

    def _commands(
        self, repository: Repository, orders: Sequence[PostedAt]
    ) -> list[tuple[PostedAt, Comment, Command]]:
        """Reads the comments anew, in the order in which they were written."""
        found = []
        for at in sorted(orders, key=lambda one: (one.at, one.comment_id)):
            try:
                comment = self._github.comment(repository, at.comment_id)
            except GoneError:
                continue
            told = commands(comment.body, names=(FORGET, TREADLE))
            found += [(at, comment, command) for command in told if _kind(command)]
        return found

    def _forget(
        self, repository: Repository, at: PostedAt, comment: Comment, command: Command
    ) -> None:
        if not command.argument:
            # Without an address it was about the newest reply of then.
            before = [
                one
                for one in self._store.replies.on_thread(repository.id, at.number)
                if one.posted_at <= at.at and one.state is not ReplyState.TAKEN_BACK
            ]
            if not before:
                return
            command = replace(command, argument=f"#issuecomment-{before[-1].comment_id}")
        taking_back = self._taking_back(partial(_time, at))
        forget = ForgetCommand(self._store, self._people, taking_back)
        forget.obey(command, comment, at.number, repository)

    def _act(
        self,
        verb: Verb,
        repository: Repository,
        at: PostedAt,
        comment: Comment,
        command: Command,
    ) -> None:
        _, words = parts(command.argument)
        told = Told(
            repository=repository,
            number=at.number,
            person=comment.author,
            words=words,
            url=comment.url,
        )
        try:
            verb.act(told)
        except UserError:
            return  # It could not be done then either, and the thread says why.


def _time(at: PostedAt) -> datetime:
    return at.at


def _kind(command: Command) -> str:
    """Returns the word for what a command does here; "" for nothing."""
    if command.name == FORGET:
        return FORGET
    verb, _ = parts(command.argument)
    return verb if command.name == TREADLE and verb in OPTING | DECIDING else ""
