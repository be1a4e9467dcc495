"""Looks at replies on GitHub and takes in what people made of them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import groupby

import structlog

from app.domain import (
    SOMEONE,
    Permission,
    Person,
    Reply,
    ReplyState,
    Repository,
    Snapshot,
)
from app.errors import GoneError, LackingError, RateLimited, TransientError, TreadleError
from app.feedback import metadata
from app.feedback.assessment import Assessment
from app.feedback.signals import signals
from app.feedback.versions import history
from app.flows.context import Context
from app.flows.learn import Learn
from app.flows.people import People
from app.flows.policies import Policies

log = structlog.get_logger()

BATCH = 100
"""Replies read by one query, GitHub's most."""


def interval(age: timedelta, youngest: timedelta) -> timedelta:
    """Returns the time until the next sweep of a reply of some age.

    The youngest wait `youngest`; from an hour on a sixtieth of the age, up to a day.
    """
    return min(max(youngest, age / 60 if age > timedelta(hours=1) else youngest), timedelta(days=1))


class Sweep:
    """Reads replies in batches and learns from those on which something changed."""

    def __init__(self, context: Context, people: People, learn: Learn, policies: Policies) -> None:
        self._context = context
        self._policies = policies
        self._people = people
        self._learn = learn

    def due(self, limit: int = 1000) -> int:
        """Sweeps the replies whose time has come; returns how many were read.

        What fails in one repository, or with one reply, is logged and put off; the others are
        read all the same.
        """
        count, _ = self._sweep(self._context.store.replies.due(self._context.clock(), limit))
        return count

    def thread(self, repository_id: int, number: int) -> int:
        """Sweeps the replies of one thread now; returns how many were read.

        Raises:
            TransientError: GitHub could not be asked; trying again may work.
        """
        return self._now(self._context.store.replies.on_thread(repository_id, number))

    def repository(self, repository_id: int) -> int:
        """Sweeps all replies of one repository now; returns how many were read.

        Raises:
            TransientError: GitHub could not be asked; trying again may work.
        """
        return self._now(self._context.store.replies.recent(repository_id, 10_000))

    def _now(self, replies: Sequence[Reply]) -> int:
        count, failures = self._sweep(replies)
        for failure in failures:
            raise failure
        return count

    def _sweep(self, replies: Sequence[Reply]) -> tuple[int, list[TransientError]]:
        count = 0
        failures: list[TransientError] = []
        ordered = sorted(replies, key=lambda reply: reply.repository_id)
        for repository_id, group in groupby(ordered, key=lambda reply: reply.repository_id):
            members = list(group)
            repository = self._context.store.repositories.get(repository_id)
            if repository is None or not self._context.store.repositories.active(repository_id):
                self._postpone(members)
                continue
            try:
                count += self._read_all(repository, members)
            except GoneError:
                log.info("sweep.unreachable", repository=repository_id)
                self._postpone(members)
            except TransientError as error:
                log.warning("sweep.again", repository=repository_id, cause=str(error))
                wait = error.retry_after if isinstance(error, RateLimited) else 0.0
                self._postpone(members, least=timedelta(seconds=wait))
                failures.append(error)
        return count, failures

    def _read_all(self, repository: Repository, members: Sequence[Reply]) -> int:
        changed = False
        try:
            for start in range(0, len(members), BATCH):
                changed |= self._read(repository, members[start : start + BATCH])
        finally:
            # What was learned before a fault is weighed even so.
            self._learn.dictionary(repository.id, changed=changed)
        return len(members)

    def _read(self, repository: Repository, batch: Sequence[Reply]) -> bool:
        snapshots = self._look(repository, batch)
        if not all(snapshot.exists for snapshot in snapshots):
            # To who has lost access, everything looks deleted; this raises where that is so.
            self._context.github.repository(repository.owner, repository.name)
        taken: list[Reply] = []
        changed = False
        try:
            for reply, snapshot in zip(batch, snapshots, strict=True):
                if self._whole(reply, partial(self.absorb, repository, reply, snapshot)):
                    taken.append(reply)
        finally:
            # What was taken in before a fault is learned even so.
            changed = self._teach_all(repository, taken)
        return changed

    def _teach_all(self, repository: Repository, taken: Sequence[Reply]) -> bool:
        """Learns from replies just taken in, and from others that these changed the sense of."""
        assessment = self._learn.assess(repository.id)
        others = self._learn.moved(repository.id, assessment, {reply.id for reply in taken})
        changed = False
        for reply in [*taken, *others]:
            changed |= self._whole(reply, partial(self._teach, reply, assessment))
        # Last: what was cut off before is made good then.
        self._postpone(taken)
        return changed

    def _whole(self, reply: Reply, step: Callable[[], bool]) -> bool:
        """Takes a step with one reply; False where a bug kept it from its end."""
        try:
            return step()
        except TreadleError:
            raise
        except Exception:
            # A bug that one text brings out is not to keep the others from being read.
            log.exception("sweep.broken", reply=reply.id, repository=reply.repository_id)
            self._postpone([reply])
            return False

    def _look(self, repository: Repository, batch: Sequence[Reply]) -> Sequence[Snapshot]:
        github = self._context.github
        try:
            return github.snapshots(repository, [reply.comment_node_id for reply in batch])
        except LackingError:
            return [
                github.snapshot(repository, reply.comment_id, reply.comment_node_id)
                for reply in batch
            ]

    def absorb(self, repository: Repository, reply: Reply, snapshot: Snapshot) -> bool:
        """Takes in what one snapshot shows of one reply; learns nothing from it yet."""
        store = self._context.store
        state = _state(snapshot)
        if state != reply.state:
            store.replies.set_state(reply.id, state)
            log.info("reply." + state.value, reply=reply.id, repository=repository.id)
        login = self._context.github.login
        seen = store.revisions.of_reply(reply.id)
        found = signals(
            reply,
            snapshot,
            permissions=self._permissions(repository, snapshot),
            own_login=login,
            seen=seen,
            trust=self._policies.current(repository).trust_of,
        )
        known = history(snapshot, seen, own_login=login)
        if snapshot.exists and len(known) > len(seen):
            self._note_edit(reply, snapshot)
        store.revisions.record(reply.id, known)
        store.signals.record(reply.id, found, snapshot.seen_at)
        return True

    def _teach(self, reply: Reply, assessment: Assessment) -> bool:
        """Learns from one reply; True where it taught something new."""
        changed = self._learn.reply(reply, assessment)
        if changed:
            count = len(assessment.of_reply(reply.id))
            log.info("reply.taught", reply=reply.id, repository=reply.repository_id, signals=count)
        return changed

    def _note_edit(self, reply: Reply, snapshot: Snapshot) -> None:
        """Logs that a reply was edited, and where its hidden block did not survive it."""
        block = metadata.read(
            snapshot.body, keys=self._context.keys, trigger_node_id=reply.trigger_node_id
        )
        where = {"reply": reply.id, "repository": reply.repository_id}
        if not isinstance(block, metadata.Block):
            log.warning("block.broken", **where, reason=block.reason if block else "gone")
        elif not block.intact:
            log.info("reply.edited", **where)

    def _permissions(self, repository: Repository, snapshot: Snapshot) -> Mapping[int, Permission]:
        people: dict[int, Person] = {
            reaction.person.id: reaction.person for reaction in snapshot.reactions
        }
        people |= {
            revision.editor.id: revision.editor
            for revision in snapshot.revisions
            if revision.editor not in (None, SOMEONE)
        }
        return {
            person_id: self._people.permission(repository, person)
            for person_id, person in people.items()
        }

    def _postpone(self, replies: Sequence[Reply], *, least: timedelta = timedelta()) -> None:
        now = self._context.clock()
        for reply in replies:
            wait = max(interval(now - reply.posted_at, self._context.sweep_youngest), least)
            self._context.store.replies.set_swept(reply.id, now, now + wait)


def _state(snapshot: Snapshot) -> ReplyState:
    if not snapshot.exists:
        return ReplyState.DELETED
    return ReplyState.LIVE if snapshot.minimized_reason is None else ReplyState.HIDDEN
