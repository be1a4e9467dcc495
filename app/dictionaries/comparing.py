"""What changed between two versions of a dictionary, and why."""

import json

from rich.console import Console
from rich.table import Table

from app.bootstrap.offline import offline_for
from app.dictionaries.auditing import entry_values
from app.dictionaries.showing import first, origins
from app.domain import AuditEntry
from app.flows.differing import PhraseChange, difference
from app.settings import Settings


def show_difference(
    settings: Settings,
    full_name: str,
    versions: tuple[int, int],
    *,
    limit: int,
    console: Console,
    as_json: bool,
) -> None:
    """Prints which phrases changed between two versions, and why.

    Raises:
        UserError: the repository is not known, or a version is not kept.
    """
    with offline_for(settings, full_name) as (bot, repository):
        found = difference(bot.store, repository.id, *versions)
    shown = found.changes[:limit]
    if as_json:
        value = {
            "before": found.before.version,
            "after": found.after.version,
            "changed": len(found.changes),
            "decided": [entry_values(one) for one in found.decided],
            "phrases": [
                {
                    "phrase": one.phrase,
                    "before": _rounded(one.before),
                    "after": _rounded(one.after),
                    "from": origins(one.said),
                    "decided": [entry_values(entry) for entry in one.decided],
                }
                for one in shown
            ],
        }
        console.out(json.dumps(value, ensure_ascii=False, indent=2), highlight=False)
        return
    for entry in found.decided:
        console.print(_told(entry), markup=False)
    if not shown:
        console.print(f"{full_name}: both versions weigh all phrases alike.", markup=False)
        return
    table = Table(
        title=f"{full_name}: from version {found.before.version} to {found.after.version}"
    )
    for column in ("phrase", "before", "after", "why"):
        table.add_column(column)
    for one in shown:
        table.add_row(one.phrase, _signed(one.before), _signed(one.after), _why(one))
    console.print(table, markup=False)
    if len(found.changes) > len(shown):
        console.print(f"{len(found.changes) - len(shown)} more changed less: --limit shows them.")


def _why(change: PhraseChange) -> str:
    if change.by_age:
        return "older evidence counts less, or was taken back or set aside"
    said = dict.fromkeys(f"{mass.kind.value} by {mass.person} {mass.url}" for mass in change.said)
    return first([*(_told(entry) for entry in change.decided), *said])


def _told(entry: AuditEntry) -> str:
    where = f" {entry.url}" if entry.url else ""
    return f"{entry.act} by {entry.person.login}, {entry.at:%Y-%m-%d %H:%M} UTC{where}"


def _rounded(z: float | None) -> float | None:
    return None if z is None else round(z, 2)


def _signed(z: float | None) -> str:
    return "" if z is None else f"{z:+.2f}"
