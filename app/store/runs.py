"""Training runs: one unfinished one a repository, and no way back from its end."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, insert, select, update
from sqlalchemy.engine import RowMapping

from app.domain import Progress, Run, RunState
from app.errors import UserError
from app.store.noun import Noun, lock_repository
from app.store.schema import training_run

UNFINISHED = (RunState.WAITING, RunState.RUNNING)
_NEWEST = (training_run.c.created_at.desc(), training_run.c.id.desc())


class Runs(Noun):
    """Runs by their id, which is whatever asked for them chose.

    A run goes from waiting to running to one of the final states, and stays there: what comes
    for it afterwards changes nothing, and is answered with the run as it stands.
    """

    def create(self, value: Run) -> Run:
        """Keeps a run that waits; the same id again returns what is kept.

        Args:
            value: a new run; of it, id, repository, `by` and `created_at` are read.

        Raises:
            UserError: another run of this repository is under way.
            LookupError: there is no such repository.
        """
        with self._writing() as connection:
            lock_repository(connection, value.repository_id)
            kept = connection.execute(_by_id(value.id)).mappings().first()
            if kept is not None:
                return _value(kept)
            other = connection.execute(_under_way(value.repository_id)).mappings().first()
            if other is not None:
                raise UserError(
                    f"A training run of this repository is {other['state']}: it was asked for on "
                    f"{other['created_at']:%Y-%m-%d at %H:%M} UTC. Wait for its end, or cancel it."
                )
            connection.execute(
                insert(training_run).values(
                    id=value.id,
                    repository_id=value.repository_id,
                    state=RunState.WAITING.value,
                    by_login=value.by,
                    reason="",
                    adapter="",
                    progress=_progress(Progress()),
                    cancel=False,
                    created_at=value.created_at,
                )
            )
            return _value(connection.execute(_by_id(value.id)).mappings().one())

    def get(self, run_id: str) -> Run | None:
        """Looks a run up by its id."""
        return self._one(_by_id(run_id))

    def latest(self, repository_id: int) -> Run | None:
        """Returns the newest run of a repository, whatever its state."""
        return self._newest(_of(repository_id))

    def latest_ended(self, repository_id: int) -> Run | None:
        """Returns the newest run of a repository that has ended."""
        return self._newest(_of(repository_id).where(~_in(UNFINISHED)))

    def latest_adapter(self, repository_id: int) -> Run | None:
        """Returns the newest run of a repository that made an adapter, promoted or not."""
        return self._newest(_of(repository_id).where(training_run.c.adapter != ""))

    def under_way(self, repository_id: int) -> Run | None:
        """Returns the run of a repository that has not ended; None where there is none."""
        return self._one(_under_way(repository_id))

    def recent(self, repository_id: int, limit: int) -> Sequence[Run]:
        """Returns the newest runs of a repository, newest first."""
        return self._many(_of(repository_id).order_by(*_NEWEST).limit(limit))

    def unfinished(self) -> Sequence[Run]:
        """Returns the runs of all repositories that have not ended, oldest first."""
        return self._many(
            select(training_run)
            .where(_in(UNFINISHED))
            .order_by(training_run.c.created_at, training_run.c.id)
        )

    def start(self, run_id: str, at: datetime) -> Run:
        """Notes that a waiting run is worked on; one that runs keeps its first start.

        Raises:
            LookupError: there is no such run.
        """
        return self._change(
            run_id,
            {"state": RunState.RUNNING.value, "started_at": at},
            only=(RunState.WAITING,),
        )

    def set_progress(self, run_id: str, progress: Progress) -> Run:
        """Notes how far a running run is.

        Raises:
            LookupError: there is no such run.
        """
        return self._change(run_id, {"progress": _progress(progress)}, only=(RunState.RUNNING,))

    def request_cancel(self, run_id: str) -> Run:
        """Asks an unfinished run to stop; whatever works on it ends it then.

        Raises:
            LookupError: there is no such run.
        """
        return self._change(run_id, {"cancel": True})

    def finish(
        self, run_id: str, state: RunState, at: datetime, *, reason: str = "", adapter: str = ""
    ) -> Run:
        """Ends a run; one that has ended stays as it ended.

        Raises:
            ValueError: the state is not a final one.
            LookupError: there is no such run.
        """
        if state in UNFINISHED:
            raise ValueError(f"a run does not end as {state.value}")
        ended: dict[str, object] = {
            "state": state.value,
            "ended_at": at,
            "reason": reason,
            "adapter": adapter,
        }
        return self._change(run_id, ended)

    def _change(
        self, run_id: str, columns: dict[str, object], only: Sequence[RunState] = UNFINISHED
    ) -> Run:
        """Changes a run that is in one of some states; returns it as it then stands."""
        with self._writing() as connection:
            connection.execute(
                update(training_run).where(training_run.c.id == run_id, _in(only)).values(columns)
            )
            return _stored(connection, run_id)

    def _newest(self, statement: Select[Any]) -> Run | None:
        return self._one(statement.order_by(*_NEWEST).limit(1))

    def _one(self, statement: Select[Any]) -> Run | None:
        row = self._row(statement)
        return None if row is None else _value(row)

    def _many(self, statement: Select[Any]) -> Sequence[Run]:
        return [_value(row) for row in self._rows(statement)]


def _in(states: Collection[RunState]) -> ColumnElement[bool]:
    return training_run.c.state.in_([state.value for state in states])


def _stored(connection: Connection, run_id: str) -> Run:
    row = connection.execute(_by_id(run_id)).mappings().first()
    if row is None:
        raise LookupError(f"no training run with the id {run_id}")
    return _value(row)


def _by_id(run_id: str) -> Select[Any]:
    return select(training_run).where(training_run.c.id == run_id)


def _of(repository_id: int) -> Select[Any]:
    return select(training_run).where(training_run.c.repository_id == repository_id)


def _under_way(repository_id: int) -> Select[Any]:
    return _of(repository_id).where(_in(UNFINISHED))


def _progress(value: Progress) -> dict[str, object]:
    return {
        "phase": value.phase,
        "step": value.step,
        "steps": value.steps,
        "loss": value.loss,
    }


def _value(row: RowMapping) -> Run:
    return Run(
        id=row["id"],
        repository_id=row["repository_id"],
        state=RunState(row["state"]),
        by=row["by_login"],
        reason=row["reason"],
        adapter=row["adapter"],
        progress=Progress(**row["progress"]),
        cancel=row["cancel"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
    )
