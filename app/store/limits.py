"""GitHub's limits: what each installation used, counted for all processes of the database."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from app.domain import Allowance, Counts
from app.ports.github import Result
from app.store.limit_tables import allowance
from app.store.noun import Noun

_COUNTS = ("minute", "hour", "rest", "graphql", "sweeps")
_AHEAD = 3600.0
"""Seconds that a clock may have been ahead: GitHub's longest span, and our longest block."""


class Limits(Noun):
    """The `Ledger` port. Its clock is the server's on Postgres, this machine's on SQLite."""

    def change(
        self, installation_id: int, rule: Callable[[Allowance, float], tuple[Allowance, Result]]
    ) -> Result:
        """Applies a rule in a transaction that holds the installation's row.

        Where the clock was set back by more than an hour, nothing counts any longer but a block,
        and that for an hour at most: all else would have to wait until the time is reached again.
        """
        here = allowance.c.installation_id == installation_id
        row = select(allowance.c.used, allowance.c.changed_at).where(here).with_for_update()
        with self._writing() as connection:
            found = connection.execute(row).first()
            if found is None:
                fresh = {"installation_id": installation_id, "used": {}}
                connection.execute(
                    self._insert(allowance)
                    .values(**fresh, changed_at=datetime.now(UTC))
                    .on_conflict_do_nothing()
                )
                found = connection.execute(row).one()
            # Read once the row is held: another may have held it for long.
            now = self._now(connection)
            kept = before = _read(found.used)
            if found.changed_at.timestamp() > now + _AHEAD:
                until = min(kept.blocked_until, now + _AHEAD)
                before = Allowance(blocked_until=until, refusals=kept.refusals)
            after, result = rule(before, now)
            if after != kept:
                at = datetime.fromtimestamp(now, UTC)
                values = {"used": asdict(after), "changed_at": at}
                connection.execute(update(allowance).where(here).values(**values))
            return result

    def forget(self, before: datetime) -> None:
        """Deletes what was not used since a time; all limits are of less than a day."""
        self._write(delete(allowance).where(allowance.c.changed_at < before))

    def _now(self, connection: Connection) -> float:
        if connection.dialect.name != "postgresql":
            return time.time()
        at: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return at.timestamp()


def _read(used: Mapping[str, Any]) -> Allowance:
    """Reads what `asdict` wrote, by this version or another; JSON's names are all texts."""
    counts = {name: _counts(used.get(name, {})) for name in _COUNTS}
    return Allowance(
        **counts,
        next_write=float(used.get("next_write", 0.0)),
        turns=dict(used.get("turns", {})),
        blocked_until=float(used.get("blocked_until", 0.0)),
        refusals=int(used.get("refusals", 0)),
    )


def _counts(values: Mapping[str, int]) -> Counts:
    return {int(part): int(number) for part, number in values.items()}
