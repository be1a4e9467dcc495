"""What people told the bot in comments about what it learned, done again for a lost database.

| told | done again |
| --- | --- |
| `/forget`, `/treadle opt-out`, `/treadle opt-in` | always, as of the time of the comment |
| `/treadle pin`, `forbid`, `delete` and `free` | where nothing was decided of the phrase since |

A comment is known by its ids and its address: what it told and was done is not done again. What
somebody else wrote into it is not its author's wish, and is not done.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from app.domain import (
    AuditEntry,
    Command,
    Comment,
    ReplyState,
    Repository,
    Snapshot,
    ask_key,
)
from app.domain.backfill import PostedAt
from app.errors import GoneError, LackingError, UserError
from app.feedback.rulings import phrase_of
from app.flows.backfill_asking import Asking
from app.flows.deciding import ACTS
from app.flows.forget_command import ForgetCommand, opting_verbs
from app.flows.people import People
from app.flows.phrase_verbs import FREE, RULINGS
from app.flows.taking_back import TakingBack
from app.flows.verbs import TREADLE, Told, Verb, parts
from app.ports.clock import Clock
from app.ports.github import GitHub
from app.store import Store
from app.webhooks.commands import commands

FORGET = "forget"
BATCH = 100
"""Comments whose versions are read at a time."""
OPTING = frozenset({"opt-out", "opt-in"})
DECIDING = frozenset({*RULINGS, FREE})
_ACTS = {**{verb: ACTS[what] for verb, what in RULINGS.items()}, FREE: "freed"}
"""How the audit log tells of what verbs decide."""


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
        asking: Asking | None = None,
    ) -> None:
        """Prepares it; `taking_back` is made for a time, `verbs` are those about phrases."""
        self._asked = asking or Asking()
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
        """Decides about phrases as writers did; what was decided of the same since stands."""
        decided = self._store.audit.of_acts(repository.id, _ACTS.values())
        for at, comment, command in self._commands(repository, orders):
            verb = self._verbs.get(_kind(command))
            if verb is None or _stands(at, command, decided):
                continue
            may = self._asked(partial(self._people.permission, repository, comment.author))
            if may >= verb.needed:
                self._act(verb, repository, at, comment, command)
        self._unname(repository.id)

    def _commands(
        self, repository: Repository, orders: Sequence[PostedAt]
    ) -> list[tuple[PostedAt, Comment, Command]]:
        """Reads the comments anew, in the order in which they were written."""
        found = []
        ordered = sorted(orders, key=lambda one: (one.at, one.comment_id))
        for start in range(0, len(ordered), BATCH):
            some = ordered[start : start + BATCH]
            shown = self._asked(partial(self._shown, repository, some))
            for at, snapshot in zip(some, shown, strict=True):
                try:
                    comment = self._asked(partial(self._github.comment, repository, at.comment_id))
                except GoneError:
                    continue
                told = commands(_own_text(comment, snapshot), names=(FORGET, TREADLE))
                found += [(at, comment, command) for command in told if _kind(command)]
        return found

    def _shown(self, repository: Repository, some: Sequence[PostedAt]) -> Sequence[Snapshot | None]:
        """Reads who wrote which version of comments; None where this GitHub does not tell."""
        try:
            return self._github.snapshots(repository, [at.node_id for at in some])
        except LackingError:
            return [None] * len(some)

    def _unname(self, repository_id: int) -> None:
        """Names those no more who took all their words back after they decided."""
        gone = [
            one
            for one in self._store.removals.barred(repository_id).removals
            if one.reply_id is None
        ]
        for entry in self._store.audit.of_acts(repository_id, _ACTS.values()):
            if any(one.person_id == entry.person.id and one.at >= entry.at for one in gone):
                self._store.audit.unname(repository_id, entry.person)
                self._store.rulings.unname(repository_id, entry.person)

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
            at=at.at,
        )
        try:
            verb.act(told)
        except UserError:
            return  # It could not be done then either, and the thread says why.


def _stands(at: PostedAt, command: Command, decided: Sequence[AuditEntry]) -> bool:
    """Tells whether the audit log has what a command decided, or something since of the same."""
    _, words = parts(command.argument)
    act = _ACTS[_kind(command)]
    for one in decided:
        try:
            same = phrase_of(words, (one.subject,)) == one.subject
        except UserError:
            return False  # It says why when it is tried.
        if same and (one.act == act if one.url == at.url else one.at >= at.at):
            return True
    return False


def _own_text(comment: Comment, snapshot: Snapshot | None) -> str:
    """Returns what a comment's author wrote last; "" where that is not shown."""
    if snapshot is None or not snapshot.revisions:
        return comment.body
    own = [
        one.body or ""
        for one in snapshot.revisions
        if one.editor is not None and one.editor.id == comment.author.id
    ]
    return own[-1] if own else ""


def _time(at: PostedAt) -> datetime:
    return at.at


def _kind(command: Command) -> str:
    """Returns the word for what a command does here; "" for nothing."""
    if command.name == FORGET:
        return FORGET
    verb, _ = parts(command.argument)
    return verb if command.name == TREADLE and verb in OPTING | DECIDING else ""
