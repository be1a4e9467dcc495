"""The configuration in force for a repository: its own file over its organisation's, and its
constitution."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from app.domain import PolicyFile, Repository
from app.flows.policy import PATH, Policy, merge, parse
from app.ports.github import GitHub
from app.store import Store
from app.store.repositories import Scope
from app.text.clean import clean
from app.weave import constitution
from app.weave.constitution import Extent
from app.weave.principles import Constitution

log = structlog.get_logger()

SCOPES: Sequence[Scope] = ("organisation", "repository", "constitution")


class Policies:
    """Reads configuration files, keeps their last good versions, and tells what is wrong."""

    def __init__(self, github: GitHub, store: Store, extent: Extent | None = None) -> None:
        """Reads nothing yet.

        Args:
            github: where the files are.
            store: where their last good versions are kept.
            extent: how large a repository's constitution may be; the usual extent by default.
        """
        self._github = github
        self._store = store
        self._extent = extent or Extent()

    def current(self, repository: Repository) -> Policy:
        """Returns the policy in force, read from GitHub where it never was before."""
        if self._store.repositories.policy(repository.id).keys() != set(SCOPES):
            self.reload(repository)
        return self.kept(repository.id)

    def kept(self, repository_id: int) -> Policy:
        """Returns the policy in force as last read, without asking GitHub."""
        files = self._store.repositories.policy(repository_id)
        good = {scope: _good(files[scope]) for scope in SCOPES[:2] if scope in files}
        merged = merge(good.get("organisation"), good.get("repository"))
        own = files.get("constitution")
        return merged if own is None else replace(merged, constitution=self._principles(own))

    def reload(self, repository: Repository) -> None:
        """Reads all files anew; a faulty one leaves its last good version in force."""
        github = self._github
        self._take(repository, "organisation", github.organisation_file(repository, PATH))
        self._take(repository, "repository", github.file(repository, PATH))
        self._take(repository, "constitution", github.file(repository, constitution.PATH))

    def faults(self, repository_id: int) -> Mapping[str, Sequence[str]]:
        """Returns what is wrong in the files as they stand: a line a fault, by their paths."""
        files = self._store.repositories.policy(repository_id)
        found: dict[str, list[str]] = {}
        for scope in SCOPES:
            path = constitution.PATH if scope == "constitution" else PATH
            where = " (in the organisation's file)" if scope == "organisation" else ""
            errors = files[scope].errors if scope in files else ()
            if errors:
                found.setdefault(path, []).extend(f"{fault}{where}" for fault in errors)
        return found

    def _take(self, repository: Repository, scope: Scope, content: bytes | None) -> None:
        content = content or b""
        # Other limits may find other faults in the same file.
        limits = repr(self._extent).encode() if scope == "constitution" else b""
        sha = hashlib.sha256(content + limits).hexdigest()
        kept = self._store.repositories.policy(repository.id).get(scope)
        if kept is not None and kept.sha == sha:
            return
        errors = self._errors(scope, content)
        text = (kept.text if kept else "") if errors else clean(content.decode("utf-8-sig"))
        self._store.repositories.save_policy(repository.id, scope, sha, text, errors)
        log.info("policy.read", repository=repository.id, scope=scope, faults=len(errors))

    def _errors(self, scope: Scope, content: bytes) -> list[str]:
        if scope != "constitution":
            found = parse(content)
            return [] if isinstance(found, Policy) else [str(fault) for fault in found]
        if not content.strip():
            return []
        read = constitution.parse(content, file=constitution.PATH, extent=self._extent)
        return [] if isinstance(read, Constitution) else [fault.told for fault in read]

    def _principles(self, file: PolicyFile) -> Constitution | None:
        """Returns the last good version of a constitution; an extent that shrank may refuse it."""
        if not file.text.strip():
            return None
        data = file.text.encode("utf-8")
        found = constitution.parse(data, file=constitution.PATH, extent=self._extent, fenced=True)
        return found if isinstance(found, Constitution) else None


def _good(file: PolicyFile) -> Policy | None:
    """Returns the last good version; only such text is kept, but an upgrade may refuse it."""
    if not file.text.strip():
        return None
    found = parse(file.text.encode("utf-8"))
    return found if isinstance(found, Policy) else None
