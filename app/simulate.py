"""`treadle playground --simulate N`: simulated maintainers on a playground that is running."""

import time
from collections.abc import Mapping

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from app.errors import TransientError, UserError
from playground.server import HOST
from playground.simulation.questions import questions
from playground.simulation.rule import RULE
from playground.simulation.standing import Phase, Standing, from_json

PAUSE = 0.5
"""Seconds between two looks."""
TIMEOUT = 30.0


def simulate(port: int, count: int, *, console: Console) -> int:
    """Starts a simulation on a playground, follows it to its end and returns the exit status.

    Ctrl-C stops the simulation; what it did until then stays.

    Args:
        port: of the playground's pages, on this machine.
        count: how many questions are asked.
        console: where the rule, the progress and the outcome are printed.

    Raises:
        UserError: there are not so many questions, a simulation is under way, or no
            playground answers.
    """
    most = len(questions())
    if not 1 <= count <= most:
        raise UserError(f"--simulate takes 1 to {most} questions")
    url = f"http://{HOST}:{port}"
    # A proxy of the environment is not for this machine.
    with httpx.Client(base_url=url, timeout=TIMEOUT, trust_env=False) as client:
        first = _call(client, "POST", {"count": count})
        console.print(f"The rule: {RULE}\n", markup=False)
        console.print(f"Watch it at {url}/_pages/simulation; Ctrl-C stops it.\n", markup=False)
        last = _follow(client, first, console)
    for late in last.late:
        console.print(f"  no reply in time: #{late.number} {late.question}", markup=False)
    console.print(f"{last.words}. {last.said}", markup=False)
    return 0 if last.phase is Phase.DONE and not last.late else 1


def _follow(client: httpx.Client, standing: Standing, console: Console) -> Standing:
    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(standing.words, total=standing.steps)
        while not standing.phase.final:
            try:
                time.sleep(PAUSE)
                standing = _call(client, "GET")
            except KeyboardInterrupt:
                standing = _call(client, "DELETE")
            progress.update(task, completed=standing.step, description=standing.words)
    return standing


def _call(client: httpx.Client, method: str, values: Mapping[str, int] | None = None) -> Standing:
    try:
        answer = client.request(method, "/_playground/simulation", json=values)
    except httpx.ConnectError as error:
        raise UserError(
            f"no playground answers at {client.base_url}: start one with its bot in another "
            "terminal (treadle run), or name its port with --port"
        ) from error
    except httpx.HTTPError as error:
        raise TransientError(
            f"the playground at {client.base_url} stopped answering ({type(error).__name__})"
        ) from error
    try:
        found = answer.json()
        if answer.is_error:
            raise UserError(found["message"])
        return from_json(found)
    except (ValueError, KeyError, TypeError) as error:
        # Something else listens there, or the playground was started anew and knows of nothing.
        raise UserError(f"what answers at {client.base_url} knows of no simulation") from error
