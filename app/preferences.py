"""What the command line shows and changes of the sentences beside corrections."""

import json

from rich.console import Console
from rich.table import Table

from app.bootstrap.offline import offline_for
from app.dictionaries.deciding import BY
from app.domain import MemoryKind
from app.settings import Settings


def show(settings: Settings, full_name: str, *, console: Console, as_json: bool) -> None:
    """Prints all corrections of a repository, newest first, with the sentence beside each.

    Raises:
        UserError: the repository is not known.
    """
    with offline_for(settings, full_name) as (bot, repository):
        found = [
            one
            for one in reversed(bot.store.evidence.memories(repository.id))
            if one.kind is MemoryKind.CORRECTION
        ]
    if as_json:
        rows = [
            {
                "memory": one.id,
                "preference": one.preference,
                "by": one.preference_by,
                "author": one.author,
                "url": one.url,
            }
            for one in found
        ]
        console.print_json(json.dumps(rows))
        return
    table = Table(title=f"{full_name}: what corrections want")
    for column in ("memory", "wanted", "said by", "correction"):
        table.add_column(column)
    for one in found:
        by = one.preference_by or ("the model" if one.preference else "")
        table.add_row(str(one.id), one.preference, by, one.url)
    console.print(table, markup=False)


def put(settings: Settings, full_name: str, memory: int, said: str, *, console: Console) -> None:
    """Puts a sentence beside a correction, in the place of a model's.

    Raises:
        UserError: it is too long, or the repository or the memory is not known.
    """
    with offline_for(settings, full_name) as (bot, repository):
        kept = bot.preferring.put(repository.id, memory, said, BY)
    told = f"Memory {memory}: {kept}" if kept else f"Nothing is said beside memory {memory} now."
    console.print(told, markup=False)
