"""What people ticked becomes decisions, if they may write: an unticked line counts no more."""

from collections.abc import Sequence

import structlog

from app.domain import (
    SOMEONE,
    AuditEntry,
    Permission,
    Person,
    Repository,
    RulingKind,
    RulingWhat,
)
from app.feedback.learned_ticks import Flip
from app.flows.deciding import ACTS, By, Deciding
from app.flows.learned_lines import Target, asks_for_more, targets
from app.flows.people import People
from app.store import Store

log = structlog.get_logger()

DECISIONS = frozenset({*ACTS.values(), "freed", "restored"})
"""How the audit log tells of what ticks decide."""


class Ticking:
    """Decides what people ticked, in order; what is decided already is not decided again."""

    def __init__(self, store: Store, people: People, deciding: Deciding) -> None:
        self._store = store
        self._people = people
        self._deciding = deciding

    def take(self, repository: Repository, found: Sequence[Flip], url: str) -> int:
        """Takes in ticks; returns how many changed something.

        GitHub lets writers alone edit the text of somebody else's issue. Who may no more write by
        the time that this looks is not heard.

        Args:
            repository: where.
            found: who ticked and unticked what, in order.
            url: the issue's address, for the audit log.
        """
        if not found:
            return 0
        known = targets(self._store, repository.id)
        newest = self._store.audit.of_acts(repository.id, DECISIONS)
        return sum(
            self._take(repository, flip, known.get(flip.token), newest, url) for flip in found
        )

    def _take(
        self,
        repository: Repository,
        flip: Flip,
        target: Target | None,
        newest: Sequence[AuditEntry],
        url: str,
    ) -> bool:
        if target is None:
            log.info("learned.tick_unknown", repository=repository.id, person=flip.by.id)
            return False
        if not self._may(repository, flip.by):
            log.info("learned.tick_refused", repository=repository.id, person=flip.by.id)
            return False
        if _later(newest, target, flip, url):
            log.info("learned.tick_late", repository=repository.id, person=flip.by.id)
            return False
        decided = {(one.kind, one.key): one for one in self._store.rulings.of(repository.id)}
        if not asks_for_more(target, flip.ticked, decided):
            return False
        by = By(person=flip.by, url=url)
        what = _wanted(target, flip.ticked)
        if what is None:
            self._deciding.free(repository.id, target.kind, target.key, by)
        else:
            self._deciding.rule(repository.id, target.kind, target.key, what, by)
        return True

    def _may(self, repository: Repository, person: Person) -> bool:
        """Tells whether somebody may write; who is not named could edit the text, so they may."""
        if person == SOMEONE:
            return True
        return self._people.permission(repository, person) >= Permission.WRITE


def _wanted(target: Target, ticked: bool) -> RulingWhat | None:
    """Returns the ruling that a tick asks for; None where it asks for none."""
    if target.what is not None:
        return target.what if ticked else None
    if ticked:
        return None
    return RulingWhat.DELETED if target.kind is RulingKind.PHRASE else RulingWhat.VETOED


def _later(newest: Sequence[AuditEntry], target: Target, flip: Flip, url: str) -> bool:
    """Tells whether somebody decided about the same elsewhere after a tick.

    GitHub tells whole seconds: in the same one the tick is taken for the later.
    """
    return any(
        entry.subject == target.key
        and entry.at.replace(microsecond=0) > flip.at
        and entry.url != url
        for entry in newest
    )
