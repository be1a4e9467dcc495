"""The configuration in force for a repository: its own file over its organisation's."""

import hashlib

import structlog

from app.domain import PolicyFile, Repository
from app.flows.policy import Fault, Policy, merge, parse
from app.ports import GitHub
from app.store import Store

log = structlog.get_logger()

PATH = ".github/treadle.yml"
REPOSITORY, ORGANISATION = "repository", "organisation"


class Policies:
    """Reads configuration files, keeps their last good versions, and tells what is wrong."""

    def __init__(self, github: GitHub, store: Store) -> None:
        self._github = github
        self._store = store

    def current(self, repository: Repository) -> Policy:
        """Returns the policy in force, read from GitHub where it never was before."""
        if self._store.repositories.policy(repository.id, REPOSITORY) is None:
            self.reload(repository)
        return merge(
            self._good(repository.id, ORGANISATION),
            self._good(repository.id, REPOSITORY),
        )

    def reload(self, repository: Repository) -> None:
        """Reads both files anew; a faulty one leaves its last good version in force."""
        self._take(repository, ORGANISATION, self._github.organisation_file(repository, PATH))
        self._take(repository, REPOSITORY, self._github.file(repository, PATH))

    def faults(self, repository: Repository) -> Sequence[str]:
        """Returns what is wrong in the files as they stand, a line each."""
        faults: list[str] = []
        for scope in (ORGANISATION, REPOSITORY):
            kept = self._store.repositories.policy(repository.id, scope)
            faults += kept.errors if kept is not None else ()
        return faults
