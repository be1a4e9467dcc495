"""From what a look shows of a repository's replies to what they teach."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from app.domain import (
    SOMEONE,
    Permission,
    Person,
    Reply,
    ReplyState,
    Repository,
    Signal,
    SignalKind,
    Snapshot,
)
from app.errors import TreadleError
from app.feedback import metadata
from app.feedback.assessment import Assessment
from app.feedback.barred import visible
from app.feedback.signals import signals
from app.feedback.versions import history
from app.flows.context import Context
from app.flows.learn import Learn
from app.flows.people import People
from app.flows.policies import Policies
from app.flows.policy import Policy
from app.metrics import SWEEP_LAG_SECONDS
from app.store.sweeps import Due

log = structlog.get_logger()

ANEW = timedelta(days=1)
"""Time after which a reply that looks as before is taken in anew all the same, so that nothing
that should not be lasts."""
WEIGHED_AGAIN = timedelta(hours=1)
"""Time after which the signals of a repository are looked at together again without news: what
waited for its time may count by then. A change of the policy is news."""
_NO_TIME = datetime.min.replace(tzinfo=UTC)

Looked = tuple[Due, Snapshot]
"""A reply with what was known of it, and what a look showed."""


class Intake:
    """Takes in what looks show, and learns from the replies on which something changed."""

    def __init__(
        self,
        context: Context,
        people: People,
        learn: Learn,
        policies: Policies,
        after: Callable[[Repository, Reply], object],
    ) -> None:
        """Prepares the intake.

        Args:
            context: the parts that flows share.
            people: verified permissions.
            learn: learns from a reply.
            policies: the repositories' configurations.
            after: what else is done with a reply that something changed on, once it is
                learned from; doing it again does no harm.
        """
        self._context = context
        self._people = people
        self._learn = learn
        self._policies = policies
        self._after = after
        self._began = context.clock()
        self._weighed: dict[int, tuple[datetime, Policy]] = {}

    def take(self, repository: Repository, looked: Sequence[Looked]) -> bool:
        """Takes in what was seen of some replies of a repository, and learns from it.

        A fault with one reply is logged and leaves the others be.

        Returns:
            Whether it taught something new.

        Raises:
            TransientError: what it needs of GitHub is not to be had now.
        """
        policy = self._policies.current(repository)
        barred = self._context.store.removals.barred(repository.id)
        taken: list[tuple[Reply, str, datetime]] = []
        changed, learned = False, set[int]()
        try:
            for due, snapshot in looked:
                reply = due.reply
                seen = visible(reply, snapshot, barred)
                name = digest(seen, policy, self._permissions(repository, seen))
                if self._known(due, name):
                    continue
                if self._whole(reply, partial(self.absorb, repository, reply, snapshot)):
                    taken.append((reply, name, snapshot.seen_at))
        finally:
            # What was taken in before a fault is learned even so.
            if taken or self._weigh(repository.id, policy):
                changed, learned = self._teach(repository, [reply for reply, _, _ in taken])
                self._weighed[repository.id] = self._context.clock(), policy
        for reply, name, seen_at in taken:
            done = self._whole(reply, partial(self._finish, repository, reply))
            if done and reply.id in learned:
                # Last: what was cut off before is made good then.
                self._context.store.sweeps.set_taken(reply.id, name, seen_at)
        return changed

    def dictionary(self, repository_id: int, *, changed: bool) -> None:
        """Weighs a repository's phrases where that may give other values than kept."""
        self._learn.dictionary(repository_id, changed=changed)

    def absorb(self, repository: Repository, reply: Reply, snapshot: Snapshot) -> bool:
        """Takes in what one snapshot shows of one reply; learns nothing from it yet.

        False where nothing is to be learned from it: somebody took all of it back.
        """
        store = self._context.store
        if reply.state is ReplyState.TAKEN_BACK:
            return False
        snapshot = visible(reply, snapshot, store.removals.barred(repository.id))
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
        before = store.signals.of_reply(reply.id)
        if store.signals.record(reply.id, found, snapshot.seen_at):
            _measure(reply, before, found, snapshot.seen_at)
        return True

    def _known(self, due: Due, name: str) -> bool:
        """Tells whether what a look shows was taken in already, and not too long ago.

        What counts otherwise by time alone is noticed by who runs (`Learn.moved`), so that what
        was taken in before this process began is taken in once more.
        """
        if due.shown != name or due.taken_at is None:
            return False
        return due.taken_at >= self._began and self._context.clock() - due.taken_at < ANEW

    def _weigh(self, repository_id: int, policy: Policy) -> bool:
        """Tells whether signals are to be looked at together though no reply brought news."""
        last, by = self._weighed.get(repository_id, (_NO_TIME, policy))
        return by != policy or self._context.clock() - last >= WEIGHED_AGAIN

    def _teach(self, repository: Repository, taken: Sequence[Reply]) -> tuple[bool, set[int]]:
        """Learns from replies just taken in, and from others that these changed the sense of.

        Returns:
            Whether they taught something new, and the ids of those that were learned from.
        """
        assessment = self._learn.assess(repository.id)
        others = self._learn.moved(repository.id, assessment, {reply.id for reply in taken})
        every = [*taken, *others]
        steps = {
            reply.id: self._whole(reply, partial(self._teach_one, reply, assessment))
            for reply in every
        }
        return any(steps.values()), {one for one, done in steps.items() if done is not None}

    def _teach_one(self, reply: Reply, assessment: Assessment) -> bool:
        """Learns from one reply; True where it taught something new."""
        changed = self._learn.reply(reply, assessment)
        if changed:
            count = len(assessment.of_reply(reply.id))
            log.info("reply.taught", reply=reply.id, repository=reply.repository_id, signals=count)
        return changed

    def _finish(self, repository: Repository, reply: Reply) -> bool:
        self._after(repository, reply)
        return True

    def _whole(self, reply: Reply, step: Callable[[], bool]) -> bool | None:
        """Takes a step with one reply; None where a bug kept it from its end."""
        try:
            return step()
        except TreadleError:
            raise
        except Exception:
            # A bug that one text brings out is not to keep the others from being read.
            log.exception("sweep.broken", reply=reply.id, repository=reply.repository_id)
            return None

    def _note_edit(self, reply: Reply, snapshot: Snapshot) -> None:
        """Logs that a reply was edited, and where its hidden block did not survive it."""
        body, keys, trigger = snapshot.body, self._context.keys, reply.trigger_node_id
        where = {"reply": reply.id, "repository": reply.repository_id}
        if wrong := metadata.fault(body, keys=keys, trigger_node_id=trigger):
            log.warning("block.broken", **where, reason=wrong)
            return
        block = metadata.read(body, keys=keys, trigger_node_id=trigger)
        if isinstance(block, metadata.Block) and not block.intact:
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


