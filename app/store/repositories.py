"""Repositories, the state of their installations, and their configuration files."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import func, or_, select, update
from sqlalchemy.engine import RowMapping

from app.domain import PolicyFile, Repository
from app.store.noun import Noun
from app.store.schema import installation, policy, repository

InstallationState = Literal["active", "suspended", "removed"]
Scope = Literal["repository", "organisation", "constitution"]


class Repositories(Noun):
    """The repositories that the App was ever installed on."""

    def save(self, value: Repository) -> None:
        """Adds a repository or takes over its new name, installation and branch.

        A repository that had been removed from its installation is back by this.
        """
        columns = {
            "owner": value.owner,
            "name": value.name,
            "installation_id": value.installation_id,
            "default_branch": value.default_branch,
            "private": value.private,
            "removed_at": None,
        }
        self._write(
            self._insert(repository)
            .values(id=value.id, **columns)
            .on_conflict_do_update(index_elements=["id"], set_=columns)
        )

    def get(self, repository_id: int) -> Repository | None:
        """Looks a repository up by GitHub's id."""
        row = self._row(select(repository).where(repository.c.id == repository_id))
        return None if row is None else repository_of(row)

    def by_name(self, owner: str, name: str) -> Repository | None:
        """Looks a repository up by its name in any case, one still installed first."""
        row = self._row(
            select(repository)
            .where(
                func.lower(repository.c.owner) == owner.lower(),
                func.lower(repository.c.name) == name.lower(),
            )
            .order_by(repository.c.removed_at.is_not(None), repository.c.id.desc())
        )
        return None if row is None else repository_of(row)

    def all(self) -> Sequence[Repository]:
        """Returns every repository that was not removed, by name."""
        rows = self._rows(
            select(repository)
            .where(repository.c.removed_at.is_(None))
            .order_by(repository.c.owner, repository.c.name, repository.c.id)
        )
        return [repository_of(row) for row in rows]

    def of_installation(self, installation_id: int, most: int) -> Sequence[Repository]:
        """Returns at most so many repositories of an installation, newest first, none removed."""
        rows = self._rows(
            select(repository)
            .where(
                repository.c.installation_id == installation_id, repository.c.removed_at.is_(None)
            )
            .order_by(repository.c.id.desc())
            .limit(most)
        )
        return [repository_of(row) for row in rows]

    def rename(self, repository_id: int, owner: str, name: str) -> None:
        """Takes over a new owner or name."""
        self._write(
            update(repository)
            .where(repository.c.id == repository_id)
            .values(owner=owner, name=name)
        )

    def remove(self, repository_id: int, at: datetime) -> None:
        """Notes that the App was taken off a repository; what was learned is kept for a time.

        Where that is known already, its time stays.
        """
        self._write(
            update(repository)
            .where(repository.c.id == repository_id, repository.c.removed_at.is_(None))
            .values(removed_at=at)
        )

    def set_installation_state(
        self, installation_id: int, state: InstallationState, at: datetime
    ) -> None:
        """Notes that an installation was suspended, removed, or is active again.

        Where it is known to be removed already, the time of that stays; such a one is never
        suspended, since GitHub gives one that comes back another id.
        """
        removed_at = at if state == "removed" else None
        unlike = {state, "removed"} if state == "suspended" else {state}
        self._write(
            self._insert(installation)
            .values(id=installation_id, state=state, removed_at=removed_at)
            .on_conflict_do_update(
                index_elements=["id"],
                set_={"state": state, "removed_at": removed_at},
                where=installation.c.state.not_in(unlike),
            )
        )

    def installed(self) -> frozenset[int]:
        """Returns the ids of those that the App was not taken off; suspended ones too."""
        rows = self._rows(
            select(repository.c.id)
            .outerjoin(installation, installation.c.id == repository.c.installation_id)
            .where(
                repository.c.removed_at.is_(None),
                or_(installation.c.state.is_(None), installation.c.state != "removed"),
            )
        )
        return frozenset(row["id"] for row in rows)

    def active(self, repository_id: int) -> bool:
        """Tells whether the App may act: the repository is known and its installation active."""
        row = self._row(
            select(repository.c.removed_at, installation.c.state)
            .select_from(
                repository.outerjoin(
                    installation, installation.c.id == repository.c.installation_id
                )
            )
            .where(repository.c.id == repository_id)
        )
        if row is None or row["removed_at"] is not None:
            return False
        return row["state"] in (None, "active")

    def save_policy(
        self, repository_id: int, scope: Scope, sha: str, text: str, errors: Sequence[str] = ()
    ) -> None:
        """Keeps a configuration file as last seen; `text` is its last good version."""
        columns = {"sha": sha, "text": text, "errors": list(errors)}
        self._write(
            self._insert(policy)
            .values(repository_id=repository_id, scope=scope, **columns)
            .on_conflict_do_update(index_elements=["repository_id", "scope"], set_=columns)
        )

    def policy(self, repository_id: int) -> Mapping[str, PolicyFile]:
        """Returns the configuration files that a repository is under, by scope."""
        rows = self._rows(select(policy).where(policy.c.repository_id == repository_id))
        return {
            row["scope"]: PolicyFile(
                scope=row["scope"], sha=row["sha"], text=row["text"], errors=tuple(row["errors"])
            )
            for row in rows
        }


def repository_of(row: RowMapping) -> Repository:
    """Reads a repository from its row."""
    return Repository(
        id=row["id"],
        owner=row["owner"],
        name=row["name"],
        installation_id=row["installation_id"],
        default_branch=row["default_branch"],
        private=row["private"],
    )
