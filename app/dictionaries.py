"""What the command line shows and changes of dictionaries, and the audit log of that."""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from app.bootstrap.offline import offline_for
from app.domain import OPERATOR, AuditEntry, PhraseMass, RulingKind, RulingWhat
from app.feedback.rulings import of_phrases, phrase_of
from app.flows.deciding import WORDS, By
from app.flows.differing import PhraseChange, difference, kept
from app.flows.phrase_verbs import RULINGS
from app.settings import Settings

CAUSES = 5
"""People and comments that are named for one phrase, the weightiest."""
BY = By(person=OPERATOR)


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
                "from": _origins(store.evidence.provenance(repository.id, weight.phrase)),
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
        table.add_row(row["phrase"], f"{row['z']:+.2f}", row["ruling"] or "", _lines(people))
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
            "decided": [_entry(one) for one in found.decided],
            "phrases": [
                {
                    "phrase": one.phrase,
                    "before": _rounded(one.before),
                    "after": _rounded(one.after),
                    "from": _origins(one.said),
                    "decided": [_entry(entry) for entry in one.decided],
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


def roll_back(settings: Settings, full_name: str, version: int, *, console: Console) -> None:
    """Goes back to a version of a repository's dictionary.

    Raises:
        UserError: the repository is not known, or the version is not kept.
    """
    with offline_for(settings, full_name) as (bot, repository):
        saved = bot.deciding.roll_back(repository.id, version, BY)
    console.print(
        f"{full_name} weighs phrases as in version {version} again; that is version "
        f"{saved.version}. What was said in between is set aside until --resume.",
        markup=False,
    )


def resume(settings: Settings, full_name: str, *, console: Console) -> None:
    """Lets all count again that roll-backs of a repository's dictionary set aside.

    Raises:
        UserError: the repository is not known, or nothing is set aside.
    """
    with offline_for(settings, full_name) as (bot, repository):
        saved = bot.deciding.resume(repository.id, BY)
    console.print(
        f"All that was said in {full_name} counts again: version {saved.version}.", markup=False
    )


def rule_on_phrase(
    settings: Settings, full_name: str, verb: str, text: str, *, console: Console
) -> None:
    """Pins, forbids, deletes or frees a phrase, as its operator.

    Raises:
        UserError: the repository is not known, the text can be no phrase, or nothing was decided
            about the one to be freed.
    """
    with offline_for(settings, full_name) as (bot, repository):
        if verb not in RULINGS:
            phrase = bot.deciding.free_phrase(repository.id, text, BY)
            console.print(f"{phrase}: what people say of it decides again.", markup=False)
            return
        phrase = bot.deciding.phrase(repository.id, text, RULINGS[verb], BY)
    console.print(f"{phrase}: {WORDS[RULINGS[verb]]}.", markup=False)


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
        found = [_entry(entry) for entry in entries]
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


def _origins(masses: Sequence[PhraseMass]) -> list[dict[str, Any]]:
    return [{"person": mass.person, "url": mass.url} for mass in masses]


def _entry(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "person": entry.person.login,
        "act": entry.act,
        "subject": entry.subject,
        "url": entry.url,
    }


def _why(change: PhraseChange) -> str:
    if change.by_age:
        return "older evidence counts less, or was taken back or set aside"
    said = dict.fromkeys(f"{mass.kind.value} by {mass.person} {mass.url}" for mass in change.said)
    return _lines([*(_told(entry) for entry in change.decided), *said])


def _told(entry: AuditEntry) -> str:
    where = f" {entry.url}" if entry.url else ""
    return f"{entry.act} by {entry.person.login}, {entry.at:%Y-%m-%d %H:%M} UTC{where}"


def _lines(lines: Sequence[str]) -> str:
    more = len(lines) - CAUSES
    return "\n".join([*lines[:CAUSES], *([f"and {more} more"] if more > 0 else [])])


def _rounded(z: float | None) -> float | None:
    return None if z is None else round(z, 2)


def _signed(z: float | None) -> str:
    return "" if z is None else f"{z:+.2f}"
