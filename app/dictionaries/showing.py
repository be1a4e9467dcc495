"""What a dictionary weighs, and who taught it."""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from app.bootstrap.offline import offline_for
from app.domain import PhraseMass, RulingKind, RulingWhat
from app.feedback.rulings import of_phrases, phrase_of
from app.flows.differing import kept
from app.settings import Settings

CAUSES = 5
"""People and comments that are named for one phrase, the weightiest."""


def show_weights(
    settings: Settings,
    full_name: str,
    *,
    version: int | None,
    limit: int,
    console: Console,
    as_json: bool,
) -> None:
    """Prints the strongest phrases of both signs of one version, with who taught them.

    Raises:
        UserError: the repository is not known, or the version is not kept.
    """
    with offline_for(settings, full_name) as (bot, repository):
        store = bot.store
        latest = store.weights.latest(repository.id)
        found = latest if version is None else kept(store, repository.id, version)
        ordered = sorted(found.weights.values(), key=lambda weight: weight.z)
        shown = [weight for weight in ordered[:limit] if weight.z < 0]
        shown += [weight for weight in ordered[-limit:] if weight.z > 0]
        ruled = of_phrases(store.rulings.of(repository.id))
        rows: list[dict[str, Any]] = [
            {
                "phrase": weight.phrase,
                "z": round(weight.z, 2),
                "ruling": ruled.get(weight.phrase),
                "from": origins(store.evidence.provenance(repository.id, weight.phrase)),
            }
            for weight in shown
        ]
        backs = store.rulings.roll_backs(repository.id)
    back = backs[-1] if backs and backs[-1].aside else None
    deleted = sorted(phrase for phrase, what in ruled.items() if what is RulingWhat.DELETED)
    if as_json:
        value = {
            "version": found.version,
            "newest": latest.version,
            "rolled_back_to": back.version if back else None,
            "phrases": rows,
            "deleted": deleted,
        }
        console.out(json.dumps(value, ensure_ascii=False, indent=2), highlight=False)
        return
    table = Table(title=f"{full_name}: dictionary version {found.version}")
    for column in ("phrase", "z", "ruling", "taught by"):
        table.add_column(column)
    for row in rows:
        people = list(dict.fromkeys(f"{one['person']} {one['url']}" for one in row["from"]))
        table.add_row(row["phrase"], f"{row['z']:+.2f}", row["ruling"] or "", first(people))
    console.print(table, markup=False)
    if deleted:
        console.print(f"Deleted by a ruling: {', '.join(deleted)}", markup=False)
    if back:
        console.print(
            f"Rolled back to version {back.version} on {back.at:%Y-%m-%d %H:%M} UTC by "
            f"{back.by.login}: what was said in between is set aside. --resume lifts that.",
            markup=False,
        )


def show_phrase(
    settings: Settings, full_name: str, text: str, *, console: Console, as_json: bool
) -> None:
    """Prints all that one phrase's weight comes from.

    Raises:
        UserError: the repository is not known, or the text can be no phrase.
    """
    with offline_for(settings, full_name) as (bot, repository):
        store = bot.store
        weights = store.weights.latest(repository.id).weights
        rulings = store.rulings.of(repository.id)
        phrase = phrase_of(text, weights.keys() | of_phrases(rulings).keys())
        masses = sorted(
            store.evidence.provenance(repository.id, phrase), key=lambda mass: -abs(mass.mass)
        )
        decided = [one for one in rulings if one.kind is RulingKind.PHRASE]
        ruling = next((one for one in decided if one.key == phrase), None)
    z = round(weights[phrase].z, 2) if phrase in weights else None
    if as_json:
        value = {
            "phrase": phrase,
            "z": z,
            "ruling": ruling and {"what": ruling.what, "by": ruling.by.login, "url": ruling.url},
            "from": [
                {
                    "person": mass.person,
                    "kind": mass.kind,
                    "mass": round(mass.mass, 4),
                    "at": mass.at.isoformat(),
                    "url": mass.url,
                }
                for mass in masses
            ],
        }
        console.out(json.dumps(value, ensure_ascii=False, indent=2), highlight=False)
        return
    table = Table(title=f"{phrase}: {'not in the dictionary' if z is None else f'{z:+.2f}'}")
    for column in ("mass", "by", "person", "when", "where"):
        table.add_column(column)
    for mass in masses:
        when = f"{mass.at:%Y-%m-%d %H:%M}"
        table.add_row(f"{mass.mass:+.3f}", mass.kind.value, mass.person, when, mass.url)
    console.print(table, markup=False)
    if ruling:
        where = f" ({ruling.url})" if ruling.url else ""
        console.print(f"{ruling.what.value} by {ruling.by.login}{where}", markup=False)


def origins(masses: Sequence[PhraseMass]) -> list[dict[str, Any]]:
    """Returns who taught what, as JSON values."""
    return [{"person": mass.person, "url": mass.url} for mass in masses]


def first(lines: Sequence[str]) -> str:
    """Returns the first of some lines, `CAUSES` at most, and how many more there are."""
    more = len(lines) - CAUSES
    return "\n".join([*lines[:CAUSES], *([f"and {more} more"] if more > 0 else [])])
