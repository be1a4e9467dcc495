"""The commands about the sentences that say what corrections show."""

from typing import Annotated

import typer
from rich.console import Console

from app.settings import load

console = Console(soft_wrap=True, highlight=False)

FullName = Annotated[str, typer.Argument(help="OWNER/REPO")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands to the one that people call."""
    app.command()(preferences)


def preferences(
    repository: FullName,
    memory: Annotated[
        int | None, typer.Argument(min=1, help="Number of the memory to say it of.")
    ] = None,
    say: Annotated[
        str | None, typer.Option(help="The sentence to keep beside it; empty for none.")
    ] = None,
    json_output: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show in a sentence each what a repository's corrections want, or put one otherwise."""
    from app import preferences as shown  # noqa: PLC0415 - slow to import

    if (memory is None) != (say is None):
        raise typer.BadParameter("give the number of a memory and --say together, or neither")
    if memory is not None and say is not None:
        shown.put(load(), repository, memory, say, console=console)
    else:
        shown.show(load(), repository, console=console, as_json=json_output)
