"""Keeps a repository's searchable text at the head of its default branch."""

import structlog

from app.domain import Repository
from app.flows.context import Context
from app.flows.policies import Policies
from app.ports import Corpus

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
        github, knowledge = self._context.github, self._context.knowledge
        sha = github.head(repository)
        if sha is None:
            return None
        known = knowledge.corpus(repository.id, sha)
        if known is not None:
            return known
        policy = self._policies.current(repository)
        with github.tarball(repository, sha) as archive:
            corpus = knowledge.build(
                repository.id,
                sha,
                archive,
                include=policy.include,
                exclude=policy.exclude,
            )
        log.info("repository.indexed", repository=repository.id, commit=sha)
        return corpus
