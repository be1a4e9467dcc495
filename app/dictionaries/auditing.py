"""Who did what about that which a repository learns."""

import json
from typing import Any

from rich.console import Console
from rich.table import Table

from app.bootstrap.offline import offline_for
from app.domain import AuditEntry
from app.settings import Settings


def show_audit(
    settings: Settings,
    full_name: str,
    *,
    limit: int,
    decided: bool,
    console: Console,
    as_json: bool,
) -> None:
    """Prints who did what about that which a repository learns, the newest first.

    With `decided` what people taught is left out.

    Raises:
        UserError: the repository is not known.
    """
    with offline_for(settings, full_name) as (bot, repository):
        entries = bot.store.audit.newest(repository.id, limit, decisions=decided)
    if as_json:
        found = [entry_values(entry) for entry in entries]
        console.out(json.dumps(found, ensure_ascii=False, indent=2), highlight=False)
        return
    if not entries:
        console.print(f"{full_name}: nothing was decided yet.", markup=False)
        return
    table = Table(title=f"{full_name}: who did what")
    for column in ("when", "who", "did", "what", "where"):
        table.add_column(column)
    for entry in entries:
        when = f"{entry.at:%Y-%m-%d %H:%M}"
        table.add_row(when, entry.person.login, entry.act, entry.subject, entry.url)
    console.print(table, markup=False)


def entry_values(entry: AuditEntry) -> dict[str, Any]:
    """Returns an entry as JSON values."""
    return {
        "at": entry.at.isoformat(),
        "person": entry.person.login,
        "act": entry.act,
        "subject": entry.subject,
        "url": entry.url,
    }
