"""Who one acts as, and what was delivered to the App."""

from playground.errors import NotFound
from playground.pages.ages import age
from playground.pages.visit import Page, Redirect, Result, Visit, people_of

SHOWN = 50


def act_as(visit: Visit) -> Result:
    """Takes on another account.

    Raises:
        NotFound: nobody has this login.
    """
    login = visit.field("login")
    for account in people_of(visit.world):
        if account.login == login:
            back = visit.field("back")
            # A path of this site alone: two slashes would lead to another.
            safe = back.startswith("/") and not back.startswith(("//", "/\\"))
            return Redirect(to=back if safe else "/", login=login)
    raise NotFound(f"There is nobody called {login}.")


def list_deliveries(visit: Visit) -> Result:
    """The newest deliveries to the App's hook, newest first."""
    world = visit.world
    now = world.clock.now()
    newest = list(world.deliveries)[: -SHOWN - 1 : -1]
    rows = [{"delivery": one, "ago": age(one.delivered_at, now)} for one in newest]
    hook = next((app.hook_url for app in world.apps), None)
    values = {"rows": rows, "hook": hook, "count": len(world.deliveries), "shown": SHOWN}
    return Page(template="deliveries.html", values=values)


def redeliver(visit: Visit) -> Result:
    """Sends a delivery once more."""
    visit.world.redeliver(visit.field("guid"))
    return Redirect(to="/_pages/deliveries")
