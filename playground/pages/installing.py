"""Installs an App: on which account, on which repositories; and what can be changed later.

https://docs.github.com/en/apps/using-github-apps/installing-a-github-app-from-a-third-party
https://docs.github.com/en/apps/creating-github-apps/registering-a-github-app/about-the-setup-url
"""

from collections.abc import Callable, Sequence
from typing import Any

from playground.addresses import origin_of, with_query
from playground.errors import Forbidden, Invalid, NotFound
from playground.pages.apps import visible_app
from playground.pages.visit import Page, Redirect, Result, Visit, number
from playground.payloads.people import installation_path
from playground.values import Account, App, Installation, Repository


def choose_account(visit: Visit) -> Result:
    """Asks which account an App is to be installed on, unless there is only one."""
    app = visible_app(visit)
    accounts = _accounts(visit, app)
    if len(accounts) == 1 and _installed(visit, app, accounts[0]) is None:
        return _ask(visit, app, accounts[0])
    rows = []
    for account in accounts:
        present = _installed(visit, app, account)
        target = {"target_id": str(account.id), **_state(visit)}
        path = with_query(f"/apps/{app.slug}/installations/new/permissions", target)
        if present is not None:
            path = installation_path(visit.world, present)
        rows.append({"account": account.login, "path": path, "present": present is not None})
    return Page(template="install_account.html", values={"app": app, "rows": rows})


def choose_repositories(visit: Visit) -> Result:
    """Asks which repositories of an account an App is to have."""
    app = visible_app(visit)
    return _ask(visit, app, _target(visit, app, visit.query.get("target_id", "")))


def install(visit: Visit) -> Result:
    """Installs an App, and leads to its own page for what comes then, or to its settings here."""
    world, app = visit.world, visible_app(visit)
    account = _target(visit, app, visit.field("target_id"))
    try:
        names = _chosen(visit, _repositories(visit, account))
    except Invalid as error:
        return _ask(visit, app, account, fault=error.message)
    made = world.install(account.login, repositories=names, slug=app.slug, by=visit.account.login)
    return _onward(visit, made, "install", app.setup_url)


def show_installation(visit: Visit) -> Result:
    """What an App has on an account."""
    return _settings(visit, _installation(visit))


def change_installation(visit: Visit) -> Result:
    """Changes repositories, suspends, ends that, or uninstalls, as the button says.

    Raises:
        Invalid: there is no such button.
    """
    world, value, by = visit.world, _installation(visit), visit.account.login
    app = world.apps[value.app_id]
    verbs: dict[str, Callable[[], object]] = {
        "suspend": lambda: world.suspend(value.id, by=by),
        "unsuspend": lambda: world.unsuspend(value.id, by=by),
        "uninstall": lambda: world.uninstall(value.id, by=by),
    }
    verb = visit.field("verb")
    if verb == "save":
        try:
            names = _chosen(visit, _repositories(visit, world.accounts[value.account_id]))
        except Invalid as error:
            return _settings(visit, value, fault=error.message)
        world.choose_repositories(value.id, names, by=by)
        return _onward(visit, value, "update", app.setup_url if app.setup_on_update else None)
    if verb not in verbs:
        raise Invalid("This is not the form of a page.")
    verbs[verb]()
    gone = verb == "uninstall"
    return Redirect(to="/settings/apps" if gone else installation_path(world, value))


def _accounts(visit: Visit, app: App) -> list[Account]:
    """Where the visitor may install an App."""
    found = [
        one
        for one in visit.world.accounts
        if one.kind != "Bot"
        and visit.world.owns(visit.account.id, one)
        and (app.public or one.id == app.owner_id)
    ]
    return sorted(found, key=lambda one: one.id != visit.account.id)


def _target(visit: Visit, app: App, text: str) -> Account:
    """The account that a form or an address names by its number.

    Raises:
        NotFound: the visitor may not install the App there.
    """
    wanted = number(text, default=0)
    for account in _accounts(visit, app):
        if account.id == wanted:
            return account
    raise NotFound


def _installed(visit: Visit, app: App, account: Account) -> Installation | None:
    there = visit.world.installations.of(app.id)
    return next((one for one in there if one.account_id == account.id), None)


def _installation(visit: Visit) -> Installation:
    """The installation of the path, which the visitor may change.

    Raises:
        NotFound: there is none on this account.
        Forbidden: it is on somebody else's account.
    """
    value = visit.world.installation(visit.params["number"])
    account = visit.world.accounts[value.account_id]
    named = visit.params.get("organization")
    if named is not None and named.lower() != account.login.lower():
        raise NotFound
    if not visit.world.owns(visit.account.id, account):
        raise Forbidden(f"This installation is on {account.login}.")
    return value


def _repositories(visit: Visit, account: Account) -> list[Repository]:
    return [one for one in visit.world.repositories if one.owner_id == account.id]


def _chosen(visit: Visit, repositories: Sequence[Repository]) -> list[str] | None:
    """The names of the chosen repositories; None for all.

    Raises:
        Invalid: neither all nor any are chosen.
    """
    names = [one.name for one in repositories if visit.field(f"repository-{one.id}")]
    if visit.field("install_target") == "all":
        return None
    if not names:
        raise Invalid("Choose all repositories, or at least one of them.")
    return names


def _state(visit: Visit) -> dict[str, str]:
    """What the page that led here wants to get back."""
    state = visit.query.get("state") or visit.field("state")
    return {"state": state} if state else {}


def _onward(visit: Visit, value: Installation, action: str, setup_url: str | None) -> Redirect:
    if setup_url is None:
        return Redirect(to=installation_path(visit.world, value))
    more = {"installation_id": str(value.id), "setup_action": action, **_state(visit)}
    return Redirect(to=with_query(setup_url, more))


def _ask(visit: Visit, app: App, account: Account, *, fault: str = "") -> Page:
    repositories = _repositories(visit, account)
    values = {
        "app": app,
        "account": account.login,
        "target_id": account.id,
        "state": _state(visit).get("state", ""),
        "back": with_query(f"/apps/{app.slug}/installations/new", _state(visit)),
        **_choice(visit, repositories, None if not fault else visit.field("install_target")),
        "fault": fault,
    }
    return Page(template="install.html", values=values, **_ends(app.setup_url, fault))


def _settings(visit: Visit, value: Installation, *, fault: str = "") -> Page:
    world = visit.world
    app, account = world.apps[value.app_id], world.accounts[value.account_id]
    repositories = _repositories(visit, account)
    target = "all" if value.repository_ids is None else "selected"
    if fault:
        target = visit.field("install_target")
    values = {
        "app": app,
        "account": account.login,
        "installation": value,
        "path": installation_path(world, value),
        "back": installation_path(world, value),
        **_choice(visit, repositories, target, value.repository_ids or ()),
        "fault": fault,
    }
    ends = _ends(app.setup_url if app.setup_on_update else None, fault)
    return Page(template="installation.html", values=values, **ends)


def _choice(
    visit: Visit,
    repositories: Sequence[Repository],
    target: str | None,
    ticked: Sequence[int] = (),
) -> dict[str, Any]:
    """What the choice of repositories shows."""
    return {"repositories": repositories, "target": target or "all", "ticked": set(ticked)}


def _ends(setup_url: str | None, fault: str) -> dict[str, Any]:
    """Status of a page whose form ends at an App's setup address, and the origin of that."""
    leads_to = "" if setup_url is None else origin_of(setup_url)
    return {"status": 422 if fault else 200, "leads_to": leads_to}
