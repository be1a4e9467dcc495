"""The commands about what is kept: copying it, and deleting it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.settings import load

# Not wrapped: addresses and commands are to be copied whole.
console = Console(soft_wrap=True, highlight=False)

FullName = Annotated[str, typer.Argument(help="OWNER/REPO")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands to the one that people call."""
    for command in (backup, forget):
        app.command()(command)


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")],
) -> None:
    """Copy databases, keys and adapters into one tar file, while all goes on.

    A database on Postgres is not in it; docs/data.md says how that is copied.
    """
    from app.backup import backup as copy  # noqa: PLC0415 - slow to import

    copy(load(), file, console=console)


def forget(
    repository: FullName,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete all that is kept of a repository, at once and for good, after asking.

    The exit status is 1 where the answer was no.
    """
    from app.forget import forget as delete  # noqa: PLC0415 - slow to import

    def agreed(question: str) -> bool:
        return yes or typer.confirm(question)

    raise typer.Exit(delete(load(), repository, agreed=agreed, console=console))
