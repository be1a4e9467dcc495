"""An App's page for all, and the one for its owner with the hook and what was sent to it."""

from playground.addresses import is_web_address
from playground.errors import Forbidden, NotFound
from playground.pages.settings import delivery_rows
from playground.pages.visit import Page, Redirect, Result, Visit
from playground.payloads.people import app_path, installation_path
from playground.values import App

SHOWN = 30
"""Deliveries on the page of an App."""


def visible_app(visit: Visit) -> App:
    """The App of the path, as the visitor sees it.

    Raises:
        NotFound: there is none, or it is not public and not the visitor's.
    """
    app = visit.world.app_of(visit.params["slug"])
    if not app.public and not owns_app(visit, app):
        raise NotFound
    return app


def owns_app(visit: Visit, app: App) -> bool:
    """Whether an App is the visitor's, or of an organisation that the visitor owns."""
    return visit.world.owns(visit.account.id, visit.world.accounts[app.owner_id])


def _own_app(visit: Visit) -> App:
    """The App of the path, whose settings the visitor may change.

    Raises:
        NotFound: there is none of this owner.
        Forbidden: it is somebody else's.
    """
    app = visit.world.app_of(visit.params["slug"])
    owner = visit.world.accounts[app.owner_id]
    named = visit.params.get("organization")
    if (named or "").lower() != (owner.login.lower() if owner.kind == "Organization" else ""):
        raise NotFound
    if not owns_app(visit, app):
        raise Forbidden(f"{app.name} belongs to {owner.login}.")
    return app


def show_app(visit: Visit) -> Result:
    """What an App is and asks for, with the way to install it."""
    app = visible_app(visit)
    values = {
        "app": app,
        "owner": visit.world.accounts[app.owner_id].login,
        "settings": app_path(visit.world, app) if owns_app(visit, app) else None,
    }
    return Page(template="app.html", values=values)


def show_settings(visit: Visit) -> Result:
    """An App's ids, hook, installations and recent deliveries."""
    return _settings(visit, _own_app(visit))


def set_hook(visit: Visit) -> Result:
    """Changes where an App's webhooks go; nowhere, where the address is empty."""
    app, url = _own_app(visit), visit.field("url").strip()
    if url and not is_web_address(url):
        return _settings(visit, app, fault="Webhook URL must be a valid URL", url=url)
    visit.world.set_hook(url or None, slug=app.slug)
    return Redirect(to=app_path(visit.world, app))


def redeliver(visit: Visit) -> Result:
    """Sends one of an App's deliveries once more.

    Raises:
        NotFound: it has no such delivery.
    """
    world, app = visit.world, _own_app(visit)
    found = world.deliveries.of(visit.field("guid"))
    if not found or world.addressee(found[-1]).id != app.id:
        raise NotFound
    world.redeliver(found[-1].guid)
    return Redirect(to=app_path(world, app))


def _settings(visit: Visit, app: App, *, fault: str = "", url: str | None = None) -> Page:
    world, path = visit.world, app_path(visit.world, app)
    sent = world.deliveries_of(app)
    installed = [
        {"account": world.accounts[one.account_id].login, "path": installation_path(world, one),
         "suspended": one.suspended_at is not None}
        for one in world.installations.of(app.id)
    ]  # fmt: skip
    values = {
        "app": app,
        "owner": world.accounts[app.owner_id].login,
        "path": path,
        "url": app.hook_url or "" if url is None else url,
        "installed": installed,
        "rows": delivery_rows(world, sent[: -SHOWN - 1 : -1]),
        "count": len(sent),
        "shown": SHOWN,
        "fault": fault,
        "back": path,
    }
    return Page(template="app_settings.html", values=values, status=422 if fault else 200)
