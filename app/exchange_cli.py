"""The commands that take preference rows out to files, and in from them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.domain import RowKind
from app.exchange.names import Name
from app.settings import load

# Not wrapped: commands and names of files are to be copied whole.
console = Console(soft_wrap=True, highlight=False)
commands = typer.Typer()

FullName = Annotated[str, typer.Argument(help="OWNER/REPO")]


@commands.command(name="export")
def export_(
    repository: FullName,
    output: Annotated[
        Path,
        typer.Option(help="File to write; its name ends in .jsonl, .jsonl.gz, .parquet or .json."),
    ],
    name: Annotated[
        Name, typer.Option("--format", help="Format; docs/exchange.md says what each keeps.")
    ] = Name.NATIVE,
    chat: Annotated[
        bool, typer.Option("--chat", help="Write messages instead of plain texts, for TRL.")
    ] = False,
    kind: Annotated[
        list[RowKind] | None,
        typer.Option(help="Kind of rows to write; may be given several times. All, if not given."),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="Only rows from this time (UTC) on."
        ),
    ] = None,
    people: Annotated[
        bool,
        typer.Option(
            "--with-people/--without-people", help="Whether logins and mentions of people stay."
        ),
    ] = False,
    imported: Annotated[
        bool,
        typer.Option(
            "--with-imported/--without-imported", help="Whether rows that were imported go too."
        ),
    ] = True,
    duplicates: Annotated[
        bool, typer.Option("--duplicates", help="Leave rows apart that say the same.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the file where it is there already.")
    ] = False,
) -> None:
    """Write the preference rows made from a repository's feedback, with where each came from.

    Secrets and mail addresses are always taken out, and rows of people who opted out.
    """
    from app.exchanging import Order, export_rows  # noqa: PLC0415 - slow to import

    order = Order(
        name=name,
        chat=chat,
        kinds=frozenset(kind or RowKind),
        since=since.replace(tzinfo=UTC) if since else None,
        imported=imported,
        people=people,
        duplicates=duplicates,
        force=force,
    )
    export_rows(load(), repository, output, order, console=console)


@commands.command(name="import")
def import_(
    repository: FullName,
    file: Annotated[
        Path | None, typer.Argument(help="File to read; its name says how it holds rows.")
    ] = None,
    name: Annotated[Name, typer.Option("--format", help="Format.")] = Name.NATIVE,
    trust: Annotated[
        float, typer.Option(min=0.01, max=1.0, help="The most that an imported row weighs.")
    ] = 0.5,
    undo: Annotated[
        str | None, typer.Option(help="Take the rows of this import out again instead.")
    ] = None,
) -> None:
    """Keep the preference rows of a file with a repository's: all of them, or none.

    Where something in the file is wrong, each fault is told with its line, and nothing is kept.
    """
    from app.exchanging import import_rows, undo_import  # noqa: PLC0415 - slow to import

    if (file is None) == (undo is None):
        raise typer.BadParameter("give either a file to read, or --undo with the import's name")
    if undo is not None:
        undo_import(load(), repository, undo, console=console)
    elif file is not None:
        import_rows(load(), repository, file, name, trust=trust, console=console)
