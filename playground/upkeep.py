"""What happens to a thread or a repository as a whole: moving, renaming, deleting."""

import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

from playground.actors import Actor
from playground.clock import Clock
from playground.comments import Comments
from playground.errors import Invalid
from playground.payloads import threads as shapes
from playground.payloads.events import context
from playground.payloads.repositories import repository as repository_shape
from playground.state import action
from playground.values import Issue, Repository


class Upkeep(Comments):
    """Moves and deletes threads; changes and deletes repositories."""

    def __init__(self, path: Path | None = None, clock: Clock | None = None) -> None:
        super().__init__(path, clock)
        self._archive_tokens: dict[str, int] = {}

    @action
    def delete_issue(self, actor: Actor, issue: Issue) -> None:
        """Deletes a thread for good; only admins may."""
        editor = self.require_write(actor, self.repository_of(issue), "administration", "admin")
        self._emit_issue(issue, "deleted", editor)
        self._drop_issue(issue)

    @action
    def transfer_issue(self, actor: Actor, issue: Issue, target: Repository) -> Issue:
        """Moves an issue with its comments to another repository of the same owner."""
        source = self.repository_of(issue)
        editor = self.require_write(actor, source, "issues")
        self.require_write(actor, target, "issues")
        if issue.pull is not None or source.owner_id != target.owner_id:
            raise Invalid("Could not transfer the issue")
        moved = self.issues.put(
            replace(
                issue,
                id=self.next_id("issue"),
                repository_id=target.id,
                number=self.next_id(f"number/{target.id}"),
            )
        )
        changes = {
            "new_issue": shapes.issue(self, moved),
            "new_repository": repository_shape(self, target),
        }
        self._emit_issue(issue, "transferred", editor, changes=changes)
        for comment in self.comments.of(issue.id):
            self.comments.put(replace(comment, issue_id=moved.id, repository_id=target.id))
        origin = {
            "old_issue": shapes.issue(self, issue),
            "old_repository": repository_shape(self, source),
        }
        # GitHub tells the new repository of an opened issue, as if somebody had written it.
        self._emit_issue(moved, "opened", editor, changes=origin)
        self._drop_issue(issue)
        return moved

    @action
    def update_repository(
        self,
        actor: Actor,
        repository: Repository,
        *,
        name: str | None = None,
        private: bool | None = None,
    ) -> Repository:
        """Renames a repository or changes who sees it."""
        editor = self.require_write(actor, repository, "administration", "admin")
        now = self.repositories[repository.id]
        if name is not None and name != now.name:
            if self.repositories.of((now.owner_id, name.lower())):
                raise Invalid("Repository creation failed.")
            before = now.name
            now = self.repositories.put(
                replace(now, name=name, former_names=(*now.former_names, before))
            )
            changes = {"repository": {"name": {"from": before}}}
            self._emit_repository(now, "renamed", editor, {"changes": changes})
        if private is not None and private != now.private:
            now = self.repositories.put(replace(now, private=private))
            self._emit_repository(now, "privatized" if private else "publicized", editor, {})
        return now

    @action
    def delete_repository(self, actor: Actor, repository: Repository) -> None:
        """Deletes a repository and its threads."""
        editor = self.require_write(actor, repository, "administration", "admin")
        self._emit_repository(self.repositories[repository.id], "deleted", editor, {})
        for issue in self.issues.of(repository.id):
            self._drop_issue(issue)
        self.repositories.drop(repository.id)

    def archive_token(self, repository: Repository) -> str:
        """A secret that lets one fetch the tarball of a private repository."""
        with self.lock:
            token = secrets.token_urlsafe(16)
            self._archive_tokens[token] = repository.id
            return token

    def opens_archive(self, repository: Repository, token: str | None) -> bool:
        """Whether one may fetch a tarball with this secret."""
        with self.lock:
            return not repository.private or self._archive_tokens.get(token or "") == repository.id

    def _drop_issue(self, issue: Issue) -> None:
        for comment in self.comments.of(issue.id):
            self._drop_reactions(shapes.comment_node(comment))
            self.comments.drop(comment.id)
        self._drop_reactions(shapes.issue_node(issue))
        self.issues.drop(issue.id)

    def _emit_repository(
        self, repository: Repository, verb: str, sender_id: int, more: dict[str, Any]
    ) -> None:
        payload = {**more, **context(self, repository, sender_id)}
        self.emit(repository, "repository", payload, verb)
