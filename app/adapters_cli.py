"""`treadle adapters`: the commands about the adapters of a repository."""

from typing import Annotated

import typer
from rich.console import Console

from app.settings import load

commands = typer.Typer(
    name="adapters",
    help="Show and choose the adapters that a repository's answers use.",
    no_args_is_help=True,
)
# Not wrapped: names and tables are to be copied whole.
console = Console(soft_wrap=True, highlight=False)

FullName = Annotated[str, typer.Argument(help="OWNER/REPO")]
Name = Annotated[str, typer.Argument(help="Name of the adapter, as `adapters list` shows it.")]
Reason = Annotated[str, typer.Option(help="Why, for the history.")]


@commands.command("list")
def list_adapters(
    repository: FullName,
    json_output: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List a repository's adapters with the gate's verdicts, and say which one is in force."""
    from app.registry import show_adapters  # noqa: PLC0415 - slow to import

    show_adapters(load(), repository, console=console, as_json=json_output)


@commands.command()
def promote(repository: FullName, name: Name, reason: Reason = "") -> None:
    """Let answers use an adapter that passed the gate; exit status 1 where it may not."""
    from app.registry import promote_adapter  # noqa: PLC0415 - slow to import

    promote_adapter(load(), repository, name, reason=reason, console=console)


@commands.command()
def rollback(repository: FullName, reason: Reason = "") -> None:
    """Let answers use what they used before: an earlier adapter, or none. The next ask does."""
    from app.registry import roll_back  # noqa: PLC0415 - slow to import

    roll_back(load(), repository, reason=reason, console=console)


@commands.command()
def retire(repository: FullName, name: Name) -> None:
    """Take an adapter that is not in force out for good, and delete its files."""
    from app.registry import retire_adapter  # noqa: PLC0415 - slow to import

    retire_adapter(load(), repository, name, console=console)
