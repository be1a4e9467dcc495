"""Repositories and what is in them: branches, commits, files."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from playground import git
from playground.actors import Actor
from playground.errors import Conflict, Invalid, NotFound
from playground.installs import Installs
from playground.payloads import code as shapes
from playground.payloads.events import context
from playground.state import action
from playground.values import Account, Blob, Commit, Repository


def from_directory(root: Path, include: Iterable[str] = ("**/*",)) -> dict[str, bytes]:
    """The files below a folder that a glob matches, by their path with slashes.

    Links and whatever lies in `.git` are left out.
    """
    found: dict[str, bytes] = {}
    for pattern in include:
        for path in sorted(root.glob(pattern)):
            relative = path.relative_to(root)
            if path.is_file() and not path.is_symlink() and relative.parts[0] != ".git":
                found[relative.as_posix()] = path.read_bytes()
    return found


class Code(Installs):
    """Makes repositories and commits."""

    @action
    def create_repository(
        self,
        owner: str,
        name: str,
        *,
        files: Mapping[str, bytes] | None = None,
        private: bool = False,
        description: str | None = None,
        message: str = "Initial commit",
    ) -> Repository:
        """Makes a repository, empty where no files are given.

        Raises:
            Invalid: the owner has one of this name.
        """
        account = self.account(owner)
        if self.repositories.of((account.id, name.lower())):
            raise Invalid("Repository creation failed.")
        now = self.clock.now()
        value = self.repositories.put(
            Repository(
                id=self.next_id("repository"),
                owner_id=account.id,
                name=name,
                private=private,
                description=description,
                created_at=now,
                updated_at=now,
                pushed_at=now,
            )
        )
        if files:
            author = account.owner_ids[0] if account.owner_ids else account.id
            value = self._commit(value, value.default_branch, dict(files), author, message)
        return value

    @action
    def commit_files(
        self,
        actor: Actor,
        repository: Repository,
        changes: Mapping[str, bytes | None],
        *,
        message: str,
        branch: str | None = None,
    ) -> Commit:
        """Commits changes to a branch, which begins at the default one where it is new.

        Args:
            changes: Path to new bytes, or to None for a file that goes.
        """
        author = self.require_write(actor, repository, "contents")
        now = self.repositories[repository.id]
        name = branch or now.default_branch
        value = self._commit(now, name, changes, author, message)
        return self.commits[value.branches[name]]

    @action
    def put_file(
        self,
        actor: Actor,
        repository: Repository,
        path: str,
        data: bytes,
        *,
        message: str,
        branch: str | None = None,
        sha: str | None = None,
    ) -> Commit:
        """Creates a file, or replaces the one whose blob is `sha`.

        Raises:
            Invalid: the file exists and no `sha` was given.
            Conflict: `sha` is not that of the file as it is.
        """
        self.require_write(actor, repository, "contents")
        self._check_sha(repository, path, branch, sha)
        return self.commit_files(actor, repository, {path: data}, message=message, branch=branch)

    @action
    def delete_file(
        self,
        actor: Actor,
        repository: Repository,
        path: str,
        *,
        message: str,
        sha: str,
        branch: str | None = None,
    ) -> Commit:
        """Deletes the file whose blob is `sha`."""
        self.require_write(actor, repository, "contents")
        if path not in self.resolve(repository, branch).files:
            raise NotFound
        self._check_sha(repository, path, branch, sha)
        return self.commit_files(actor, repository, {path: None}, message=message, branch=branch)

    @action
    def set_raw_tarball(self, repository: Repository, data: bytes | None) -> Repository:
        """Serves these bytes in place of the repository's tarball."""
        sha = None
        if data is not None:
            sha = self.blobs.put(Blob(sha=git.blob_sha(data), data=data)).sha
        now = self.repositories[repository.id]
        return self.repositories.put(replace(now, raw_tarball_sha=sha))

    def resolve(self, repository: Repository, ref: str | None = None) -> Commit:
        """The commit of a branch, of a (short) SHA, or of the default branch.

        Raises:
            Conflict: the repository is empty.
            NotFound: no such commit.
        """
        now = self.repositories[repository.id]
        if not now.branches:
            raise Conflict("Git Repository is empty.")
        name = (ref or now.default_branch).removeprefix("refs/").removeprefix("heads/")
        if name == "HEAD":
            name = now.default_branch
        sha = now.branches.get(name)
        if sha is None:
            known = self._history(now)
            found = [one for one in known if len(name) >= 7 and one.startswith(name)]
            found += [one for one in known if self.commits[one].tree_sha == name]
            if not found:
                raise NotFound(f"No commit found for SHA: {name}")
            sha = found[0]
        return self.commits[sha]

    def _history(self, repository: Repository) -> list[str]:
        seen: dict[str, None] = {}
        waiting = list(repository.branches.values())
        while waiting:
            sha = waiting.pop()
            if sha not in seen:
                seen[sha] = None
                waiting.extend(self.commits[sha].parents)
        return list(seen)

    def _check_sha(
        self, repository: Repository, path: str, branch: str | None, sha: str | None
    ) -> None:
        now = self.repositories[repository.id]
        head = self.commits.get(now.branches.get(branch or now.default_branch))
        present = None if head is None else head.files.get(path)
        if present is not None and sha is None:
            raise Invalid('Invalid request.\n\n"sha" wasn\'t supplied.')
        if sha is not None and present != sha:
            raise Conflict(f"{path} does not match {sha}")

    def _commit(
        self,
        repository: Repository,
        branch: str,
        changes: Mapping[str, bytes | None],
        author_id: int,
        message: str,
    ) -> Repository:
        before = repository.branches.get(branch)
        parent = before or repository.branches.get(repository.default_branch)
        files = dict(self.commits[parent].files) if parent else {}
        for path, data in changes.items():
            if data is None:
                files.pop(path, None)
                continue
            sha = git.blob_sha(data)
            if sha not in self.blobs:
                self.blobs.put(Blob(sha=sha, data=data))
            files[path] = sha
        author = self.accounts[author_id]
        commit = self._seal(author, message, files, () if parent is None else (parent,))
        value = self.repositories.put(
            replace(
                repository,
                branches={**repository.branches, branch: commit.sha},
                pushed_at=commit.at,
            )
        )
        payload: dict[str, Any] = shapes.push(self, value, branch, before, commit)
        payload |= context(self, value, author_id)
        # Pushes, alone among all events, give seconds since the epoch here.
        payload["repository"]["created_at"] = int(value.created_at.timestamp())
        payload["repository"]["pushed_at"] = int(value.pushed_at.timestamp())
        self.emit(value, "push", payload)
        return value

    def _seal(
        self, author: Account, message: str, files: Mapping[str, str], parents: tuple[str, ...]
    ) -> Commit:
        tree, at = git.trees(files)[""], self.clock.now()
        sha = git.commit_sha(
            tree=tree,
            parents=parents,
            who=author.login,
            email=shapes.email(self, author.id),
            at=at,
            message=message,
        )
        return self.commits.put(
            Commit(
                sha=sha,
                tree_sha=tree,
                parents=parents,
                message=message,
                author_id=author.id,
                at=at,
                files=dict(sorted(files.items())),
            )
        )
