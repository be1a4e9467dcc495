"""What happens to a repository as a whole: renaming, hiding, deleting."""

import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

from playground.actors import Actor
from playground.clock import Clock
from playground.comments import Comments
from playground.errors import Invalid
from playground.payloads.events import context
from playground.state import action
from playground.values import Repository


class Upkeep(Comments):
    """Changes repositories; admins may."""

    def __init__(self, path: Path | None = None, clock: Clock | None = None) -> None:
        super().__init__(path, clock)
        self._archive_tokens: dict[str, int] = {}

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

    def _emit_repository(
        self, repository: Repository, verb: str, sender_id: int, more: dict[str, Any]
    ) -> None:
        payload = {**more, **context(self, repository, sender_id)}
        self.emit(repository, "repository", payload, verb)
