"""Adapters: every version that was ever trained, and which one each repository's answers use."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, func, insert, select, update
from sqlalchemy.engine import RowMapping

from app.domain import AdapterVersion, Promotion, RulingKind, RulingWhat
from app.errors import UserError
from app.store.noun import Noun, lock_repository
from app.store.schema import adapter_version, promotion, ruling
from app.store.versions import by_name, check, columns_of, of_repository, version_of


class Adapters(Noun):
    """Versions of adapters by their name, and the history of their promotions.

    A version never changes, but for being retired; the history is only ever added to. What is
    in force is the newest promotion, which a rollback is too.
    """

    def next_number(self, repository_id: int) -> int:
        """Returns the number of a repository's next version; they start at 1."""
        newest = self._row(of_repository(repository_id).order_by(adapter_version.c.number.desc()))
        return 1 if newest is None else int(newest["number"]) + 1

    def add(self, value: AdapterVersion) -> AdapterVersion:
        """Keeps a version; the same again, at whatever time, returns what is kept.

        Numbers that JSON lacks (NaN, infinities) are kept as None.

        Raises:
            UserError: the name or the number belongs to another version.
            ValueError: the name is not the one that `adapter_name` gives, or a hash is none.
            LookupError: there is no such repository.
        """
        check(value)
        columns = columns_of(value)
        with self._writing() as connection:
            lock_repository(connection, value.repository_id)
            kept = connection.execute(by_name(value.name)).mappings().first()
            if kept is None:
                others = of_repository(value.repository_id)
                same = others.where(adapter_version.c.number == value.number)
                if connection.execute(same).first() is not None:
                    raise UserError(
                        f"The number {value.number} belongs to another adapter of this repository."
                    )
                connection.execute(
                    insert(adapter_version).values(created_at=value.created_at, **columns)
                )
                kept = connection.execute(by_name(value.name)).mappings().one()
            elif any(kept[name] != column for name, column in columns.items()):
                raise UserError(f"The name {value.name} belongs to another adapter.")
        return version_of(kept)

    def get(self, name: str) -> AdapterVersion | None:
        """Looks a version up by its name."""
        row = self._row(by_name(name))
        return None if row is None else version_of(row)

    def of_run(self, repository_id: int, run_id: str) -> AdapterVersion | None:
        """Returns the version that a run of a repository made; None where it made none yet."""
        row = self._row(of_repository(repository_id).where(adapter_version.c.run_id == run_id))
        return None if row is None else version_of(row)

    def versions(self, repository_id: int) -> Sequence[AdapterVersion]:
        """Lists all versions of a repository, oldest first."""
        rows = self._rows(of_repository(repository_id).order_by(adapter_version.c.number))
        return [version_of(row) for row in rows]

    def taken_back(self) -> Sequence[AdapterVersion]:
        """Returns the versions of all repositories that learned from what somebody took back since,
        and are not retired."""
        rows = self._rows(
            select(adapter_version)
            .where(
                adapter_version.c.taken_back_at.is_not(None), adapter_version.c.retired_at.is_(None)
            )
            .order_by(adapter_version.c.repository_id, adapter_version.c.number)
        )
        return [version_of(row) for row in rows]

    def active(self, repository_id: int) -> AdapterVersion | None:
        """Returns the version that a repository's answers use; None for the base model.

        One that was vetoed is not used, for as long as it is.
        """
        row = self._row(_active(repository_id))
        return None if row is None else version_of(row)

    def promote(
        self, repository_id: int, name: str, *, by: str, reason: str, at: datetime
    ) -> Promotion:
        """Puts a version into force; where it is, returns the promotion that did so.

        Raises:
            UserError: it belongs to another repository, did not pass the gate, was retired, or
                learned from what somebody took back since.
            LookupError: there is no such repository.
        """
        with self._writing() as connection:
            lock_repository(connection, repository_id)
            version = _own(connection, repository_id, name)
            if version.retired_at is not None:
                raise UserError(
                    f"{name} was retired on {version.retired_at:%Y-%m-%d} and is not used again."
                )
            if version.taken_back_at is not None:
                raise UserError(
                    f"{name} was trained on what somebody took back on "
                    f"{version.taken_back_at:%Y-%m-%d}, and is not used again: train another."
                )
            if not version.verdict.passed:
                reasons = " ".join(version.verdict.reasons) or "Nothing was measured."
                raise UserError(f"{name} did not pass the gate and is not used. {reasons}")
            if _is_vetoed(connection, repository_id, name):
                raise UserError(f"{name} was vetoed and is not used until that is taken back.")
            history = _history(connection, repository_id)
            if history and history[-1]["adapter"] == name:
                return _promotion(history[-1])
            columns: dict[str, object] = {"adapter": name, "rollback": False}
            return _append(connection, repository_id, columns, by=by, reason=reason, at=at)

    def rollback(
        self, repository_id: int, *, by: str, reason: str, at: datetime, leaving: str = ""
    ) -> Promotion:
        """Puts back what was in force before; its `adapter` is "" where that was none.

        A second rollback goes one further back, not forth again; versions that were retired in
        the meantime, or learned from what was taken back in it, are passed over.

        Args:
            repository_id: GitHub's id of the repository.
            by: the login of who asks for it.
            reason: why, in words.
            at: when.
            leaving: the version to leave: where it is no longer in force, nothing is done. A
                button that is pressed twice goes back once.

        Raises:
            UserError: no adapter, or another than the one to leave, is in force.
            LookupError: there is no such repository.
        """
        with self._writing() as connection:
            lock_repository(connection, repository_id)
            trail = _trail(_history(connection, repository_id))
            if not trail:
                raise UserError(
                    "No adapter is in force in this repository, so there is nothing to roll back."
                )
            current = trail.pop()
            if leaving and current != leaving:
                raise UserError(f"{leaving} is not in force any more: {current} is.")
            usable = (
                name
                for name in reversed(trail)
                if name != current
                and not _is_out(connection, name)
                and not _is_vetoed(connection, repository_id, name)
            )
            columns: dict[str, object] = {"adapter": next(usable, None), "rollback": True}
            return _append(connection, repository_id, columns, by=by, reason=reason, at=at)

    def retire(self, repository_id: int, name: str, at: datetime) -> AdapterVersion:
        """Takes a version out for good; one that is retired keeps its time.

        Raises:
            UserError: it is in force, or there is no such version in this repository.
            LookupError: there is no such repository.
        """
        with self._writing() as connection:
            lock_repository(connection, repository_id)
            version = _own(connection, repository_id, name)
            history = _history(connection, repository_id)
            if history and history[-1]["adapter"] == name:
                raise UserError(
                    f"{name} is in force: roll it back or promote another, then retire it."
                )
            if version.retired_at is None:
                connection.execute(
                    update(adapter_version)
                    .where(adapter_version.c.name == name)
                    .values(retired_at=at)
                )
            return version_of(connection.execute(by_name(name)).mappings().one())

    def history(self, repository_id: int) -> Sequence[Promotion]:
        """Returns every change of what is in force, oldest first."""
        with self._reader.connect() as connection:
            return [_promotion(row) for row in _history(connection, repository_id)]


