"""Looks at all signals of a repository together, with what its replies say."""

from collections.abc import Collection
from typing import Protocol

from app.domain import Signal
from app.feedback.assessment import Assessment, assess
from app.feedback.bursts import Wording
from app.feedback.evidence import credited
from app.flows.policy import Policy
from app.ports.clock import Clock
from app.store import Store

MOST_SIGNALS = 20_000
"""The newest signals of a repository that are looked at; older ones have no say any more."""
SAMPLE = 500
"""The newest replies that tell how common a phrase is."""
MOST_KEPT = 5_000
"""Replies whose phrases are kept in memory, since they never change."""


class InForce(Protocol):
    """What knows a repository's policy without asking GitHub."""

    def kept(self, repository_id: int) -> Policy: ...


class Assessing:
    """Assesses repositories; keeps only what never changes."""

    def __init__(self, store: Store, policies: InForce, clock: Clock) -> None:
        self._store = store
        self._policies = policies
        self._clock = clock
        self._phrases: dict[int, Collection[str]] = {}

    def repository(self, repository_id: int) -> Assessment:
        """Returns what each live signal of a repository counts now, and why."""
        ids = self._store.replies.ids(repository_id)
        return assess(
            self._signals(repository_id),
            self._policies.kept(repository_id).rules(self._clock()),
            Wording(replies=len(ids), phrases=self._credited, sample=ids[:SAMPLE]),
        )

    def _signals(self, repository_id: int) -> list[Signal]:
        """Returns the live signals, but for those that people took back or opted out with."""
        barred = self._store.removals.barred(repository_id)
        return [
            one
            for one in self._store.signals.live(repository_id, MOST_SIGNALS)
            if not barred.covers(one.reply_id, one.person.id, one.first_seen)
        ]

    def _credited(self, reply_id: int) -> Collection[str]:
        # Other threads may empty it at any time.
        found = self._phrases.get(reply_id)
        if found is None:
            reply = self._store.replies.by_id(reply_id)
            found = frozenset() if reply is None else credited(reply)
            if len(self._phrases) >= MOST_KEPT:
                self._phrases.clear()
            self._phrases[reply_id] = found
        return found
