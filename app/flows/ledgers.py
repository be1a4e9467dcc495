"""Ledgers of repositories, kept in memory in step with the evidence that is stored."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from app.domain import PhraseWeight
from app.feedback.caps import Source
from app.feedback.ledger import Ledger
from app.feedback.rulings import NOTHING, Aside, counting
from app.feedback.weights import weigh
from app.store.evidence import EvidenceStore
from app.store.weights import LEAST_Z

MOST_MASSES = 300_000
"""Masses of all repositories in memory, some 100 MB; the largest repository may have more."""


@dataclass(kw_only=True)
class _Kept:
    """A ledger with what it stands for: the evidence after so many changes, without some of it;
    `behind` are replies whose evidence was changed since by this process."""

    ledger: Ledger
    without: Aside
    changes: int
    behind: set[int] = field(default_factory=set)


class Ledgers:
    """Weighs phrases of repositories; what another process changes makes it read all anew."""

    def __init__(self, evidence: EvidenceStore) -> None:
        self._evidence = evidence
        self._kept: dict[int, _Kept] = {}
        self._lock = Lock()

    def replaced(self, repository_id: int, reply_id: int, changes: int) -> None:
        """Takes note that this process replaced what a reply teaches, as the given change."""
        with self._lock:
            kept = self._kept.get(repository_id)
            if kept is None:
                return
            if changes == kept.changes + 1:
                kept.changes = changes
                kept.behind.add(reply_id)
            else:
                del self._kept[repository_id]

    def weighed(
        self,
        repository_id: int,
        now: datetime,
        writers: Collection[Source],
        without: Aside = NOTHING,
        also: Collection[str] = (),
    ) -> list[PhraseWeight]:
        """Weighs the phrases of a repository by the evidence that is stored.

        Args:
            repository_id: GitHub's id of the repository.
            now: the time to decay to.
            writers: where masses of people who may write come from.
            without: what is set aside.
            also: phrases that are wanted even where their z-scores are too small to be kept.

        Returns:
            The phrases with |z| of `LEAST_Z` and more, strongest first.
        """
        with self._lock:
            # Taken out: where anything fails from here on, all is read anew the next time.
            kept = self._kept.pop(repository_id, None)
            if (
                kept is None
                or kept.without != without
                or kept.ledger.now > now
                or kept.changes != self._evidence.changes(repository_id)
            ):
                kept = self._read(repository_id, now, writers, without)
            else:
                self._catch_up(repository_id, kept)
                kept.ledger.advance(now)
                kept.ledger.recognise(writers)
            found = weigh(kept.ledger, least=LEAST_Z, also=also)
            self._kept[repository_id] = kept
            self._make_room()
            return found

    def _read(
        self, repository_id: int, now: datetime, writers: Collection[Source], without: Aside
    ) -> _Kept:
        # Asked first: what is changed while the masses are read makes them be read again.
        changes = self._evidence.changes(repository_id)
        ledger = Ledger(now, writers)
        ledger.put(counting(self._evidence.masses(repository_id), without))
        return _Kept(ledger=ledger, without=without, changes=changes)

    def _catch_up(self, repository_id: int, kept: _Kept) -> None:
        masses = counting(self._evidence.masses(repository_id, kept.behind), kept.without)
        for reply_id in kept.behind - {item.reply_id for item in masses}:
            kept.ledger.replace(reply_id, ())
        kept.ledger.put(masses)
        kept.behind.clear()

    def _make_room(self) -> None:
        """Drops the ledgers that were not read for the longest time."""
        sizes = {one: len(kept.ledger) for one, kept in self._kept.items()}
        for one in list(sizes)[:-1]:
            if sum(sizes.values()) <= MOST_MASSES:
                return
            del self._kept[one], sizes[one]
