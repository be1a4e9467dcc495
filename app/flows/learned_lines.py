"""What stands in the issue "What Treadle learned", out of the store; and what its lines are of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain import (
    AuditEntry,
    MemoryKind,
    Repository,
    Ruling,
    RulingKind,
    RulingWhat,
)
from app.feedback import learned
from app.feedback.learned import STRONG, Line, token_of
from app.flows.admission import RETRAIN
from app.flows.orders import run_id
from app.store import Store
from app.store.digests import memory_digest

_MADE = {"pinned": RulingWhat.PINNED, "forbade": RulingWhat.FORBIDDEN}
_LIFTED = "freed"

Decided = Mapping[tuple[RulingKind, str], Ruling]
"""Rulings by what they are on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What a line is of: that of a ruling, and `what` where the line is of a pin or a ban."""

    kind: RulingKind
    key: str
    what: RulingWhat | None = None


def lines(store: Store, repository: Repository, *, issue_url: str, web_url: str) -> list[Line]:
    """Returns all lines, in any order.

    Args:
        store: where it is looked up.
        repository: whose issue it is.
        issue_url: the issue's own address: what was lifted there can be ticked again.
        web_url: the address of GitHub's pages.
    """
    rulings = store.rulings.of(repository.id)
    decided = {(one.kind, one.key): one for one in rulings}
    found = [
        *_corrections(store, repository.id, decided),
        *_phrases(store, repository.id, decided),
        *_adapters(store, repository, decided, web_url),
        *(learned.decided(one, lifted=True) for one in lifted(store, repository.id, issue_url)),
    ]
    shown = {(line.kind, line.key) for line in found if line.what is None}
    for one in rulings:
        if one.what in _MADE.values():
            found.append(learned.decided(one))
        elif (one.kind, one.key) not in shown:
            found.append(learned.vetoed(one))
    return found


def lifted(store: Store, repository_id: int, issue_url: str) -> Sequence[Ruling]:
    """Returns the pins and bans that were lifted in the issue, where nothing was decided since."""
    newest: dict[str, AuditEntry] = {}
    found: dict[str, Ruling] = {}
    for entry in store.audit.of_acts(repository_id, {*_MADE, _LIFTED, "deleted"}):
        last = newest.setdefault(entry.subject, entry)
        in_issue = last.act == _LIFTED and last.url == issue_url
        if in_issue and entry.act in _MADE and entry.subject not in found:
            found[entry.subject] = Ruling(
                kind=RulingKind.PHRASE,
                key=entry.subject,
                what=_MADE[entry.act],
                by=entry.person,
                at=last.at,
                url=entry.url,
            )
    return list(found.values())


def targets(store: Store, repository_id: int) -> Mapping[str, Target]:
    """Returns what may be ruled on in a repository, by the token of its line.

    That is more than the issue shows: a line may have changed since somebody saw it.
    """
    return {token_of(one.kind, one.key, one.what): one for one in _targets(store, repository_id)}


def asks_for_more(target: Target, ticked: bool, decided: Decided) -> bool:
    """Tells whether a tick, or its absence, asks for something else than is decided now."""
    ruling = decided.get((target.kind, target.key))
    if target.what is not None:
        return ticked != (ruling is not None and ruling.what is target.what)
    aside = ruling is not None and ruling.what in {RulingWhat.DELETED, RulingWhat.VETOED}
    return ticked == aside


def _targets(store: Store, repository_id: int) -> Iterator[Target]:
    for memory in store.evidence.memories(repository_id):
        key = memory_digest(memory)
        yield Target(kind=RulingKind.MEMORY, key=key)
    for phrase in store.weights.latest(repository_id).weights:
        yield Target(kind=RulingKind.PHRASE, key=phrase)
    for version in store.adapters.versions(repository_id):
        yield Target(kind=RulingKind.ADAPTER, key=version.name)
    for one in store.rulings.of(repository_id):
        yield Target(kind=one.kind, key=one.key)
        if one.what in _MADE.values():
            yield Target(kind=one.kind, key=one.key, what=one.what)
    for entry in store.audit.of_acts(repository_id, _MADE):
        yield Target(kind=RulingKind.PHRASE, key=entry.subject, what=_MADE[entry.act])


def _corrections(store: Store, repository_id: int, decided: Decided) -> Iterator[Line]:
    for memory in store.evidence.memories(repository_id):
        if memory.kind is MemoryKind.CORRECTION:
            key = memory_digest(memory)
            yield learned.correction(memory, key, decided.get((RulingKind.MEMORY, key)))


def _phrases(store: Store, repository_id: int, decided: Decided) -> Iterator[Line]:
    strong = {
        weight.phrase: weight
        for weight in store.weights.latest(repository_id).weights.values()
        if abs(weight.z) >= STRONG and (RulingKind.PHRASE, weight.phrase) not in decided
    }
    newest = store.evidence.newest_masses(repository_id, strong)
    for phrase, mass in newest.items():
        yield learned.phrase(strong[phrase], mass)


def _adapters(
    store: Store, repository: Repository, decided: Decided, web_url: str
) -> Iterator[Line]:
    versions = [
        version
        for version in store.adapters.versions(repository.id)
        if version.retired_at is None and version.verdict.passed
    ]
    if not versions:
        return
    active = store.adapters.active(repository.id)
    asked = {
        run_id(repository.id, ask.key): ask for ask in store.asks.of_command(repository.id, RETRAIN)
    }
    for version in versions:
        ask = asked.get(version.run_id)
        where = f"{web_url}/{repository.full_name}/issues"
        yield learned.adapter(
            version,
            in_force=active is not None and active.name == version.name,
            veto=decided.get((RulingKind.ADAPTER, version.name)),
            by=ask.asker.login if ask and ask.asker else "",
            url=f"{where}/{ask.number}#issuecomment-{ask.comment_id}" if ask else "",
        )
