"""What changed between two versions of a dictionary, and why: replies, people, decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain import AuditEntry, Dictionary, PhraseMass, PhraseWeight
from app.errors import UserError
from app.store import Store

LEAST_CHANGE = 0.005
"""Changes of a z-score that are less than what is shown of it are none."""
DECISIONS = 10_000
"""The newest entries of the audit log that are looked through."""

_RULED = frozenset({"pinned", "forbade", "deleted", "freed"})
_AT_ONCE = frozenset({"rolled back", "resumed"})


@dataclass(frozen=True, kw_only=True, slots=True)
class PhraseChange:
    """A phrase whose weight changed; `before` and `after` are z-scores, None where it had none.

    `said` is what was read between the versions of what people said of it, the weightiest first,
    `decided` who decided about it then.
    """

    phrase: str
    before: float | None
    after: float | None
    said: Sequence[PhraseMass]
    decided: Sequence[AuditEntry]

    @property
    def by_age(self) -> bool:
        """Whether nobody did anything: old evidence counts less, or was taken back."""
        return not self.said and not self.decided


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionDifference:
    """All phrases that changed between two versions, those that changed most first.

    `decided` are roll-backs between them, which change all phrases at once.
    """

    before: Dictionary
    after: Dictionary
    changes: Sequence[PhraseChange]
    decided: Sequence[AuditEntry]


def difference(store: Store, repository_id: int, first: int, second: int) -> VersionDifference:
    """Compares two versions of a repository's dictionary.

    Raises:
        UserError: one of them is not kept.
    """
    before, after = (kept(store, repository_id, number) for number in (first, second))
    since, until = (saved_at(store, repository_id, number) for number in (first, second))
    if since is not None and until is not None and since > until:
        since, until = until, since
    log = [
        entry
        for entry in store.audit.newest(repository_id, DECISIONS, decisions=True)
        if (since is None or entry.at > since) and (until is None or entry.at <= until)
    ]
    decided: dict[str, list[AuditEntry]] = {}
    for entry in log:
        if entry.act in _RULED:
            decided.setdefault(entry.subject, []).append(entry)

    changed = moved(before.weights, after.weights)
    said: dict[str, list[PhraseMass]] = {phrase: [] for phrase, _, _ in changed}
    # All at once: evidence is not found by its phrase any faster, and all phrases may have changed.
    for mass in store.evidence.masses(repository_id) if changed else ():
        at = mass.known_at
        within = (since is None or at > since) and (until is None or at <= until)
        if within and mass.phrase in said:
            said[mass.phrase].append(mass)
    return VersionDifference(
        before=before,
        after=after,
        changes=[
            PhraseChange(
                phrase=phrase,
                before=old,
                after=new,
                said=sorted(said[phrase], key=lambda mass: -abs(mass.mass)),
                decided=decided.get(phrase, []),
            )
            for phrase, old, new in changed
        ],
        decided=[entry for entry in log if entry.act in _AT_ONCE],
    )


def moved(
    before: Mapping[str, PhraseWeight], after: Mapping[str, PhraseWeight]
) -> list[tuple[str, float | None, float | None]]:
    """Returns the phrases that came, went or changed, with both z-scores, most change first."""
    found = []
    for phrase in before.keys() | after.keys():
        old = before[phrase].z if phrase in before else None
        new = after[phrase].z if phrase in after else None
        change = abs((new or 0.0) - (old or 0.0))
        if change >= LEAST_CHANGE:
            found.append((change, phrase, old, new))
    found.sort(key=lambda one: (-one[0], one[1]))
    return [(phrase, old, new) for _, phrase, old, new in found]


def kept(store: Store, repository_id: int, number: int) -> Dictionary:
    """Returns a version of a repository's dictionary; 0 is the empty one before the first.

    Raises:
        UserError: it is not kept; says which are.
    """
    try:
        return store.weights.version(repository_id, number)
    except LookupError:
        raise UserError(not_kept(store, repository_id, number)) from None


def not_kept(store: Store, repository_id: int, number: int) -> str:
    """Says that a version is not kept, and which are."""
    found = [one.version for one in store.weights.versions(repository_id)][-10:]
    newest = ", ".join(map(str, found)) or "none"
    return f"Version {number} is not kept. The newest that are: {newest}."


def saved_at(store: Store, repository_id: int, number: int) -> datetime | None:
    """Returns when a version was saved; None for version 0."""
    versions = store.weights.versions(repository_id)
    return next((one.saved_at for one in versions if one.version == number), None)
