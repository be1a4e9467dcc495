"""Looks at replies on GitHub, the youngest most often, within what that may cost.

One query looks at 100 replies of an installation, whatever threads and repositories they are
in. Installations take turns with a query each. Within one the youngest replies go first, so
that the oldest wait where the budget is short.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from app.domain import Reply, ReplyState, Repository, Snapshot
from app.errors import GoneError, LackingError, RateLimited, TransientError
from app.flows.budget import Budget, Spent
from app.flows.context import Context
from app.flows.intake import Intake
from app.ports.github import Purse
from app.store.sweeps import Due

log = structlog.get_logger()

BATCH = 100
"""Replies read by one query, GitHub's most."""
TURNS = 10
"""Queries that one installation gets of one sweep at most."""
MOST = 10_000
"""Replies of a repository that are read when somebody asks for it."""


def interval(age: timedelta, youngest: timedelta) -> timedelta:
    """Returns the time until the next sweep of a reply of some age.

    The youngest wait `youngest`; from an hour on a sixtieth of the age, up to a day.
    """
    return min(max(youngest, age / 60 if age > timedelta(hours=1) else youngest), timedelta(days=1))


def aligned(at: datetime, step: timedelta) -> datetime:
    """Returns the whole multiple of a step that is nearest to a time.

    Looks that are due at the same moments share queries, which cost less the fuller they are.
    """
    seconds = step.total_seconds()
    return datetime.fromtimestamp(round(at.timestamp() / seconds) * seconds, UTC)


@dataclass(kw_only=True, slots=True)
class _Outcome:
    """How many replies were read, which repositories learned, and what failed meanwhile."""

    read: int = 0
    changed: dict[int, bool] = field(default_factory=dict)
    failures: list[TransientError] = field(default_factory=list)


