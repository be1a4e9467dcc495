"""Verified permissions of people, remembered for a short while."""

from datetime import datetime, timedelta

from app.domain import Permission, Person, Repository
from app.errors import GoneError
from app.ports.clock import Clock
from app.ports.github import GitHub

MOST = 10_000
"""People remembered at a time."""


class People:
    """Looks permissions up at GitHub, at most once per person in `lifetime`.

    A person whose account is gone has no permission.
    """

    def __init__(
        self, github: GitHub, clock: Clock, *, lifetime: timedelta = timedelta(minutes=10)
    ) -> None:
        self._github = github
        self._clock = clock
        self._lifetime = lifetime
        self._known: dict[tuple[int, int], tuple[datetime, Permission]] = {}

    def permission(self, repository: Repository, person: Person) -> Permission:
        """Returns what a person may do in a repository; bots get NONE without a look."""
        if person.is_bot:
            return Permission.NONE
        key = (repository.id, person.id)
        now = self._clock()
        seen = self._known.get(key)
        if seen is not None and now - seen[0] < self._lifetime:
            return seen[1]
        try:
            found = self._github.permission(repository, person.login)
        except GoneError:
            found = Permission.NONE
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[key] = (now, found)
        return found
