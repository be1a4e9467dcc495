"""Installations of Apps and their tokens.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from playground.actors import Actor
from playground.apps import Apps
from playground.errors import Forbidden, Invalid, NotFound
from playground.payloads import people as shapes
from playground.payloads.repositories import brief
from playground.permissions import LEVELS
from playground.state import action
from playground.values import Account, Installation, Repository, Token

TOKEN_LIFE = timedelta(hours=1)


class Installs(Apps):
    """Installs Apps and hands out tokens of their installations."""

    @action
    def install(
        self,
        owner: str,
        *,
        repositories: Sequence[str] | None = None,
        slug: str | None = None,
        by: str | None = None,
    ) -> Installation:
        """Installs an App on an account unless it is installed there.

        Args:
            repositories: Their names; None chooses all.
            slug: Which App; the first where None.
            by: Who does it; an owner of the account where None.

        Raises:
            NotFound: there is no such account, App or repository, or the App is not public
                and the account is not its owner's.
        """
        app, account = self.app_of(slug), self.account(owner)
        if not app.public and app.owner_id != account.id:
            raise NotFound
        for present in self.installations.of(app.id):
            if present.account_id == account.id:
                return present
        chosen = None
        if repositories is not None:
            chosen = tuple(self.find_repository(owner, name).id for name in repositories)
        installation = self.installations.put(
            Installation(
                id=self.next_id("installation"),
                app_id=app.id,
                account_id=account.id,
                permissions=dict(app.permissions),
                events=app.events,
                repository_ids=chosen,
                created_at=self.clock.now(),
                updated_at=self.clock.now(),
            )
        )
        self._emit_installation(installation, "created", by, {"requester": None})
        return installation

    def bot(self, installation: Installation) -> Actor:
        """An installation as one who acts, with all that it was given."""
        return Actor(
            account_id=self.apps[installation.app_id].bot_id,
            installation_id=installation.id,
            permissions=installation.permissions,
            app_id=installation.app_id,
        )

    @action
    def suspend(self, installation_id: int, *, by: str) -> Installation:
        """Suspends an installation: its tokens stop working."""
        value = replace(
            self.installation(installation_id),
            suspended_at=self.clock.now(),
            suspended_by_id=self.account(by).id,
        )
        self.installations.put(value)
        self._emit_installation(value, "suspend", by)
        return value

    @action
    def unsuspend(self, installation_id: int, *, by: str | None = None) -> Installation:
        """Ends a suspension."""
        value = replace(self.installation(installation_id), suspended_at=None, suspended_by_id=None)
        self.installations.put(value)
        self._emit_installation(value, "unsuspend", by)
        return value

    @action
    def uninstall(self, installation_id: int, *, by: str | None = None) -> None:
        """Deletes an installation and its tokens."""
        value = self.installation(installation_id)
        self._emit_installation(value, "deleted", by)
        for token in self.tokens:
            if token.installation_id == value.id:
                self.tokens.drop(token.value)
        self.installations.drop(value.id)

    @action
    def choose_repositories(
        self, installation_id: int, names: Sequence[str] | None, *, by: str | None = None
    ) -> Installation:
        """Changes which repositories an installation has, with events for what changed.

        Args:
            names: None chooses all, those to come too.
            by: Who does it; an owner of the account where None.
        """
        value = self.installation(installation_id)
        owner = self.accounts[value.account_id].login
        before = {repository.id for repository in self.installed(value)}
        chosen = None
        if names is not None:
            chosen = tuple(self.find_repository(owner, name).id for name in names)
        value = self.installations.put(
            replace(value, repository_ids=chosen, updated_at=self.clock.now())
        )
        after = {repository.id for repository in self.installed(value)}
        changes = {"added": after - before, "removed": before - after}
        for verb, ids in changes.items():
            if not ids:
                continue
            listed: dict[str, list[Any]] = {
                name: [] for name in ("repositories_added", "repositories_removed")
            }
            listed[f"repositories_{verb}"] = [
                brief(self, self.repositories[number]) for number in sorted(ids)
            ]
            payload: dict[str, Any] = {
                "installation": shapes.installation(self, value),
                "repository_selection": "all" if chosen is None else "selected",
                **listed,
                "requester": None,
                "sender": shapes.user(self, self._sender(value, by)),
            }
            self.emit_to(value, "installation_repositories", payload, verb)
        return value

    def installation(self, installation_id: int) -> Installation:
        """An installation by its id.

        Raises:
            NotFound: there is none.
        """
        found = self.installations.get(installation_id)
        if found is None:
            raise NotFound
        return found

    def installed(self, installation: Installation) -> list[Repository]:
        """The repositories that an installation was given."""
        return [value for value in self.repositories if self.covers(installation, value)]

    @action
    def create_installation_token(
        self,
        installation_id: int,
        *,
        permissions: Mapping[str, str] | None = None,
        repositories: Sequence[str] | None = None,
        repository_ids: Sequence[int] | None = None,
    ) -> Token:
        """Makes a token of an installation, narrowed where asked, good for one hour.

        Raises:
            NotFound: no such installation.
            Forbidden: it is suspended.
            Invalid: more was asked for than the installation has.
        """
        value = self.installation(installation_id)
        if value.suspended_at is not None:
            raise Forbidden("This installation has been suspended")
        chosen = None
        if repositories is not None or repository_ids is not None:
            names = {name.lower() for name in repositories or ()}
            numbers = set(repository_ids or ())
            found = [r for r in self.installed(value) if r.name.lower() in names or r.id in numbers]
            if len(found) != len(names) + len(numbers):
                raise Invalid(
                    "There is at least one repository that does not exist or is not accessible "
                    "to the parent installation."
                )
            chosen = tuple(repository.id for repository in found)
        wanted = dict(value.permissions)
        if permissions:
            for scope, level in permissions.items():
                have = LEVELS.get(value.permissions.get(scope, "none"), 0)
                if LEVELS.get(level, 99) > have:
                    raise Invalid("The permissions requested are not granted to this installation.")
            wanted = {"metadata": "read", **permissions}
        return self.tokens.put(
            Token(
                value="ghs_" + secrets.token_urlsafe(27),
                account_id=self.apps[value.app_id].bot_id,
                installation_id=value.id,
                permissions=wanted,
                repository_ids=chosen,
                expires_at=self.clock.now() + TOKEN_LIFE,
            )
        )

    def _sender(self, installation: Installation, by: str | None) -> Account:
        if by is not None:
            return self.account(by)
        account = self.accounts[installation.account_id]
        return self.accounts[account.owner_ids[0]] if account.owner_ids else account

    def _emit_installation(
        self,
        installation: Installation,
        verb: str,
        by: str | None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        payload = {
            "installation": shapes.installation(self, installation),
            "repositories": [brief(self, value) for value in self.installed(installation)],
            **(more or {}),
            "sender": shapes.user(self, self._sender(installation, by)),
        }
        self.emit_to(installation, "installation", payload, verb)
