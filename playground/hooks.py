"""Turns what happened into deliveries to the Apps' hooks, one for each installation concerned."""

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from playground.clock import Clock, stamp
from playground.errors import NotFound
from playground.permissions import Permissions
from playground.values import App, Delivery, Installation, Repository

Listener = Callable[[int], None]

# GitHub sends these to every App, asked for or not.
ALWAYS = frozenset({"ping", "installation", "installation_repositories"})


class Hooks(Permissions):
    """Emits events; who delivers them subscribes by `on_delivery`."""

    def __init__(self, path: Path | None = None, clock: Clock | None = None) -> None:
        super().__init__(path, clock)
        self._listeners: list[Listener] = []
        self.duplicate_deliveries = 0
        """So many of the coming deliveries are sent twice, under the same GUID."""

    @property
    def app(self) -> App:
        """The first App: the playground's own, unless it was started without one.

        Raises:
            NotFound: none was registered yet.
        """
        for app in self.apps:
            return app
        raise NotFound("Integration not found")

    def app_of(self, slug: str | None) -> App:
        """The App of a slug, in whatever case; the first where None.

        Raises:
            NotFound: there is none.
        """
        if slug is None:
            return self.app
        for app in self.apps:
            if app.slug == slug.lower():
                return app
        raise NotFound("Integration not found")

    def addressee(self, delivery: Delivery) -> App:
        """The App that a delivery is for."""
        return self.apps.get(delivery.app_id) or self.app

    def deliveries_of(self, app: App) -> list[Delivery]:
        """What was and is to be sent to an App's hook, oldest first."""
        return [value for value in self.deliveries if self.addressee(value).id == app.id]

    def on_delivery(self, listener: Listener) -> None:
        """Calls back with the id of each delivery that is to be sent."""
        self._listeners.append(listener)

    def set_hook(self, url: str | None, secret: str | None = None, slug: str | None = None) -> App:
        """Says where an App's webhooks go, the first App's unless a slug is given; None stops them.

        Raises:
            NotFound: there is no such App.
        """
        with self.transaction():
            app = self.app_of(slug)
            return self.apps.put(
                replace(app, hook_url=url, webhook_secret=secret or app.webhook_secret)
            )

    def emit(
        self, repository: Repository, event: str, payload: dict[str, Any], action: str | None = None
    ) -> None:
        """Delivers an event to each installation that has the repository and wants the event."""
        for installation in self.installations:
            if (
                self.covers(installation, repository)
                and installation.suspended_at is None
                and event in installation.events
            ):
                self.emit_to(installation, event, payload, action, repository)

    def emit_to(
        self,
        installation: Installation,
        event: str,
        payload: dict[str, Any],
        action: str | None = None,
        repository: Repository | None = None,
    ) -> None:
        """Delivers an event to one installation."""
        body = dict(payload)
        if action is not None:
            body = {"action": action, **body}
        if "installation" not in body:
            body["installation"] = {
                "id": installation.id,
                "node_id": f"MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9u{installation.id}",
            }
        repository_id = None if repository is None else repository.id
        app = self.apps[installation.app_id]
        self._deliver(app, event, body, installation.id, repository_id)

    def ping(self, slug: str | None = None) -> None:
        """Sends an App's hook what GitHub sends when the hook is made.

        Raises:
            NotFound: there is no such App.
        """
        with self.transaction():
            app = self.app_of(slug)
            hook = {
                "type": "App",
                "id": app.id,
                "name": "web",
                "active": app.hook_active,
                "app_id": app.id,
                "events": list(app.events),
                "config": {
                    "content_type": "json",
                    "insecure_ssl": "0",
                    "secret": "********",
                    "url": app.hook_url,
                },
                "updated_at": stamp(self.clock.now()),
                "created_at": stamp(app.created_at),
                "deliveries_url": f"{self.api_url}/app/hook/deliveries",
            }
            payload = {"zen": "Speak like a human.", "hook_id": app.id, "hook": hook}
            self._deliver(app, "ping", payload)

    def _deliver(
        self,
        app: App,
        event: str,
        body: dict[str, Any],
        installation_id: int | None = None,
        repository_id: int | None = None,
    ) -> None:
        if app.hook_url is None or not app.hook_active:
            return
        delivery = self.deliveries.put(
            Delivery(
                id=self.next_id("delivery"),
                app_id=app.id,
                guid=str(uuid.uuid4()),
                event=event,
                action=body.get("action"),
                installation_id=installation_id,
                repository_id=repository_id,
                # As it is, not as \u escapes: what a proxy parses and writes anew keeps its bytes,
                # and with them its signature.
                payload=json.dumps(body, separators=(",", ":"), ensure_ascii=False),
                delivered_at=self.clock.now(),
            )
        )
        self._announce(delivery)
        if self.duplicate_deliveries > 0:
            self.duplicate_deliveries -= 1
            self._again(delivery, redelivery=False)

    def redeliver(self, guid: str) -> Delivery:
        """Sends a delivery once more under its GUID.

        Raises:
            NotFound: no delivery has this GUID.
        """
        with self.transaction():
            found = self.deliveries.of(guid)
            if not found:
                raise NotFound
            return self._again(found[-1], redelivery=True)

    def _again(self, delivery: Delivery, *, redelivery: bool) -> Delivery:
        again = Delivery(
            id=self.next_id("delivery"),
            app_id=delivery.app_id,
            guid=delivery.guid,
            event=delivery.event,
            action=delivery.action,
            installation_id=delivery.installation_id,
            repository_id=delivery.repository_id,
            payload=delivery.payload,
            delivered_at=self.clock.now(),
            redelivery=redelivery,
        )
        self.deliveries.put(again)
        self._announce(again)
        return again

    def _announce(self, delivery: Delivery) -> None:
        for listener in self._listeners:
            listener(delivery.id)
