"""Tallies: how much there is to train on in a repository, counted as training counts it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, Select, case, distinct, func, select
from sqlalchemy.engine import RowMapping

from app.domain import PreferenceRow, RowKind
from app.feedback.siblings import apart, pair
from app.store.evidence import is_vetoed
from app.store.evidence_rows import preference_row_of
from app.store.noun import Noun
from app.store.picks import picked_of
from app.store.schema import memory, pick, preference_row, reply

_TOLD = (RowKind.PAIR.value, RowKind.UNPAIRED.value)
_IS_PAIR = preference_row.c.kind == RowKind.PAIR.value


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """Rows of training data, those that are pairs of texts, and of how many threads pairs are.

    A reply that trusted people said something of is one row, and a pair where they edited it or
    picked among its drafts. Two answers to one question, of which they like one, are one row and
    one pair together.
    """

    rows: int
    pairs: int
    threads: int


class Tallies(Noun):
    """Counts feedback. Counted as well is what turns out to be no lesson once a run lays it out:
    replies that are gone, texts that a model cannot write, and opposite words of one reply."""

    def of(self, repository_id: int, *, least: float, since: datetime | None = None) -> Tally:
        """Counts what there is to train on in a repository, less replies whose memory was vetoed.

        Args:
            repository_id: GitHub's id of the repository.
            least: the least weight that counts.
            since: the time after which people must have spoken; None for whenever.
        """
        counted = _counted(repository_id, least)
        new = [] if since is None else [preference_row.c.created_at > since]
        row = self._row(
            select(
                func.count(distinct(preference_row.c.reply_id)).label("replies"),
                func.count(distinct(case((_IS_PAIR, preference_row.c.reply_id)))).label("pairs"),
                func.count(distinct(case((_IS_PAIR, preference_row.c.number)))).label("threads"),
            ).where(*counted, *new)
        )
        assert row is not None
        picks = self._picks(repository_id, counted)
        siblings = self._siblings(counted, picks)
        if since is not None:
            # A row for each that spoke anew; where both of a pair did, they are one together.
            both = sum(min(good.created_at, bad.created_at) > since for good, bad in siblings)
            siblings = [one for one in siblings if pair(*one).created_at > since]
            picks = {reply_id: one for reply_id, one in picks.items() if one["at"] > since}
        else:
            both = len(siblings)
        spoken = select(preference_row.c.reply_id).where(*counted, *new)
        spoken = spoken.where(preference_row.c.reply_id.in_(picks)).distinct()
        only_picked = picks.keys() - {one["reply_id"] for one in self._rows(spoken)}
        threads = {good.number for good, _ in siblings}
        threads |= {one["number"] for one in picks.values()}
        if threads:
            edited = select(preference_row.c.number).where(*counted, *new, _IS_PAIR).distinct()
            threads -= {one["number"] for one in self._rows(edited)}
        return Tally(
            rows=row["replies"] - both + len(only_picked),
            pairs=row["pairs"] + len(siblings) + len(picks),
            threads=row["threads"] + len(threads),
        )

    def _picks(
        self, repository_id: int, counted: Sequence[ColumnElement[bool]]
    ) -> Mapping[int, RowMapping]:
        """Returns what was picked among the drafts of replies that nobody edited, by reply."""
        edited = select(preference_row.c.reply_id).where(*counted, _IS_PAIR)
        statement = picked_of(select(reply.c.id, reply.c.number, pick.c.at), repository_id).where(
            reply.c.id.not_in(edited), reply.c.id.not_in(_vetoed(repository_id))
        )
        return {row["id"]: row for row in self._rows(statement)}

    def _siblings(
        self, counted: Sequence[ColumnElement[bool]], picked: Collection[int]
    ) -> list[tuple[PreferenceRow, PreferenceRow]]:
        """Returns what makes pairs of siblings, each reply once, none of those `picked` of.

        Read are only threads that have both a liked and a disliked text.
        """
        edited = select(preference_row.c.reply_id).where(*counted, _IS_PAIR)
        voted = (
            *counted,
            preference_row.c.reply_id.not_in(edited),
            preference_row.c.reply_id.not_in(picked),
        )
        both = (
            select(preference_row.c.number)
            .where(*voted)
            .group_by(preference_row.c.number)
            .having(
                func.max(case((preference_row.c.chosen != "", 1), else_=0)) == 1,
                func.max(case((preference_row.c.rejected != "", 1), else_=0)) == 1,
                func.count(distinct(preference_row.c.reply_id)) > 1,
            )
        )
        rows = self._rows(
            select(preference_row)
            .where(*voted, preference_row.c.number.in_(both))
            .order_by(preference_row.c.number, preference_row.c.reply_id, preference_row.c.position)
        )
        threads = groupby(map(preference_row_of, rows), key=lambda one: one.number)
        return [one for _, thread in threads for one in apart(list(thread))]


def _vetoed(repository_id: int) -> Select[tuple[int]]:
    return select(memory.c.reply_id).where(memory.c.repository_id == repository_id, is_vetoed())


def _counted(repository_id: int, least: float) -> list[ColumnElement[bool]]:
    return [
        preference_row.c.repository_id == repository_id,
        preference_row.c.kind.in_(_TOLD),
        preference_row.c.weight >= least,
        preference_row.c.reply_id.not_in(_vetoed(repository_id)),
    ]
