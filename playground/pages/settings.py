"""Who one acts as, and what was delivered to Apps."""

from collections.abc import Sequence
from typing import Any

from playground.errors import NotFound
from playground.pages.ages import age
from playground.pages.visit import Page, Redirect, Result, Visit, people_of
from playground.values import Delivery
from playground.world import World

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
    """The newest deliveries to all Apps' hooks, newest first."""
    world = visit.world
    values = {
        "rows": delivery_rows(world, list(world.deliveries)[: -SHOWN - 1 : -1]),
        "hooks": [app for app in world.apps if app.hook_url is not None],
        "several": len(world.apps) > 1,
        "count": len(world.deliveries),
        "shown": SHOWN,
    }
    return Page(template="deliveries.html", values=values)


def delivery_rows(world: World, deliveries: Sequence[Delivery]) -> list[dict[str, Any]]:
    """Deliveries as pages list them."""
    now = world.clock.now()
    return [
        {"delivery": one, "ago": age(one.delivered_at, now), "app": world.addressee(one).name}
        for one in deliveries
    ]


def redeliver(visit: Visit) -> Result:
    """Sends a delivery once more."""
    visit.world.redeliver(visit.field("guid"))
    return Redirect(to="/_pages/deliveries")