def digest(snapshot: Snapshot, policy: Policy, permissions: Mapping[int, Permission]) -> str:
    """Names what a look shows, by SHA-256: all of it but the time, and how it is weighed."""
    weighed_by = (
        policy.trust_writers,
        policy.trust_triage,
        policy.trust_asker,
        policy.trust_readers,
        policy.training,
    )
    text = repr((replace(snapshot, seen_at=_NO_TIME), sorted(permissions.items()), weighed_by))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _measure(
    reply: Reply, before: Sequence[Signal], found: Sequence[Signal], seen_at: datetime
) -> None:
    """Tells the metrics how long reactions stood before they were seen."""
    known = {(one.content, one.person.id) for one in before if one.kind is SignalKind.REACTION}
    age = "hour" if seen_at - reply.posted_at <= timedelta(hours=1) else "older"
    for one in found:
        if one.kind is SignalKind.REACTION and (one.content, one.person.id) not in known:
            lag = (seen_at - one.first_seen).total_seconds()
            SWEEP_LAG_SECONDS.labels(age=age).observe(max(0.0, lag))


def _state(snapshot: Snapshot) -> ReplyState:
    if not snapshot.exists:
        return ReplyState.DELETED
    return ReplyState.LIVE if snapshot.minimized_reason is None else ReplyState.HIDDEN
