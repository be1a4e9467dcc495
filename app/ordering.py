"""What `treadle train` does: orders a training run, follows it to its end, or cancels it."""

import time
from uuid import uuid4

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from app.bootstrap.bot import Bot
from app.bootstrap.offline import offline_for
from app.domain import Run, RunState
from app.errors import UserError
from app.flows.standing import FINAL
from app.settings import Settings

PAUSE = 0.5
"""Seconds between two looks at a run."""
BY = "command line"
"""Who asked for a run, where a comment's is a login."""
GOES_ON = "It goes on without this command: `treadle train {name} --wait` follows it again."


def train(settings: Settings, full_name: str, *, wait: bool, cancel: bool, console: Console) -> int:
    """Orders a training run of a repository, or deals with the one that is under way.

    Args:
        settings: as `settings.load` returns them.
        full_name: OWNER/REPO.
        wait: stay until it ends, and show how far it is; also of one that is under way already.
        cancel: end the one that is under way instead.
        console: where all is shown.

    Returns:
        The exit status: 0 where an adapter was promoted, or nothing was waited for.

    Raises:
        UserError: there is too little to train on, or nothing to cancel.
    """
    with offline_for(settings, full_name) as (bot, repository):
        if cancel:
            run = bot.orders.cancel(repository.id)
            ended = run.state in FINAL
            console.print(f"The run {run.id} {'was' if ended else 'is being'} cancelled.")
            return 0
        under_way = bot.store.runs.under_way(repository.id) if wait else None
        run = under_way or bot.orders.order(repository, by=BY, key=uuid4().hex)
        console.print(f"The training run {run.id} of {full_name} is {run.state.value}.")
        if not wait:
            console.print("A worker takes it up; `--wait` shows how far it is.")
            return 0
        return _follow(bot, run, full_name, console)


def _follow(bot: Bot, run: Run, full_name: str, console: Console) -> int:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[figures]}"),
        TimeElapsedColumn(),
    )
    try:
        with Progress(*columns, console=console, transient=True) as shown:
            task = shown.add_task(run.state.value, total=None, figures="")
            while run.state not in FINAL:
                progress = run.progress
                loss = "" if progress.loss is None else f", loss {progress.loss:.3f}"
                shown.update(
                    task,
                    description=progress.phase or run.state.value,
                    total=progress.steps or None,
                    completed=progress.step,
                    figures=f"{progress.step}/{progress.steps}{loss}" if progress.steps else "",
                )
                time.sleep(PAUSE)
                run = _again(bot, run)
    except KeyboardInterrupt:
        console.print(GOES_ON.format(name=full_name), markup=False)
        return 1
    console.print(f"{run.state.value}: {run.reason}", markup=False)
    if run.adapter:
        console.print(f"`treadle adapters list {full_name}` shows {run.adapter}.", markup=False)
    return 0 if run.state is RunState.PROMOTED else 1


def _again(bot: Bot, run: Run) -> Run:
    found = bot.store.runs.get(run.id)
    if found is None:
        raise UserError("The run is gone: its repository was deleted.")
    return found
