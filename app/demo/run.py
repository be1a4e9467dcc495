"""The demo from start to end: the folder, the playground, the bot, and how it came out."""

import secrets
import shutil
import tempfile
import time
from pathlib import Path

from app.bootstrap.bot import Bot
from app.bootstrap.building import build
from app.demo.course import Course
from app.demo.screen import escape, say
from app.demo.stage import OWNER, furnish
from app.demo.waiting import Waiting
from app.errors import ConfigError, TreadleError, UserError
from app.local import Processes, bot_environment, free_port, stop_in_order
from app.models.catalogue import EXTRACT
from app.models.needs import require_model
from app.settings import load
from playground.server import Playground

PATIENCE, WITH_MODEL = 20.0, 120.0
"""Seconds until a link of the chain counts as broken, without a language model and with one."""


def run_demo(keep: Path | None, *, model: str | None = None) -> int:
    """Runs the demo; returns 0 if every link held and answers came nearer to what was taught.

    Where there is a model to train, an adapter must also have been promoted, used, and better
    than what was before it, and have cost next to no right answer.

    Args:
        keep: folder to leave data and logs in; None for a folder that is removed after.
        model: which model answers; what the environment says where None.

    Raises:
        ConfigError: the settings of the model are wrong, or it lacks packages.
    """
    start = time.monotonic()
    stop_in_order()
    folder = keep or Path(tempfile.mkdtemp(prefix="treadle-demo-"))
    try:
        _check_empty(folder)
        _run(folder, model)
    except ConfigError:
        raise
    except TreadleError as error:
        say(f"\n[bold red]Broken:[/] {escape(str(error))}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 1
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    say(f"\n[bold green]Every link held.[/] {time.monotonic() - start:.0f} s in all.")
    return 0


def _check_empty(folder: Path) -> None:
    """Refuses a folder with something in it: an earlier run's records fit no new playground."""
    try:
        empty = not folder.exists() or not any(folder.iterdir())
    except OSError as error:
        raise UserError(f"{folder} cannot be used: {error.strerror}") from error
    if not empty:
        raise UserError(f"{folder} is not empty: name a new folder for --keep")


def _run(folder: Path, model: str | None) -> None:
    web, admin, token = free_port(), free_port(), secrets.token_urlsafe(24)
    with Playground(hook_url=f"http://127.0.0.1:{web}/webhooks", owner=OWNER) as playground:
        people = furnish(playground)
        environment = bot_environment(
            playground,
            data=folder,
            port=web,
            admin_port=admin,
            admin_token=token,
            model=model,
        )
        settings = load(environment)
        require_model(settings)
        say("A playground GitHub and the bot are starting …")
        with Processes(environment, folder) as processes:
            bot = build(settings)
            try:
                _introduce(bot, processes)
                patience = PATIENCE if settings.model == EXTRACT else WITH_MODEL
                waiting = Waiting(processes, seconds=patience)
                Course(people, playground, bot, waiting).run()
            finally:
                bot.close()
                for person in people.values():
                    person.close()


def _introduce(bot: Bot, processes: Processes) -> None:
    """Says which model answers, and has it loaded before the first question."""
    settings = bot.settings
    if settings.model == EXTRACT:
        say("Answers are quotations, without a language model (TREADLE_MODEL=extract).")
        return
    if bot.model.note:
        say(escape(bot.model.note))
    if settings.model_url:
        say(f"The model {escape(bot.model.name)} answers at {escape(settings.model_url)}.")
        return
    start = time.monotonic()
    say(f"Loading the model {escape(bot.model.name)} …")
    processes.wait_loaded()
    say(f"It is loaded after {time.monotonic() - start:.1f} s.")
