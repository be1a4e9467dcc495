"""A shelf holds all values of one kind by key, and writes each change through to the store."""

from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from playground.store import Store

K = TypeVar("K", int, str)
V = TypeVar("V")


class Shelf(Generic[K, V]):
    """Values of one kind, in the order of their creation.

    Args:
        store: Where they are kept.
        kind: Their class.
        key: What tells one from another.
        group: What `of` finds them by.
    """

    def __init__(
        self,
        store: Store,
        kind: type[V],
        key: Callable[[V], K],
        group: Callable[[V], Hashable] | None = None,
    ) -> None:
        self._store = store
        self._kind = kind.__name__
        self._adapter: TypeAdapter[V] = TypeAdapter(kind)
        self._key: Callable[[V], K] = key
        self._group = group
        self._values: dict[K, V] = {}
        self._groups: dict[Hashable, dict[K, None]] = {}
        for json in store.read(self._kind):
            self._keep(self._adapter.validate_json(json))

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[V]:
        return iter(list(self._values.values()))

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def get(self, key: K | None) -> V | None:
        """The value under a key, or None."""
        return None if key is None else self._values.get(key)

    def __getitem__(self, key: K) -> V:
        return self._values[key]

    def of(self, group: Hashable) -> list[V]:
        """The values of a group, in the order of their creation."""
        # Copied first: another thread may add to the group meanwhile.
        keys = list(self._groups.get(group, {}))
        return [self._values[key] for key in keys if key in self._values]

    def put(self, value: V) -> V:
        """Adds or replaces a value."""
        self._forget_group(self._key(value), value)
        self._keep(value)
        self._store.write(self._kind, str(self._key(value)), self._adapter.dump_json(value))
        return value

    def drop(self, key: K) -> None:
        """Removes a value."""
        value = self._values.pop(key)
        if self._group is not None:
            self._groups[self._group(value)].pop(key, None)
        self._store.drop(self._kind, str(key))

    def _keep(self, value: V) -> None:
        key = self._key(value)
        self._values[key] = value
        if self._group is not None:
            self._groups.setdefault(self._group(value), {})[key] = None

    def _forget_group(self, key: K, value: V) -> None:
        old = self._values.get(key)
        if old is None or self._group is None or self._group(old) == self._group(value):
            return
        self._groups[self._group(old)].pop(key, None)
