"""The preference rows of a repository that may be used, as they go out.

They are those of replies that are still there, the pairs of siblings that these make, those of what
was picked among drafts, and rows that came from files. Left out is what people took back: rows of
whoever opted out, as asker, as editor or as voter, and rows that somebody vetoed, themselves or by
the memory of their reply.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, groupby

from app.domain import Consent, PreferenceRow, RowKind
from app.feedback.picks import pairs
from app.feedback.siblings import siblings
from app.flows.decided import decided, vetoed_rows
from app.store import Store
from app.store.digests import row_digest

KINDS = frozenset({RowKind.PAIR, RowKind.UNPAIRED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which rows: made at `since` or later, of these kinds, those made here and of files or not."""

    since: datetime | None = None
    kinds: Collection[RowKind] = KINDS
    own: bool = True
    imported: bool = True


class UsableRows:
    """Rows of one repository, to be gone through as often as wanted without holding them.

    Attributes:
        left_out: how many rows the last time did not bring, by the reason in words.
    """

    def __init__(self, store: Store, repository_id: int, wanted: Wanted) -> None:
        self._store = store
        self._repository_id = repository_id
        self._wanted = wanted
        self.left_out: Counter[str] = Counter()

    def __iter__(self) -> Iterator[PreferenceRow]:
        """Yields rows by thread, each pair of siblings after the rows that it is made of; then
        those of picks by thread, and those of files in the order in which they came."""
        self.left_out = Counter()
        refused = _Refused(self._store, self._repository_id)
        own = chain(self._own(refused), self._picked(refused)) if self._wanted.own else ()
        files = self._files(refused) if self._wanted.imported else ()
        for row in chain(own, files):
            if reason := self._unwanted(row):
                self.left_out[reason] += 1
            else:
                yield row

    def count(self) -> int:
        """Returns about how many rows there are: those that are kept, wanted or not."""
        kept = 0
        if self._wanted.own:
            kept = self._store.preference_rows.count(self._repository_id)
            kept += self._store.picks.count(self._repository_id)
        if not self._wanted.imported:
            return kept
        return kept + sum(one.rows for one in self._store.imported.batches(self._repository_id))

    def _own(self, refused: "_Refused") -> Iterator[PreferenceRow]:
        kept = self._store.preference_rows.stream(self._repository_id)
        for _, thread in groupby(kept, key=lambda row: row.number):
            allowed = []
            for row in thread:
                if reason := refused.why(row):
                    self.left_out[reason] += 1
                else:
                    allowed.append(replace(row, consent=Consent.KEPT))
            yield from allowed
            yield from (pair for pair in siblings(allowed) if not refused.vetoed(pair))

    def _picked(self, refused: "_Refused") -> Iterator[PreferenceRow]:
        for pick, reply in self._store.picks.stream(self._repository_id):
            for row in pairs(pick, reply):
                if reason := refused.why(row):
                    self.left_out[reason] += 1
                else:
                    yield replace(row, consent=Consent.KEPT)

    def _files(self, refused: "_Refused") -> Iterator[PreferenceRow]:
        # What was made of a reply here is told by its own rows, if people still let it.
        here = self._store.replies.addresses(self._repository_id)
        for row in self._store.imported.stream(self._repository_id):
            if not here.isdisjoint(row.urls):
                self.left_out["made of a reply here"] += 1
            elif reason := refused.why(row):
                self.left_out[reason] += 1
            else:
                yield row

    def _unwanted(self, row: PreferenceRow) -> str:
        if row.kind not in self._wanted.kinds:
            return "of a kind that was not asked for"
        if self._wanted.since is not None and row.created_at < self._wanted.since:
            return "older than what was asked for"
        return ""


class _Refused:
    """What of a repository must not be used, looked up once."""

    def __init__(self, store: Store, repository_id: int) -> None:
        known = decided(store, repository_id)
        self._rows = vetoed_rows(known.rulings)
        self._replies = known.aside.replies
        people = store.opt_outs.of(repository_id)
        self._words, self._logins = store.preference_rows.words_of(repository_id, people)

    def why(self, row: PreferenceRow) -> str:
        """Returns why a row must not be used; empty where it may be."""
        if row.reply_id in self._words or any(who.lower() in self._logins for who in row.people):
            return "of somebody who opted out"
        if row.reply_id in self._replies or self.vetoed(row):
            return "vetoed"
        return ""

    def vetoed(self, row: PreferenceRow) -> bool:
        """Tells whether the row itself was vetoed."""
        return bool(self._rows) and row_digest(row) in self._rows
