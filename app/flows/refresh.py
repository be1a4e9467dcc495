"""Keeps a repository's searchable text at the head of its default branch."""

from collections.abc import Generator
from contextlib import closing

import structlog

from app.domain import Repository
from app.flows.context import Context
from app.flows.policies import Policies
from app.ports.knowledge import Corpus

log = structlog.get_logger()


class Refresh:
    """Builds the corpus of a commit when it is not there yet."""

    def __init__(self, context: Context, policies: Policies) -> None:
        self._context = context
        self._policies = policies

    def repository(self, repository_id: int) -> None:
        """Reads configuration and text of a repository anew, after a push."""
        repository = self._context.store.repositories.get(repository_id)
        if repository is None or not self._context.store.repositories.active(repository_id):
            return
        self._policies.reload(repository)
        self.corpus(repository)

    def corpus(self, repository: Repository) -> Corpus | None:
        """Returns the text at the head of the default branch; None where there is none."""
        sha = self._context.github.head(repository)
        if sha is None:
            return None
        policy = self._policies.current(repository)
        with closing(self._archive(repository, sha)) as archive:
            return self._context.knowledge.build(
                repository.id, sha, archive, include=policy.include, exclude=policy.exclude
            )

    def _archive(self, repository: Repository, sha: str) -> Generator[bytes, None, None]:
        """Asks for the archive only once somebody wants to read it."""
        log.info("repository.indexing", repository=repository.id, commit=sha)
        with self._context.github.tarball(repository, sha) as archive:
            yield from archive
