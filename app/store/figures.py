"""Figures: what there is of each thing, counted in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, ColumnElement, Table, cast, func, select

from app.domain import SignalKind
from app.store.noun import Noun
from app.store.schema import ask, memory, phrase_mass, preference_row, reply, signal


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Counts of one repository's things by what they are.

    `signals` counts those that still stand, by kind, `reactions` those of kind reaction by
    their name; `removed` those that were taken back.
    """

    replies: Mapping[str, int]
    asks: Mapping[str, int]
    signals: Mapping[str, int]
    reactions: Mapping[str, int]
    removed: int
    memories: Mapping[str, int]
    rows: Mapping[str, int]
    masses: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """The feedback of one UTC day that still stands, each sum trust times strength, at least 0.

    `corrected` is that of edits, which stand apart: they speak against one text and for
    another.
    """

    day: date
    liked: float
    disliked: float
    corrected: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Spent:
    """What the replies that a model drafted cost it: tokens, and money where prices are set."""

    model: str
    read: int
    cached: int
    written: int
    cost: float


class Counting(Noun):
    """Counts, for people to look at."""

    def of_repository(self, repository_id: int) -> Figures:
        """Counts what one repository has."""
        of_ours = select(reply.c.id).where(reply.c.repository_id == repository_id)
        ours = signal.c.reply_id.in_(of_ours)
        live = ours & signal.c.removed_at.is_(None)
        return Figures(
            replies=self._by(reply, reply.c.state, reply.c.repository_id == repository_id),
            asks=self._by(ask, ask.c.state, ask.c.repository_id == repository_id),
            signals=self._by(signal, signal.c.kind, live),
            reactions=self._by(
                signal, signal.c.content, live & (signal.c.kind == SignalKind.REACTION.value)
            ),
            removed=self._count(signal, ours & signal.c.removed_at.is_not(None)),
            memories=self._by(memory, memory.c.kind, memory.c.repository_id == repository_id),
            rows=self._by(
                preference_row,
                preference_row.c.kind,
                preference_row.c.repository_id == repository_id,
            ),
            masses=self._count(phrase_mass, phrase_mass.c.repository_id == repository_id),
        )

    def spent(self, repository_id: int) -> Sequence[Spent]:
        """Adds up what replies cost, by model; those without a model are left out."""
        read, cached, written = (
            # Wider than a number of JSON is read by itself.
            cast(reply.c.block[("usage", name)].as_string(), BigInteger)
            for name in ("read", "cached", "written")
        )
        cost = reply.c.block[("usage", "cost")].as_float()
        model = reply.c.block["model"].as_string().label("model")
        rows = self._rows(
            select(
                model,
                func.sum(read).label("read"),
                func.coalesce(func.sum(cached), 0).label("cached"),
                func.coalesce(func.sum(written), 0).label("written"),
                func.coalesce(func.sum(cost), 0.0).label("cost"),
            )
            .where(reply.c.repository_id == repository_id, read > 0)
            .group_by(model)
            .order_by(model)
        )
        return [
            Spent(
                model=str(row["model"]),
                read=int(row["read"]),
                cached=int(row["cached"]),
                written=int(row["written"]),
                cost=float(row["cost"]),
            )
            for row in rows
        ]

    def days(self, since: datetime, repository_id: int | None = None) -> Sequence[Day]:
        """Adds up the feedback of each day from a time on, oldest first; silent days are left out.

        Args:
            since: aware time of the first feedback that counts.
            repository_id: one repository; all of them where None.
        """
        statement = (
            select(signal.c.kind, signal.c.first_seen, signal.c.trust, signal.c.value)
            .join(reply, reply.c.id == signal.c.reply_id)
            .where(signal.c.first_seen >= since, signal.c.removed_at.is_(None))
        )
        if repository_id is not None:
            statement = statement.where(reply.c.repository_id == repository_id)
        sums: dict[date, list[float]] = {}
        for row in self._rows(statement):
            day = sums.setdefault(row["first_seen"].date(), [0.0, 0.0, 0.0])
            edit = row["kind"] == SignalKind.EDIT.value
            place = 2 if edit else int(row["value"] < 0)
            day[place] += row["trust"] * abs(row["value"])
        return [
            Day(day=day, liked=liked, disliked=disliked, corrected=corrected)
            for day, (liked, disliked, corrected) in sorted(sums.items())
        ]

    def _by(
        self, table: Table, column: ColumnElement[str], condition: ColumnElement[bool]
    ) -> Mapping[str, int]:
        rows = self._rows(
            select(column.label("what"), func.count().label("number"))
            .select_from(table)
            .where(condition)
            .group_by(column)
            .order_by(column)
        )
        return {row["what"]: int(row["number"]) for row in rows}

    def _count(self, table: Table, condition: ColumnElement[bool]) -> int:
        row = self._row(select(func.count().label("number")).select_from(table).where(condition))
        return 0 if row is None else int(row["number"])
