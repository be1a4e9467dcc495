"""What people take back: all that a reply taught, or all that they said.

| what | when |
| --- | --- |
| a note that it was taken back, without a word of it | at once: nothing is learned of it again |
| rows of it in every table; marks on adapters; runs under way | within half a minute |
| weights, rows and memories that it had a part in | computed anew with that |
| old dictionaries, trees, drafts, what replies say of phrases | the same |
| adapters, by the setting | the same, or when the next run has ended |
| folders of training runs | the same; on other workers' disks within ten minutes |
| the bytes in the files of an SQLite database | written over with that |

A removal is carried out again after `SETTLED`, for whoever had read it before and wrote it down
after; only when nothing was found then is it done. What a crash cuts off goes on at the next start.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

import structlog

from app.domain import (
    TAKEN_BACK,
    AuditEntry,
    Person,
    Removal,
    Reply,
    Repository,
    RulingKind,
)
from app.errors import ConfigError, TransientError
from app.flows.clearing import clear
from app.flows.learn import Learn
from app.flows.tainted import Shelf, retire_marked
from app.ports.clock import Clock
from app.store import Store
from app.store.compacting import compact

log = structlog.get_logger()

SETTLED = timedelta(minutes=2)
"""Longer than one who has read something takes to write down what follows from it."""
PAUSE = timedelta(minutes=1)
"""Time until it is tried again to delete what could not be deleted."""


class TakingBack:
    """Takes orders to forget, and carries them out."""

    def __init__(self, store: Store, learn: Learn, shelf: Shelf, clock: Clock) -> None:
        self._store = store
        self._learn = learn
        self._shelf = shelf
        self._clock = clock
        self._again: dict[int, datetime] = {}
        self._followed: set[int] = set()

    def reply(self, reply: Reply, *, by: Person, key: str, url: str) -> None:
        """Orders that all is forgotten that one reply taught."""
        removal = Removal(repository_id=reply.repository_id, reply_id=reply.id, at=self._clock())
        self._order(removal, by=by, act="forgot", key=key, url=url)

    def words(
        self,
        repository: Repository,
        person: Person,
        *,
        key: str,
        reply: Reply | None = None,
        by: Person = TAKEN_BACK,
    ) -> None:
        """Orders that all is forgotten that a person said, of one reply or in the repository."""
        act = "forgot" if by is TAKEN_BACK else "erased"
        self._order(self._of(repository, person, reply), by=by, act=act, key=key)
        if reply is None:
            self._unname(repository, person)

    def opt_out(
        self, repository: Repository, person: Person, *, key: str, by: Person = TAKEN_BACK
    ) -> None:
        """Orders that a person's words are used for nothing, those said before neither."""
        self._store.opt_outs.add(repository.id, person.id, self._clock())
        self._order(self._of(repository, person), by=by, act="opted out", key=key)
        self._unname(repository, person)

    def opt_in(
        self,
        repository: Repository,
        person: Person,
        *,
        key: str,
        by: Person | None = None,
        url: str = "",
    ) -> bool:
        """Lets a person's words count that are said from now on; False where they did already."""
        if person.id not in self._store.opt_outs.of(repository.id):
            return False
        # First: what was said meanwhile stays out.
        self._order(self._of(repository, person), by=by or person, act="opted in", key=key, url=url)
        return self._store.opt_outs.lift(repository.id, person.id)

    def erase(self) -> None:
        """Deletes from the database what was ordered, without GitHub; the rest stays due."""
        for removal in self._store.removals.unfinished():
            self._store.erasing.carry_out(removal)
        compact(self._store.engine)

    def finish_due(self) -> int:
        """Carries out what is to be forgotten; returns how much of it is done by this.

        What cannot be reached is tried again after `PAUSE`, and keeps nothing else from it.
        """
        done = 0
        for removal in self._store.removals.unfinished():
            if self._again.get(removal.id, removal.at) > self._clock():
                continue
            try:
                done += self._carry_out(removal)
            except (TransientError, ConfigError) as error:
                self._again[removal.id] = self._clock() + PAUSE
                cause = type(error).__name__
                log.warning("removal.again", repository=removal.repository_id, cause=cause)
        try:
            retire_marked(self._store, self._shelf, self._clock)
        except (TransientError, ConfigError) as error:
            log.warning("adapter.not_retired", cause=type(error).__name__)
        return done

    def _carry_out(self, removal: Removal) -> bool:
        """Deletes what is there of it now; tells whether it is done."""
        found = self._store.erasing.carry_out(removal)
        if found:
            self._followed.discard(removal.id)
        # Not by what was found alone: what follows may have been cut off, here or in a process
        # before.
        if removal.id not in self._followed:
            self._follow(removal.repository_id)
            self._followed.add(removal.id)
        now = self._clock()
        if found or now - removal.at < SETTLED:
            self._again[removal.id] = max(now, removal.at) + SETTLED
            return False
        self._store.removals.finish(removal.id, now)
        self._again.pop(removal.id, None)
        self._followed.discard(removal.id)
        log.info("removal.done", repository=removal.repository_id)
        return True

    def _follow(self, repository_id: int) -> None:
        """Computes anew what is learned, and deletes what stood on what is gone."""
        store = self._store
        assessment = self._learn.assess(repository_id)
        for reply_id in sorted({*store.erasing.taught(repository_id), *assessment.by_reply}):
            reply = store.replies.by_id(reply_id)
            if reply is not None:
                self._learn.reply(reply, assessment)
        self._learn.dictionary(repository_id, changed=True)
        kept = self._phrases(repository_id)
        store.weights.keep_only(repository_id, kept)
        store.erasing.unname_phrases(repository_id, kept)
        store.learned.hasten(repository_id, self._clock())
        clear(store, self._shelf.runs)
        compact(store.engine)

    def _phrases(self, repository_id: int) -> Collection[str]:
        """Returns the phrases that somebody teaches, or that people ruled on."""
        taught = {one.phrase for one in self._store.evidence.masses(repository_id)}
        rulings = self._store.rulings.of(repository_id)
        return taught | {one.key for one in rulings if one.kind is RulingKind.PHRASE}

    def _of(self, repository: Repository, person: Person, reply: Reply | None = None) -> Removal:
        return Removal(
            repository_id=repository.id,
            reply_id=None if reply is None else reply.id,
            person_id=person.id,
            at=self._clock(),
        )

    def _order(self, removal: Removal, *, by: Person, act: str, key: str, url: str = "") -> None:
        if not self._store.removals.add(removal, key):
            return
        about = "" if removal.reply_id is None else f"reply {removal.reply_id}"
        entry = AuditEntry(at=removal.at, person=by, act=act, subject=about, url=url)
        self._store.audit.record(removal.repository_id, entry)
        log.info("removal.ordered", repository=removal.repository_id, act=act)

    def _unname(self, repository: Repository, person: Person) -> None:
        self._store.audit.unname(repository.id, person)
        self._store.rulings.unname(repository.id, person)
