"""`/forget` and opting out on the playground: what was taken back is nowhere any more."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.flows.taking_back import SETTLED
from app.store.schema import metadata
from tests.integration.flows.conftest import Town

FACT = "Xylophone settings live in `.config/quagga.yml`."


def finish(town: Town) -> None:
    """Lets all be forgotten that was ordered, the second look included."""
    town.work()
    town.bot.taking_back.finish_due()
    town.clock.ahead += SETTLED + timedelta(seconds=1)
    town.bot.taking_back.finish_due()
    assert town.bot.store.removals.unfinished() == []


def tables_with(town: Town, text: str) -> list[str]:
    """Returns the columns of all of Treadle's tables that have a text in any row."""
    found = []
    with town.bot.store.engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                found += [f"{table.name}.{name}" for name, it in row.items() if _has(it, text)]
    return found


def _has(value: object, text: str) -> bool:
    if isinstance(value, bytes):
        import zlib

        value = zlib.decompress(value).decode()
    return text.lower() in str(value).lower()


def files_with(folder: Path, text: str) -> list[str]:
    """Returns the files below a folder that have a text anywhere in their bytes."""
    wanted = text.encode()
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and wanted in path.read_bytes()
    ]


def edited(town: Town, login: str, number: int, before: str, after: str) -> None:
    """Lets a person correct the reply on an issue, and the bot learn it."""
    reply = town.reply(number)
    town.people[login].edit(reply.id, reply.body.replace(before, after))
    town.work()
    town.bot.sweep.repository(town.repository.id)


def taught(town: Town) -> int:
    """Has pat ask and walt correct; returns the issue's number."""
    number, _ = town.ask("pat", "/ask Where are the zanzibar settings of the loom read?")
    edited(
        town,
        "walt",
        number,
        "The loom reads its settings from `.loom.yml` in the root.",
        FACT,
    )
    return number


def test_a_writer_has_a_reply_forgotten(town: Town, tmp_path: Path) -> None:
    number = taught(town)
    other, _ = town.ask("rae", "/ask Where are the settings of the loom read?")
    assert "quagga" in town.reply(other).body
    assert tables_with(town, "quagga") and files_with(tmp_path, "quagga")
    comment = town.people["mia"].comment(number, "/forget")
    finish(town)
    assert tables_with(town, "quagga") == []
    assert files_with(tmp_path, "quagga") == []
    town.bot.sweep.repository(town.repository.id)
    finish(town)
    assert tables_with(town, "quagga") == []
    del comment
