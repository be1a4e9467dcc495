"""What the pages of phrases, of their versions and of the audit log say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain import Dictionary, PhraseMass, Repository, RulingKind, RulingWhat
from app.feedback.rulings import of_phrases
from app.feedback.weights import THRESHOLD
from app.flows.differing import difference
from app.store import Store
from app.web.charts import PhraseBar, phrase_bars

PHRASES = 20
"""Phrases of each sign that are shown, the strongest first."""
CAUSES = 5
"""Pieces of evidence that are named for a phrase, the weightiest first."""
VERSIONS = 20
"""Versions of the dictionary that are shown, the newest first."""
CHANGES = 100
"""Phrases that are shown of what changed between two versions."""
ENTRIES = 50
"""Entries of the audit log on one page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PhraseRow:
    """A phrase's bar and where its weight comes from; `more` is what is not named.

    `ruling` is what was decided about it, empty where nothing was.
    """

    bar: PhraseBar
    causes: Sequence[PhraseMass]
    more: int
    ruling: str


def phrases(store: Store, repository: Repository) -> dict[str, Any]:
    """The strongest phrases of both signs, what was decided about phrases, and all versions."""
    dictionary = store.weights.latest(repository.id)
    rulings = [one for one in store.rulings.of(repository.id) if one.kind is RulingKind.PHRASE]
    backs = store.rulings.roll_backs(repository.id)
    weights = list(dictionary.weights.values())
    versions = list(reversed(store.weights.versions(repository.id)))
    return {
        "liked": _rows(store, dictionary, of_phrases(rulings), liked=True),
        "disliked": _rows(store, dictionary, of_phrases(rulings), liked=False),
        "dictionary_version": dictionary.version,
        "total": len(weights),
        "strong": sum(abs(weight.z) >= THRESHOLD for weight in weights),
        "threshold": THRESHOLD,
        "shown_phrases": PHRASES,
        "rulings": list(reversed(rulings)),
        "back": backs[-1] if backs and backs[-1].aside else None,
        "versions": versions[:VERSIONS],
        "all_versions": len(versions),
    }


def version(store: Store, repository: Repository, number: int) -> dict[str, Any]:
    """What changed from the version before one to it, and why.

    Raises:
        UserError: it is not kept.
    """
    earlier = [one.version for one in store.weights.versions(repository.id) if one.version < number]
    found = difference(store, repository.id, earlier[-1] if earlier else 0, number)
    return {
        "found": found,
        "changes": found.changes[:CHANGES],
        "newest": store.weights.latest(repository.id).version,
        "causes": CAUSES,
    }


def audit(store: Store, repository: Repository, page: int) -> dict[str, Any]:
    """One page of who did what, the newest first; pages are numbered from 1."""
    entries = store.audit.newest(repository.id, ENTRIES + 1, skip=(page - 1) * ENTRIES)
    return {"entries": entries[:ENTRIES], "page": page, "more": len(entries) > ENTRIES}


def _rows(
    store: Store, dictionary: Dictionary, ruled: Mapping[str, RulingWhat], *, liked: bool
) -> list[PhraseRow]:
    found = []
    weights = list(dictionary.weights.values())
    for bar in phrase_bars(weights, liked=liked, limit=PHRASES, threshold=THRESHOLD):
        phrase = bar.weight.phrase
        masses = store.evidence.provenance(dictionary.repository_id, phrase)
        causes = sorted(masses, key=lambda mass: -abs(mass.mass))
        found.append(
            PhraseRow(
                bar=bar,
                causes=causes[:CAUSES],
                more=max(0, len(causes) - CAUSES),
                ruling=ruled[phrase].value if phrase in ruled else "",
            )
        )
    return found
