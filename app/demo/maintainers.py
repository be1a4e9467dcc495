"""Simulated maintainers in the demo: their rule, what they did, and that all of it came."""

import time

from app.demo.people import LinkBroken
from app.demo.screen import escape, say
from app.demo.waiting import Waiting
from playground.server import Playground
from playground.simulation.questions import questions
from playground.simulation.rule import RULE
from playground.simulation.standing import Phase, Standing

PAUSE = 0.1
"""Seconds between two looks."""
LINES = 8
"""How many lines tell of the progress, at most about."""
SPARE = 8
"""One question more for each so many: replies that name no sources are not judged."""


def crowd(rows: int) -> int:
    """Returns how many questions give so many rows of feedback; there are only so many."""
    return min(rows + -(-rows // SPARE), len(questions()))


def simulate(playground: Playground, *, count: int, waiting: Waiting) -> Standing:
    """Lets simulated maintainers judge the replies to so many questions, and prints how far it is.

    Args:
        playground: where they ask; the sample repository may be there already.
        count: how many questions they ask.
        waiting: how long a reply may take, and who has to be alive meanwhile.

    Raises:
        LinkBroken: the simulation broke off, a reply did not come in time, or none was judged.
    """
    say(f"  the rule: {escape(RULE)}")
    simulator = playground.world.simulator
    standing = simulator.start(playground.url, count, patience=waiting.seconds)
    told = 0
    while not standing.phase.final:
        waiting.check()
        time.sleep(PAUSE)
        standing = simulator.standing or standing
        part = LINES * standing.step // standing.steps
        if part > told and not standing.phase.final:
            told = part
            say(f"  {standing.words}")
    _check(standing)
    say(f"  {standing.words}")
    return standing


def _check(standing: Standing) -> None:
    if standing.phase is not Phase.DONE:
        raise LinkBroken(f"the simulated maintainers did not come to an end: {standing.said}")
    if standing.late:
        named = "; ".join(f"#{one.number} {one.question}" for one in standing.late)
        raise LinkBroken(f"{len(standing.late)} replies did not come in time: {named}")
    if not standing.edited + standing.voted:
        raise LinkBroken("the simulated maintainers found no reply to judge")