def _trail(history: Sequence[RowMapping]) -> list[str]:
    """Reads a history into the versions to go back through, what is in force last.

    A promotion goes on top; a rollback takes off what it left and all down to what it went
    back to, so that no later one comes back to what was left.
    """
    names: list[str] = []
    for row in history:
        if not row["rollback"]:
            names.append(row["adapter"])
            continue
        names.pop()
        while names and names[-1] != row["adapter"]:
            names.pop()
    return names


def _own(connection: Connection, repository_id: int, name: str) -> AdapterVersion:
    """Returns a version of a repository.

    Raises:
        UserError: it has none of that name.
    """
    row = connection.execute(by_name(name)).mappings().first()
    if row is None or row["repository_id"] != repository_id:
        raise UserError(f"This repository has no adapter {name}.")
    return version_of(row)


def _is_out(connection: Connection, name: str) -> bool:
    """Tells whether a version was retired, or learned from what somebody took back since."""
    version = version_of(connection.execute(by_name(name)).mappings().one())
    return version.retired_at is not None or version.taken_back_at is not None


def _append(
    connection: Connection,
    repository_id: int,
    columns: dict[str, object],
    *,
    by: str,
    reason: str,
    at: datetime,
) -> Promotion:
    connection.execute(
        insert(promotion).values(
            repository_id=repository_id, by_login=by, reason=reason, at=at, **columns
        )
    )
    return _promotion(_history(connection, repository_id)[-1])


def _history(connection: Connection, repository_id: int) -> Sequence[RowMapping]:
    statement = (
        select(promotion).where(promotion.c.repository_id == repository_id).order_by(promotion.c.id)
    )
    return connection.execute(statement).mappings().all()


def _active(repository_id: int) -> Select[Any]:
    newest = (
        select(func.max(promotion.c.id))
        .where(promotion.c.repository_id == repository_id)
        .scalar_subquery()
    )
    return (
        select(adapter_version)
        .join(promotion, promotion.c.adapter == adapter_version.c.name)
        .where(
            promotion.c.id == newest,
            adapter_version.c.repository_id == repository_id,
            ~exists().where(*_vetoes(repository_id), ruling.c.key == adapter_version.c.name),
        )
    )


def _is_vetoed(connection: Connection, repository_id: int, name: str) -> bool:
    vetoes = select(ruling.c.id).where(*_vetoes(repository_id), ruling.c.key == name)
    return connection.execute(vetoes).first() is not None


def _vetoes(repository_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        ruling.c.repository_id == repository_id,
        ruling.c.kind == RulingKind.ADAPTER.value,
        ruling.c.what == RulingWhat.VETOED.value,
    )


def _promotion(row: RowMapping) -> Promotion:
    return Promotion(
        repository_id=row["repository_id"],
        adapter=row["adapter"] or "",
        by=row["by_login"],
        reason=row["reason"],
        at=row["at"],
    )
