"""Simulated maintainers: the rule that they go by, a button to start them, how far they are."""

from playground.errors import Conflict, Invalid
from playground.pages.visit import Page, Redirect, Result, Visit, number
from playground.simulation.crew import FULL_NAME
from playground.simulation.questions import questions
from playground.simulation.rule import RULE
from playground.simulation.simulator import USUAL

PATH = "/_pages/simulation"


def show_simulation(visit: Visit) -> Result:
    """The rule, the button, and how far the latest simulation is."""
    return _page(visit)


def start_simulation(visit: Visit) -> Result:
    """Starts a simulation unless one is under way."""
    world = visit.world
    try:
        world.simulator.start(world.web_url, number(visit.field("count"), default=USUAL))
    except (Invalid, Conflict) as error:
        return _page(visit, fault=error.message)
    return Redirect(to=PATH)


def stop_simulation(visit: Visit) -> Result:
    """Asks the simulation under way to end."""
    visit.world.simulator.stop()
    return Redirect(to=PATH)


def _page(visit: Visit, *, fault: str = "") -> Page:
    simulator = visit.world.simulator
    values = {
        "rule": RULE,
        "most": len(questions()),
        "usual": USUAL,
        "standing": simulator.standing,
        "running": simulator.running,
        "issues": f"/{FULL_NAME}/issues",
        "where": FULL_NAME,
        "fault": fault,
        "back": PATH,
    }
    return Page(template="simulation.html", values=values, status=422 if fault else 200)
