"""What was read is kept while there is room, the least recently used goes first."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.models.rows import Layers, Stem

Key = tuple[str, tuple[int, ...]]


@dataclass(kw_only=True, slots=True)
class _Kept:
    stem: Stem
    tails: OrderedDict[tuple[int, ...], Layers] = field(default_factory=OrderedDict)

    @property
    def tokens(self) -> int:
        return len(self.stem.ids) + sum(map(len, self.tails))


class Shelf:
    """Stems by adapter and tokens, and the layers of what follows them by its tokens.

    What is taken from the shelf is never changed, and stays whole for who holds it.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self.tokens = 0

    def stem(self, adapter: str, ids: tuple[int, ...]) -> Stem | None:
        """Returns a stem that was kept."""
        kept = self._kept.get((adapter, ids))
        if kept is None:
            return None
        self._kept.move_to_end((adapter, ids))
        return kept.stem

    def add(self, stem: Stem) -> None:
        """Keeps a stem."""
        self._kept[stem.adapter, stem.ids] = _Kept(stem=stem)
        self.tokens += len(stem.ids)
        self._trim()

    def tail(self, stem: Stem, ids: Sequence[int]) -> Layers | None:
        """Returns the layers of what follows a stem, if they were kept."""
        kept = self._kept.get((stem.adapter, stem.ids))
        key = tuple(ids)
        if kept is None or key not in kept.tails:
            return None
        kept.tails.move_to_end(key)
        return kept.tails[key]

    def keep(self, stem: Stem, ids: Sequence[int], layers: Layers) -> None:
        """Keeps the layers of what follows a stem, if the stem is still there."""
        kept = self._kept.get((stem.adapter, stem.ids))
        if kept is None or kept.stem is not stem or tuple(ids) in kept.tails:
            return
        kept.tails[tuple(ids)] = layers
        self.tokens += len(ids)
        self._trim()

    def drop(self, adapter: str, ids: tuple[int, ...] | None = None) -> None:
        """Frees a stem, or all stems of an adapter."""
        for key in [key for key in self._kept if key[0] == adapter and ids in (None, key[1])]:
            self.tokens -= self._kept.pop(key).tokens

    def _trim(self) -> None:
        """Frees the least recently used; the last stem stays, its tails go."""
        while self.tokens > self._most and len(self._kept) > 1:
            self.tokens -= self._kept.popitem(last=False)[1].tokens
        for kept in self._kept.values():
            while self.tokens > self._most and kept.tails:
                self.tokens -= len(kept.tails.popitem(last=False)[0])
