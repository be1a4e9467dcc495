"""The commands about dictionaries: seeing them, ruling on phrases, going back, who did what."""

from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console

from app.settings import load

# Not wrapped: addresses and tables are to be copied whole.
console = Console(soft_wrap=True, highlight=False)

FullName = Annotated[str, typer.Argument(help="OWNER/REPO")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class Verb(StrEnum):
    """What can be decided about a phrase; as `app.flows.phrase_verbs`."""

    PIN = "pin"
    FORBID = "forbid"
    DELETE = "delete"
    FREE = "free"


def add_to(app: typer.Typer) -> None:
    """Adds the commands to the one that people call."""
    for command in (weights, phrase, audit):
        app.command()(command)


def weights(
    repository: FullName,
    limit: Annotated[int, typer.Option(min=1, help="Phrases to show, of each sign.")] = 20,
    phrase: Annotated[
        str, typer.Option(help="Show all that this phrase's weight comes from.")
    ] = "",
    version: Annotated[
        int | None, typer.Option(min=0, help="Another version than the newest.")
    ] = None,
    diff: Annotated[
        tuple[int, int] | None,
        typer.Option(metavar="V1 V2", help="Show what changed between two versions, and why."),
    ] = None,
    roll_back: Annotated[
        int | None,
        typer.Option(
            "--roll-back",
            min=1,
            metavar="V",
            help="Weigh as in this version again: set aside what was said of phrases since.",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Let all count again that roll-backs set aside.")
    ] = False,
    json_output: Json = False,
) -> None:
    """Show the phrases that a repository's people keep or strike out, and who taught them.

    With --roll-back or --resume it changes the dictionary and shows nothing.
    """
    from app.dictionaries import comparing, deciding, showing  # noqa: PLC0415 - slow to import

    chosen = [phrase, version is not None, diff, roll_back is not None, resume]
    if sum(map(bool, chosen)) > 1:
        raise typer.BadParameter(
            "give one of --phrase, --version, --diff, --roll-back and --resume"
        )
    settings = load()
    shown: dict[str, Any] = {"console": console, "as_json": json_output}
    if roll_back is not None:
        deciding.roll_back(settings, repository, roll_back, console=console)
    elif resume:
        deciding.resume(settings, repository, console=console)
    elif phrase:
        showing.show_phrase(settings, repository, phrase, **shown)
    elif diff is not None:
        comparing.show_difference(settings, repository, diff, limit=limit, **shown)
    else:
        showing.show_weights(settings, repository, version=version, limit=limit, **shown)


def phrase(
    verb: Annotated[Verb, typer.Argument(help="What to do with it.")],
    repository: FullName,
    words: Annotated[str, typer.Argument(help="The phrase, as `treadle weights` shows it.")],
) -> None:
    """Pin a phrase as liked, forbid or delete it, or free it again, whatever people say of it.

    It outlives weighing anew and training, and stands in the audit log as the operator's.
    """
    from app.dictionaries.deciding import rule_on_phrase  # noqa: PLC0415 - slow to import

    rule_on_phrase(load(), repository, verb.value, words, console=console)


def audit(
    repository: FullName,
    limit: Annotated[int, typer.Option(min=1, help="Entries to show.")] = 50,
    decided: Annotated[
        bool, typer.Option("--decided", help="Leave out what people taught.")
    ] = False,
    json_output: Json = False,
) -> None:
    """Show who taught, vetoed, pinned and removed what in a repository, the newest first."""
    from app.dictionaries.auditing import show_audit  # noqa: PLC0415 - slow to import

    shown: dict[str, Any] = {"console": console, "as_json": json_output}
    show_audit(load(), repository, limit=limit, decided=decided, **shown)
