"""The configuration in force for a repository: its own file over its organisation's."""

import hashlib
from collections.abc import Sequence

import structlog

from app.domain import PolicyFile, Repository
from app.flows.policy import PATH, Policy, merge, parse
from app.ports import GitHub
from app.store import Store
from app.store.repositories import Scope
from app.text.clean import clean

log = structlog.get_logger()

SCOPES: Sequence[Scope] = ("organisation", "repository")


class Policies:
    """Reads configuration files, keeps their last good versions, and tells what is wrong."""

    def __init__(self, github: GitHub, store: Store) -> None:
        self._github = github
        self._store = store

    def current(self, repository: Repository) -> Policy:
        """Returns the policy in force, read from GitHub where it never was before."""
        if self._store.repositories.policy(repository.id).keys() != set(SCOPES):
            self.reload(repository)
        return self.kept(repository.id)

    def kept(self, repository_id: int) -> Policy:
        """Returns the policy in force as last read, without asking GitHub."""
        files = self._store.repositories.policy(repository_id)
        good = {scope: _good(file) for scope, file in files.items()}
        return merge(good.get("organisation"), good.get("repository"))

    def reload(self, repository: Repository) -> None:
        """Reads both files anew; a faulty one leaves its last good version in force."""
        self._take(repository, "organisation", self._github.organisation_file(repository, PATH))
        self._take(repository, "repository", self._github.file(repository, PATH))

    def faults(self, repository_id: int) -> Sequence[str]:
        """Returns what is wrong in the files as they stand, a line each."""
        files = self._store.repositories.policy(repository_id)
        return [
            f"{fault} (in the organisation's file)" if scope == "organisation" else fault
            for scope in SCOPES
            if scope in files
            for fault in files[scope].errors
        ]

    def _take(self, repository: Repository, scope: Scope, content: bytes | None) -> None:
        content = content or b""
        sha = hashlib.sha256(content).hexdigest()
        kept = self._store.repositories.policy(repository.id).get(scope)
        if kept is not None and kept.sha == sha:
            return
        found = parse(content)
        if isinstance(found, Policy):
            text, errors = clean(content.decode("utf-8")), []
        else:
            text, errors = (kept.text if kept else ""), [str(fault) for fault in found]
        self._store.repositories.save_policy(repository.id, scope, sha, text, errors)
        log.info("policy.read", repository=repository.id, scope=scope, faults=len(errors))


def _good(file: PolicyFile) -> Policy | None:
    """Returns the last good version; only such text is kept, but an upgrade may refuse it."""
    if not file.text.strip():
        return None
    found = parse(file.text.encode("utf-8"))
    return found if isinstance(found, Policy) else None
