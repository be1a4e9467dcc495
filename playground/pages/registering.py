"""Makes Apps from manifests: the page that one is handed in to, and the one that asks a person.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from playground.addresses import origin_of, with_query
from playground.errors import Invalid
from playground.manifests import InvalidManifest, slug_of
from playground.pages.visit import Page, Redirect, Result, Visit
from playground.payloads.people import app_path, installation_path


def list_apps(visit: Visit) -> Result:
    """The Apps that the visitor owns, and where Apps are installed on what is the visitor's."""
    world, owner = visit.world, visit.account
    apps = [
        {"app": app, "path": app_path(world, app), "owner": world.accounts[app.owner_id].login}
        for app in world.apps
        if world.owns(owner.id, world.accounts[app.owner_id])
    ]
    installed = [
        {
            "installation": one,
            "app": world.apps[one.app_id].name,
            "account": world.accounts[one.account_id].login,
            "path": installation_path(world, one),
        }
        for one in world.installations
        if world.owns(owner.id, world.accounts[one.account_id])
    ]
    return Page(template="apps.html", values={"apps": apps, "installed": installed})


def new_app(visit: Visit) -> Result:
    """Asks about the manifest of the query; without one, asks for a manifest.

    Raises:
        NotFound: the manifest is not there, or not any more.
        Forbidden: the visitor may not register it.
    """
    key = visit.query.get("offer")
    if key is None:
        values = {"path": visit.path, "organization": visit.params.get("organization")}
        return Page(template="manifest.html", values=values)
    return _ask(visit, key, visit.world.offered(key).manifest.name)


def offer_manifest(visit: Visit) -> Result:
    """Takes a manifest in, from whatever page it comes, and leads to the one that asks about it.

    A redirect, so that one can switch the account there.
    """
    organization = visit.params.get("organization")
    try:
        key = visit.world.offer_manifest(
            visit.field("manifest"), state=visit.query.get("state"), organization=organization
        )
    except InvalidManifest as error:
        values = {"faults": error.faults, "back": "/settings/apps"}
        return Page(template="manifest_invalid.html", values=values, status=error.status)
    return Redirect(to=with_query(visit.path.partition("?")[0], {"offer": key}))


def create_app(visit: Visit) -> Result:
    """Makes the App, and leads back to the page that the manifest names, with code and state.

    Raises:
        NotFound: the manifest is not there, or not any more.
        Forbidden: the visitor may not register it.
    """
    key, name = visit.field("offer"), visit.field("name")
    offer = visit.world.offered(key)
    try:
        code = visit.world.accept_manifest(visit.account, key, name)
    except Invalid as error:
        return _ask(visit, key, name, fault=error.message)
    state = {} if offer.state is None else {"state": offer.state}
    return Redirect(to=with_query(offer.manifest.redirect_url, {"code": code, **state}))


def _ask(visit: Visit, key: str, name: str, *, fault: str = "") -> Page:
    offer = visit.world.offered(key)
    owner = visit.world.registrant(visit.account, offer)
    place = "/settings" if offer.organization is None else f"/organizations/{owner.login}/settings"
    values = {
        "offer": key,
        "manifest": offer.manifest,
        "owner": owner.login,
        "name": name,
        "slug": slug_of(name),
        "fault": fault,
        "back": with_query(f"{place}/apps/new", {"offer": key}),
    }
    to = origin_of(offer.manifest.redirect_url)
    return Page(template="app_new.html", values=values, status=422 if fault else 200, leads_to=to)
