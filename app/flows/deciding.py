"""Decisions of maintainers about what is learned: rulings on phrases, roll-backs, vetoes.

Each is kept and told in the audit log in one transaction, and at once in force: phrases are weighed
anew. Deciding the same again changes nothing and is not told twice, so that work cut off by a crash
can be done again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from app.domain import (
    AuditEntry,
    Dictionary,
    Person,
    RollBack,
    Ruling,
    RulingKind,
    RulingWhat,
)
from app.errors import UserError
from app.feedback.rulings import going_back, of_phrases, phrase_of
from app.flows.differing import not_kept, saved_at
from app.flows.learn import Learn
from app.ports.clock import Clock
from app.store import Store

log = structlog.get_logger()

ACTS: Mapping[RulingWhat, str] = {
    RulingWhat.PINNED: "pinned",
    RulingWhat.FORBIDDEN: "forbade",
    RulingWhat.DELETED: "deleted",
    RulingWhat.VETOED: "vetoed",
}
"""How the audit log tells of a ruling."""
WORDS: Mapping[RulingWhat, str] = {
    RulingWhat.PINNED: "liked from now on, whatever people say of it",
    RulingWhat.FORBIDDEN: "not to be written from now on, whatever people say of it",
    RulingWhat.DELETED: "not in the dictionary any more, whatever people say of it",
    RulingWhat.VETOED: "not counted from now on",
}
"""What is said of a ruling to who made it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class By:
    """Who decides, and where: `url` of a comment, or ""; `at` where it was not just now."""

    person: Person
    url: str = ""
    at: datetime | None = None


class Deciding:
    """Decides for one repository at a time. All raise `UserError` where it cannot be done."""

    def __init__(self, store: Store, learn: Learn, clock: Clock) -> None:
        self._store = store
        self._learn = learn
        self._clock = clock

    def phrase(self, repository_id: int, text: str, what: RulingWhat, by: By) -> str:
        """Pins, forbids or deletes a phrase; returns it as it is kept."""
        phrase = phrase_of(text, self._known(repository_id))
        self.rule(repository_id, RulingKind.PHRASE, phrase, what, by)
        return phrase

    def free_phrase(self, repository_id: int, text: str, by: By) -> str:
        """Takes a decision on a phrase back; returns the phrase."""
        decided = of_phrases(self._store.rulings.of(repository_id))
        phrase = phrase_of(text, decided)
        self.free(repository_id, RulingKind.PHRASE, phrase, by)
        return phrase

    def rule(
        self, repository_id: int, kind: RulingKind, key: str, what: RulingWhat, by: By
    ) -> None:
        """Keeps a ruling, whoever made one on the same before."""
        same = any(
            (one.kind, one.key, one.what) == (kind, key, what)
            for one in self._store.rulings.of(repository_id)
        )
        if not same:
            told = self._told(repository_id, ACTS[what], key, by)
            self._store.rulings.set(
                repository_id,
                Ruling(kind=kind, key=key, what=what, by=by.person, at=told.at, url=by.url),
                told,
            )
        self._learn.rule(repository_id)

    def free(self, repository_id: int, kind: RulingKind, key: str, by: By) -> None:
        """Takes a ruling back.

        Raises:
            UserError: nothing was decided.
        """
        decided = {(one.kind, one.key) for one in self._store.rulings.of(repository_id)}
        if (kind, key) not in decided:
            raise UserError(
                f"Nothing is decided about this {kind.value}: there is nothing to free."
            )
        act = "freed" if kind is RulingKind.PHRASE else "restored"
        told = self._told(repository_id, act, key, by)
        self._store.rulings.lift(repository_id, kind, key, told)
        self._learn.rule(repository_id)

    def roll_back(self, repository_id: int, version: int, by: By) -> Dictionary:
        """Goes back to a version of the dictionary; returns the one that is saved for it.

        What people said since is set aside, for phrases and scales of principles alone.
        """
        store = self._store
        then = saved_at(store, repository_id, version)
        if then is None:
            raise UserError(not_kept(store, repository_id, version))
        told = self._told(repository_id, "rolled back", f"dictionary to version {version}", by)
        aside = going_back(store.rulings.roll_backs(repository_id), then, told.at)
        store.rulings.roll_back(
            repository_id,
            RollBack(version=version, aside=aside, by=by.person, at=told.at, url=by.url),
            told,
        )
        return self._learn.rule(repository_id, scales=version)

    def resume(self, repository_id: int, by: By) -> Dictionary:
        """Lets all count again that roll-backs set aside.

        Raises:
            UserError: nothing is set aside.
        """
        made = self._store.rulings.roll_backs(repository_id)
        if not made or not made[-1].aside:
            raise UserError(
                "Nothing is set aside in this repository: there is no roll-back to lift."
            )
        told = self._told(repository_id, "resumed", "dictionary", by)
        self._store.rulings.roll_back(
            repository_id,
            RollBack(version=0, aside=(), by=by.person, at=told.at, url=by.url),
            told,
        )
        return self._learn.rule(repository_id)

    def _known(self, repository_id: int) -> Collection[str]:
        """Returns the phrases that people see, so that they can name them as they are shown."""
        weights = self._store.weights.latest(repository_id).weights
        return weights.keys() | of_phrases(self._store.rulings.of(repository_id)).keys()

    def _told(self, repository_id: int, act: str, subject: str, by: By) -> AuditEntry:
        """Logs a decision, and returns what the audit log tells of it."""
        log.info("decision.made", repository=repository_id, act=act)
        at = by.at or self._clock()
        return AuditEntry(at=at, person=by.person, act=act, subject=subject, url=by.url)