class Sweep:
    """Reads replies in batches and has taken in what they show."""

    def __init__(self, context: Context, intake: Intake, budget: Budget) -> None:
        self.intake = intake
        self._context = context
        self._budget = budget

    def due(self) -> int:
        """Sweeps the replies whose time has come; returns how many were read.

        What fails in one repository, or with one reply, is logged and put off; the others are
        read all the same. Where the budget of an installation is spent, its others wait.
        """
        outcome = _Outcome()
        waiting = self._context.store.sweeps.installations(self._context.clock())
        try:
            for _ in range(TURNS):
                # One whose batch was not full has nothing more to do now, or no points.
                waiting = [one for one in waiting if self._turn(one, outcome) == BATCH]
                if not waiting:
                    break
        finally:
            self._weigh(outcome)
        return outcome.read

    def thread(self, repository_id: int, number: int) -> int:
        """Sweeps the replies of one thread now; returns how many were read.

        Where the budget is spent they are due at once, and their turn comes with the others.

        Raises:
            TransientError: GitHub could not be asked; trying again may work.
        """
        replies = self._context.store.replies.on_thread(repository_id, number)
        try:
            return self._now(replies)
        except Spent:
            ids = [reply.id for reply in replies]
            self._context.store.sweeps.set_due(ids, self._context.clock())
            log.info("sweep.waits", repository=repository_id, replies=len(ids))
            return 0

    def repository(self, repository_id: int) -> int:
        """Sweeps all replies of one repository now; returns how many were read.

        Raises:
            TransientError: GitHub could not be asked, or the budget is spent; trying again may
                work.
        """
        return self._now(self._context.store.replies.recent(repository_id, MOST), at_once=True)

    def _now(self, replies: Sequence[Reply], *, at_once: bool = False) -> int:
        outcome = _Outcome()
        try:
            for start in range(0, len(replies), BATCH):
                batch = [Due(reply=reply) for reply in replies[start : start + BATCH]]
                self._batch(batch, outcome, at_once=at_once)
        finally:
            self._weigh(outcome)
        for failure in outcome.failures:
            raise failure
        return outcome.read

    def _turn(self, installation_id: int, outcome: _Outcome) -> int:
        """Reads one batch of an installation; returns how many replies that were."""
        now = self._context.clock()
        batch = self._context.store.sweeps.due(now, installation_id, BATCH)
        before = outcome.read
        try:
            self._batch(batch, outcome)
        except Spent as error:
            log.info("sweep.spent", installation=installation_id, wait=round(error.retry_after))
        return outcome.read - before

    def _batch(self, batch: Sequence[Due], outcome: _Outcome, *, at_once: bool = False) -> None:
        """Reads up to 100 replies of one installation.

        Raises:
            Spent: its budget has no points for them; nothing was read.
        """
        places = self._places(batch)
        members = [due for due in batch if due.reply.repository_id in places]
        if not members:
            return
        installation_id = next(iter(places.values())).installation_id
        purse = self._budget.purse(installation_id, at_once=at_once)
        try:
            found = self._look(members, places, purse)
        except Spent:
            raise
        except (GoneError, TransientError) as error:
            if isinstance(error, TransientError) or len(places) == 1:
                self._failed(members, error, outcome)
                return
            # Of several repositories it is not said which one may not be read.
            for repository_id in places:
                alone = [due for due in members if due.reply.repository_id == repository_id]
                self._batch(alone, outcome, at_once=at_once)
            return
        for repository_id, repository in places.items():
            looked = [
                (due, snapshot)
                for due, snapshot in zip(members, found, strict=True)
                if due.reply.repository_id == repository_id
            ]
            self._take(repository, looked, outcome)

    def _take(
        self, repository: Repository, looked: Sequence[tuple[Due, Snapshot]], outcome: _Outcome
    ) -> None:
        """Has taken in what was seen of the replies of one repository."""
        members = [due for due, _ in looked]
        outcome.changed.setdefault(repository.id, False)
        try:
            there = self._there(repository, looked)
            outcome.changed[repository.id] |= self.intake.take(repository, there)
        except (GoneError, TransientError) as error:
            self._failed(members, error, outcome)
        else:
            self._postpone(members)
            outcome.read += len(members)

    def _there(
        self, repository: Repository, looked: Sequence[tuple[Due, Snapshot]]
    ) -> Sequence[tuple[Due, Snapshot]]:
        """Returns what was seen without the replies that went with their whole thread.

        One that was deleted by itself was judged. A thread that was deleted, or transferred to
        where the App is not, says nothing of the replies in it.

        Raises:
            GoneError: the App has lost access to the repository, so that all looks deleted.
        """
        missing = [due.reply for due, snapshot in looked if not snapshot.exists]
        if not missing:
            return looked
        github, store = self._context.github, self._context.store
        github.repository(repository.owner, repository.name)
        gone: set[int] = set()
        for number in {reply.number for reply in missing}:
            try:
                github.thread(repository, number)
            except GoneError:
                gone.add(number)
        lost = {reply.id for reply in missing if reply.number in gone}
        for reply in missing:
            if reply.id in lost and reply.state is not ReplyState.UNREACHABLE:
                store.replies.set_state(reply.id, ReplyState.UNREACHABLE)
                log.info("reply.unreachable", reply=reply.id, repository=repository.id)
        return [one for one in looked if one[0].reply.id not in lost]

    def _places(self, batch: Sequence[Due]) -> Mapping[int, Repository]:
        """Looks up where replies are; those where the App may not act are put off."""
        repositories = self._context.store.repositories
        found: dict[int, Repository] = {}
        for repository_id in dict.fromkeys(due.reply.repository_id for due in batch):
            repository = repositories.get(repository_id)
            if repository is not None and repositories.active(repository_id):
                found[repository_id] = repository
        if left := [due for due in batch if due.reply.repository_id not in found]:
            self._postpone(left)
        return found

    def _look(
        self, members: Sequence[Due], places: Mapping[int, Repository], purse: Purse
    ) -> Sequence[Snapshot]:
        github = self._context.github
        somewhere = next(iter(places.values()))
        try:
            nodes = [due.reply.comment_node_id for due in members]
            return github.snapshots(somewhere, nodes, purse)
        except LackingError:
            return [
                github.snapshot(
                    places[due.reply.repository_id],
                    due.reply.comment_id,
                    due.reply.comment_node_id,
                )
                for due in members
            ]

    def _failed(
        self, members: Sequence[Due], error: GoneError | TransientError, outcome: _Outcome
    ) -> None:
        """Puts replies off that could not be read."""
        where = sorted({due.reply.repository_id for due in members})
        if isinstance(error, GoneError):
            log.info("sweep.unreachable", repositories=where)
            self._postpone(members)
            return
        log.warning("sweep.again", repositories=where, cause=str(error))
        wait = error.retry_after if isinstance(error, RateLimited) else 0.0
        self._postpone(members, least=timedelta(seconds=wait))
        outcome.failures.append(error)

    def _weigh(self, outcome: _Outcome) -> None:
        """Weighs the phrases of what was swept; what was learned before a fault is weighed too."""
        for repository_id, changed in outcome.changed.items():
            self.intake.dictionary(repository_id, changed=changed)

    def _postpone(self, members: Sequence[Due], *, least: timedelta = timedelta()) -> None:
        now, youngest = self._context.clock(), self._context.sweep_youngest
        self._context.store.sweeps.note(
            now,
            {
                due.reply.id: aligned(
                    now + max(interval(now - due.reply.posted_at, youngest), least), youngest
                )
                for due in members
            },
        )
