"""What maintainers decided in a repository, as weighing phrases needs it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain import Ruling, RulingKind, RulingWhat
from app.feedback.rulings import Aside, aside
from app.store import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """All rulings, and what phrases are weighed without: told by roll-backs and by vetoes."""

    rulings: tuple[Ruling, ...]
    aside: Aside


def vetoed_rows(rulings: Iterable[Ruling]) -> frozenset[str]:
    """Returns the digests of the rows of training data that were vetoed."""
    return _vetoed(rulings, RulingKind.ROW)


def decided(store: Store, repository_id: int) -> Decided:
    """Returns what is decided now. A vetoed memory sets aside all that its reply taught."""
    rulings = tuple(store.rulings.of(repository_id))
    replies = _replies(store, repository_id, rulings)
    return Decided(rulings=rulings, aside=aside(store.rulings.roll_backs(repository_id), replies))


def vetoed_replies(store: Store, repository_id: int, at: datetime) -> frozenset[int]:
    """Returns the replies whose memories were vetoed at a time, of those that still are."""
    rulings = [one for one in store.rulings.of(repository_id) if one.at <= at]
    return _replies(store, repository_id, rulings)


def _replies(store: Store, repository_id: int, rulings: Iterable[Ruling]) -> frozenset[int]:
    memories = _vetoed(rulings, RulingKind.MEMORY)
    return store.preference_rows.remembered_as(repository_id, memories)


def _vetoed(rulings: Iterable[Ruling], kind: RulingKind) -> frozenset[str]:
    vetoed = (one for one in rulings if one.what is RulingWhat.VETOED)
    return frozenset(one.key for one in vetoed if one.kind is kind)
