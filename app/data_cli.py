"""The commands about what is kept: copying it, making it anew from GitHub, and deleting it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.settings import load

# Not wrapped: addresses and commands are to be copied whole.
console = Console(soft_wrap=True, highlight=False)

FullName = Annotated[str, typer.Argument(help="OWNER/REPO")]
Account = Annotated[str, typer.Argument(help="Login, or the number of the account.")]
Who = Annotated[
    str, typer.Option("--person", help="Only this person: login, or the number of the account.")
]


def add_to(app: typer.Typer) -> None:
    """Adds the commands to the one that people call."""
    for command in (backup, backfill, takeout, forget, opt_out, opt_in):
        app.command()(command)


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")],
) -> None:
    """Copy databases, keys and adapters into one tar file, while all goes on.

    A database on Postgres is not in it; docs/data.md says how that is copied.
    """
    from app.backup import backup as copy  # noqa: PLC0415 - slow to import

    copy(load(), file, console=console)


def backfill(
    repository: FullName,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Leave out what was posted before this day (UTC)."),
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Only compare what is kept with what GitHub shows."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Learn a repository's past from GitHub alone, as after the loss of the database.

    It says what that costs, asks, and goes on where it was cut off. The exit status is 1 where
    the answer was no, and with --check where something differs that should not.
    """
    from app import backfill as past  # noqa: PLC0415 - slow to import

    do = past.check if check else past.backfill
    day = None if since is None else since.replace(tzinfo=UTC)
    raise typer.Exit(
        do(
            load(app=True),
            repository,
            since=day,
            agreed=lambda question: yes or typer.confirm(question),
            console=console,
        )
    )


def takeout(
    repository: FullName,
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")],
    person: Who = "",
) -> None:
    """Write all that is kept of a repository, or of one person there, into a tar of JSON lines."""
    from app.takeout import takeout as write  # noqa: PLC0415 - slow to import

    write(load(), repository, file, who=person, console=console)


def forget(
    repository: FullName,
    person: Who = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete all that is kept of a repository, or of one person there, for good, after asking.

    The exit status is 1 where the answer was no.
    """
    from app.forget import forget as delete  # noqa: PLC0415 - slow to import
    from app.forget import forget_person  # noqa: PLC0415

    def agreed(question: str) -> bool:
        return yes or typer.confirm(question)

    if person:
        asked = forget_person(load(), repository, person, agreed=agreed, console=console)
    else:
        asked = delete(load(), repository, agreed=agreed, console=console)
    raise typer.Exit(asked)


def opt_out(repository: FullName, person: Account) -> None:
    """Learn nothing from a person's words any more, and undo what was learned from them."""
    from app.forget import opt_out as out  # noqa: PLC0415 - slow to import

    out(load(), repository, person, console=console)


def opt_in(repository: FullName, person: Account) -> None:
    """Learn again from what a person says from now on."""
    from app.forget import opt_in as back  # noqa: PLC0415 - slow to import

    back(load(), repository, person, console=console)
