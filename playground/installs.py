"""The App, its installations and their tokens.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from playground.actors import Actor
from playground.errors import Forbidden, Invalid, NotFound
from playground.payloads import people as shapes
from playground.payloads.repositories import brief
from playground.people import People
from playground.permissions import LEVELS
from playground.state import action
from playground.values import Account, App, Installation, Repository, Token

DEFAULT_PERMISSIONS = {
    "contents": "read",
    "issues": "write",
    "metadata": "read",
    "pull_requests": "write",
}
DEFAULT_EVENTS = (
    "issue_comment", "issues", "member", "pull_request", "pull_request_review_comment",
    "push", "repository",
)  # fmt: skip
TOKEN_LIFE = timedelta(hours=1)


class Installs(People):
    """Registers the App, installs it and hands out its tokens."""

    @action
    def register_app(
        self,
        *,
        slug: str,
        owner: str,
        public_key_pem: str,
        webhook_secret: str,
        permissions: Mapping[str, str] | None = None,
        events: Sequence[str] = DEFAULT_EVENTS,
    ) -> App:
        """Registers the App; one of the same slug keeps its id and gets the new key."""
        given = dict(DEFAULT_PERMISSIONS if permissions is None else permissions)
        for app in self.apps:
            if app.slug == slug:
                return self.apps.put(
                    replace(
                        app,
                        public_key_pem=public_key_pem,
                        webhook_secret=webhook_secret,
                        permissions=given,
                        events=tuple(events),
                    )
                )
        bot = self._account(f"{slug}[bot]", "Bot")
        # Drawn, not counted: clients keep tokens by the App's id, and one process may see
        # several playgrounds.
        number = self.next_id("app", first=100_000 + secrets.randbelow(900_000))
        return self.apps.put(
            App(
                id=number,
                slug=slug,
                name=slug.capitalize(),
                client_id=f"Iv23li{number:014d}",
                owner_id=self.account(owner).id,
                bot_id=bot.id,
                public_key_pem=public_key_pem,
                permissions=given,
                events=tuple(events),
                webhook_secret=webhook_secret,
                created_at=self.clock.now(),
            )
        )

    @action
    def install(self, owner: str, *, repositories: Sequence[str] | None = None) -> Installation:
        """Installs the App on an account unless it is installed there.

        Args:
            repositories: Their names; None chooses all.
        """
        app, account = self.app, self.account(owner)
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
        self._emit_installation(installation, "created", {"requester": None})
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
        self._emit_installation(value, "suspend", {})
        return value

    @action
    def unsuspend(self, installation_id: int) -> Installation:
        """Ends a suspension."""
        value = replace(self.installation(installation_id), suspended_at=None, suspended_by_id=None)
        self.installations.put(value)
        self._emit_installation(value, "unsuspend", {})
        return value

    @action
    def uninstall(self, installation_id: int) -> None:
        """Deletes an installation and its tokens."""
        value = self.installation(installation_id)
        self._emit_installation(value, "deleted", {})
        for token in self.tokens:
            if token.installation_id == value.id:
                self.tokens.drop(token.value)
        self.installations.drop(value.id)

    @action
    def choose_repositories(self, installation_id: int, names: Sequence[str]) -> Installation:
        """Changes which repositories an installation has, with events for what changed."""
        value = self.installation(installation_id)
        owner = self.accounts[value.account_id].login
        before = {repository.id for repository in self.installed(value)}
        after = tuple(self.find_repository(owner, name).id for name in names)
        value = self.installations.put(
            replace(value, repository_ids=after, updated_at=self.clock.now())
        )
        changes = {"added": set(after) - before, "removed": before - set(after)}
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
                "repository_selection": "selected",
                **listed,
                "requester": None,
                "sender": shapes.user(self, self._sender(value)),
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

    def _sender(self, installation: Installation) -> Account:
        account = self.accounts[installation.account_id]
        return self.accounts[account.owner_ids[0]] if account.owner_ids else account

    def _emit_installation(
        self, installation: Installation, verb: str, more: Mapping[str, Any]
    ) -> None:
        payload = {
            "installation": shapes.installation(self, installation),
            "repositories": [brief(self, value) for value in self.installed(installation)],
            **more,
            "sender": shapes.user(self, self._sender(installation)),
        }
        self.emit_to(installation, "installation", payload, verb)
