"""Apps: those that a program registers, and those that people make from a manifest.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from playground.clock import Clock
from playground.errors import Forbidden, Invalid, NotFound
from playground.keys import new_private_key, public_key
from playground.manifests import Manifest, name_fault, read_manifest, slug_of
from playground.people import People
from playground.state import action
from playground.values import Account, App

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
CODE_LIFE = timedelta(hours=1)
"""How long a manifest waits for a person, and its code to be turned into keys."""
MOST_OFFERS = 100
"""Manifests that wait at once; the oldest makes room for the next."""

RESERVED = "new"
"""A slug that the addresses of Apps' settings need themselves."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A manifest that somebody's page handed in, until a person says yes to it.

    Attributes:
        state: What the page wants to get back with the code.
        organization: Whose App it is to be; None for the person's own.
    """

    manifest: Manifest
    state: str | None
    organization: str | None
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Keys:
    """An App with the secrets that are shown once."""

    app: App
    client_secret: str
    private_key_pem: str


class Apps(People):
    """Registers Apps.

    Offers and codes live in memory: they do not outlast the process, as they do not outlast
    an hour.
    """

    def __init__(self, path: Path | None = None, clock: Clock | None = None) -> None:
        super().__init__(path, clock)
        self._offers: dict[str, Offer] = {}
        self._codes: dict[str, tuple[int, datetime]] = {}

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
        """Registers an App; one of the same slug keeps its id and gets the new key."""
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
        return self.add_app(
            slug=slug,
            name=slug.capitalize(),
            owner_id=self.account(owner).id,
            public_key_pem=public_key_pem,
            permissions=given,
            events=tuple(events),
            webhook_secret=webhook_secret,
        )

    @action
    def add_app(self, /, *, slug: str, **values: Any) -> App:
        """Adds an App with its bot user.

        Args:
            slug: One that no other App has.
            values: The other fields of `App`, without ids and time.
        """
        bot = self._account(f"{slug}[bot]", "Bot")
        # Drawn, not counted: clients keep tokens by an App's id, and one process may see
        # several playgrounds.
        number = self.next_id("app", first=100_000 + secrets.randbelow(900_000))
        return self.apps.put(
            App(
                id=number,
                slug=slug,
                client_id=f"Iv23li{number:014d}",
                bot_id=bot.id,
                created_at=self.clock.now(),
                **values,
            )
        )

    def offer_manifest(self, text: str, *, state: str | None, organization: str | None) -> str:
        """Keeps a manifest for the person who is to decide on it, and returns its key.

        Raises:
            InvalidManifest: it cannot be registered.
        """
        manifest = read_manifest(text)
        with self.lock:
            while len(self._offers) >= MOST_OFFERS:
                self._offers.pop(next(iter(self._offers)))
            key = secrets.token_urlsafe(16)
            self._offers[key] = Offer(
                manifest=manifest,
                state=state,
                organization=organization,
                expires_at=self.clock.now() + CODE_LIFE,
            )
            return key

    def offered(self, key: str) -> Offer:
        """The manifest of a key.

        Raises:
            NotFound: there is none, or not any more.
        """
        with self.lock:
            found = self._offers.get(key)
            if found is None or found.expires_at <= self.clock.now():
                raise NotFound(
                    "This manifest is not here any more: begin again where it came from."
                )
            return found

    def registrant(self, person: Account, offer: Offer) -> Account:
        """The account that an offered App is to belong to.

        Raises:
            NotFound: there is no such organisation.
            Forbidden: the person is not one of its owners.
        """
        if offer.organization is None:
            return person
        account = self.account(offer.organization)
        if account.kind != "Organization":
            raise NotFound
        if not self.owns(person.id, account):
            raise Forbidden(f"Only an owner of {account.login} may register an App for it.")
        return account

    @action
    def accept_manifest(self, person: Account, key: str, name: str) -> str:
        """Makes the App of an offered manifest; returns the code that its keys are got with.

        Args:
            name: What the person calls it, perhaps other than the manifest does.

        Raises:
            NotFound: the offer is not there, or not any more.
            Forbidden: the person may not register it.
            Invalid: the name cannot be taken.
        """
        offer = self.offered(key)
        owner, manifest, name = self.registrant(person, offer), offer.manifest, name.strip()
        fault = name_fault(name) or self._taken(name, person)
        if fault:
            raise Invalid(fault)
        app = self.add_app(
            slug=slug_of(name),
            name=name,
            owner_id=owner.id,
            public_key_pem="",
            permissions=dict(manifest.permissions),
            events=manifest.events,
            hook_url=manifest.hook_url,
            hook_active=manifest.hook_active,
            webhook_secret="" if manifest.hook_url is None else secrets.token_hex(20),
            description=manifest.description,
            homepage=manifest.url,
            setup_url=manifest.setup_url,
            setup_on_update=manifest.setup_on_update,
            public=manifest.public,
        )
        del self._offers[key]
        code = secrets.token_hex(20)
        self._codes[code] = (app.id, self.clock.now() + CODE_LIFE)
        # At once, so before anybody has the secret that it is signed with.
        self.ping(app.slug)
        return code

    @action
    def convert_code(self, code: str) -> Keys:
        """Turns the code of an App into its keys, once.

        Raises:
            NotFound: the code is unknown, used, or more than an hour old.
        """
        app_id, expires_at = self._codes.pop(code, (0, self.clock.now()))
        app = self.apps.get(app_id)
        if app is None or expires_at <= self.clock.now():
            raise NotFound
        pem = new_private_key()
        return Keys(
            app=self.apps.put(replace(app, public_key_pem=public_key(pem))),
            client_secret=secrets.token_hex(20),
            private_key_pem=pem,
        )

    def _taken(self, name: str, person: Account) -> str:
        """Why a name cannot be taken: Apps and accounts share theirs, but for one's own."""
        slug = slug_of(name)
        foreign = any(not self.owns(person.id, one) for one in self.accounts.of(slug))
        if foreign or slug == RESERVED or any(app.slug == slug for app in self.apps):
            return "Name is already taken"
        return ""
