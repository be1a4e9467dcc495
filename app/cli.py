"""The `treadle` command. Exit status: 0 done, 1 it did not work, 2 set up or used wrongly."""

import signal
import sys
import threading
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from app import (
    __version__,
    adapters_cli,
    corpus_cli,
    data_cli,
    dictionary_cli,
    exchange_cli,
    logs,
    preferences_cli,
)
from app.errors import ConfigError, TreadleError
from app.settings import load

PLAYGROUND = frozenset({"playground", "graphql", "jwt"})
"""What only the commands that show the playground need, and an image leaves out."""

app = typer.Typer(
    name="treadle",
    help="A GitHub App that answers /ask and learns from votes and edits.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(adapters_cli.commands)
app.add_typer(corpus_cli.commands)
# Not wrapped: addresses and tables are to be copied whole.
console = Console(soft_wrap=True, highlight=False)

Address = Annotated[str, typer.Argument(help="Address of the bot's reply on GitHub.")]
Model = Annotated[
    str | None,
    typer.Option(help="What answers, instead of TREADLE_MODEL: extract, bobbin, an id, a folder."),
]
FullName = Annotated[str, typer.Argument(help="OWNER/REPO")]


class Queue(StrEnum):
    """What a worker can be told to work on; as `app.queue.names.GROUPS`."""

    ALL = "all"
    ANSWERS = "answers"
    TRAINING = "training"


def main() -> None:
    """Runs the command line, turning errors made on purpose into words and a status."""
    try:
        app()
    except ConfigError as error:
        for fault in error.faults:
            typer.secho(f"error: {fault}", err=True, fg="red")
        sys.exit(2)
    except TreadleError as error:
        typer.secho(f"error: {error}", err=True, fg="red")
        sys.exit(1)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in PLAYGROUND:
            raise
        typer.secho(
            "error: the playground is not installed here: in a clone, `make setup` brings it",
            err=True,
            fg="red",
        )
        sys.exit(2)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"treadle {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    del version
    # Lines of the log are no part of what a command prints; servers set their own level.
    logs.configure("warning")


@app.command()
def demo(
    keep: Annotated[
        Path | None, typer.Option(help="Keep the demo's data and logs in this folder.")
    ] = None,
    model: Model = None,
) -> None:
    """Run the whole job against the playground: ask, vote, edit, learn, train, ask again."""
    from app.demo import run_demo  # noqa: PLC0415 - needs the playground, which is an extra

    sys.exit(run_demo(keep, model=model))


@app.command()
def run(
    port: Annotated[int, typer.Option(help="Port of the playground's pages.")] = 8000,
    data: Annotated[
        Path, typer.Option(help="Folder that playground and bot keep their data in.")
    ] = Path(".treadle"),
    model: Model = None,
) -> None:
    """Start the playground and the bot, and print the one address to open."""
    from app.run import run_all  # noqa: PLC0415 - needs the playground, which is an extra

    sys.exit(run_all(port=port, data=data, model=model))


@app.command()
def playground(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8000,
    data: Annotated[
        Path | None, typer.Option(help="Folder to keep the state in; forgotten when unset.")
    ] = None,
    simulate: Annotated[
        int | None,
        typer.Option(
            help="Let simulated maintainers judge the replies to so many questions, on the "
            "playground that runs at this port already."
        ),
    ] = None,
    no_app: Annotated[
        bool,
        typer.Option("--no-app", help="Register no App: a bot's setup page makes one."),
    ] = False,
) -> None:
    """Start only the playground: a local GitHub with REST, GraphQL, webhooks and pages."""
    if simulate is not None:
        from app.simulate import simulate as simulate_at  # noqa: PLC0415 - needs the playground

        sys.exit(simulate_at(port, simulate, console=console))
    from app.run import run_playground  # noqa: PLC0415 - needs the playground, an extra

    sys.exit(run_playground(port=port, data=data, with_app=not no_app))


@app.command()
def serve(
    with_worker: Annotated[
        bool, typer.Option("--with-worker", help="Answer in this process too, on one machine.")
    ] = False,
) -> None:
    """Start the web process: webhooks on one port, dashboard and metrics on another.

    Where no GitHub App is set, it first opens the page that makes one.
    """
    from app.serving import serve_web  # noqa: PLC0415 - other commands start without a server

    settings = load(app=True, none_yet=True)
    logs.configure(settings.log_level)
    # The server ends in order at either and raises it anew, which would end the rest at once.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        serve_web(settings, with_worker=with_worker)


@app.command()
def work(
    queue: Annotated[
        Queue, typer.Option(help="What to work on: all, answers alone, or training alone.")
    ] = Queue.ALL,
) -> None:
    """Start a worker: it answers, sweeps, learns and trains until it is told to stop."""
    from app.serving import serve_worker  # noqa: PLC0415 - other commands need no queue

    settings = load(app=True)
    logs.configure(settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    serve_worker(settings, stop, group=queue.value)


@app.command()
def train(
    repository: FullName,
    wait: Annotated[
        bool, typer.Option("--wait", help="Stay until the run ends, and show how far it is.")
    ] = False,
    cancel: Annotated[
        bool, typer.Option("--cancel", help="Cancel the run that is under way.")
    ] = False,
) -> None:
    """Train an adapter on what a repository's people taught; a worker does it.

    With --wait the exit status is 1 where no adapter was promoted.
    """
    from app.ordering import train as order  # noqa: PLC0415 - slow to import

    sys.exit(order(load(), repository, wait=wait, cancel=cancel, console=console))


@app.command()
def migrate() -> None:
    """Bring the database to the newest form; every start does so by itself."""
    from app.store import migrate as migrate_database  # noqa: PLC0415 - slow to import

    migrate_database(load())
    console.print("The database is up to date.")


@app.command()
def doctor(
    json_output: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look at settings, data, database, GitHub and model; exit status 1 where one has a fault."""
    from app.doctor import examine, show  # noqa: PLC0415 - slow to import

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    # Beside what is printed where that is watched too, and never in it where it is kept.
    shown = console if console.is_terminal else Console(stderr=True)
    with Progress(*columns, console=shown, transient=True, redirect_stdout=False) as progress:
        task = progress.add_task("Looking …", total=None)
        found = examine(doing=lambda doing: progress.reset(task, description=doing, total=None))
        code = show(found, console, as_json=json_output)
    sys.exit(code)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question.")],
    path: Annotated[Path, typer.Option(help="Folder whose text is to answer.")] = Path(),
    model: Model = None,
    json_output: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Answer a question from the text of a local folder; exit status 1 where it does not."""
    from app.inspection import ask_folder  # noqa: PLC0415 - slow to import

    sys.exit(ask_folder(question, path, console=console, as_json=json_output, model=model))


@app.command()
def why(
    reply_url: Address,
    json_output: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show a reply beside what it would have been without what was learned, and the causes."""
    from app.inspection import show_why  # noqa: PLC0415 - slow to import

    show_why(load(), reply_url, console=console, as_json=json_output)


@app.command()
def contradictions(
    repository: FullName,
    json_output: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what of a repository's feedback people have to decide, and what is held, and why."""
    from app.contradictions import show_contradictions  # noqa: PLC0415 - slow to import

    show_contradictions(load(), repository, console=console, as_json=json_output)


@app.command()
def sweep(repository: FullName) -> None:
    """Read votes, edits and hides of a repository's replies now instead of when they are due."""
    from app.inspection import sweep_now  # noqa: PLC0415 - slow to import

    sweep_now(load(), repository, console=console)


app.add_typer(exchange_cli.commands)
dictionary_cli.add_to(app)
preferences_cli.add_to(app)
data_cli.add_to(app)
