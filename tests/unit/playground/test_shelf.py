"""Shelves keep order and groups, and write through to the store."""

from dataclasses import dataclass
from pathlib import Path

from playground.shelf import Shelf
from playground.store import Store
from playground.values import Blob


@dataclass(frozen=True, kw_only=True)
class Sheep:
    """A value for these tests."""

    id: int
    herd: str


def shelf(store: Store) -> Shelf[int, Sheep]:
    """A shelf of sheep, grouped by herd."""
    return Shelf(store, Sheep, lambda v: v.id, lambda v: v.herd)


def test_groups_follow_changes() -> None:
    herd = shelf(Store(None))
    for number, name in ((1, "a"), (2, "b"), (3, "a")):
        herd.put(Sheep(id=number, herd=name))
    assert [v.id for v in herd.of("a")] == [1, 3]
    herd.put(Sheep(id=1, herd="b"))
    assert [v.id for v in herd.of("a")] == [3]
    assert [v.id for v in herd.of("b")] == [2, 1]
    herd.drop(2)
    assert [v.id for v in herd.of("b")] == [1]
    assert (herd.get(2), herd.get(None), len(herd), 3 in herd) == (None, None, 2, True)
    assert [v.id for v in herd] == [1, 3]


def test_a_file_gives_back_what_was_put(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.db"
    first = Store(path)
    herd = shelf(first)
    for number in (3, 1, 2):
        herd.put(Sheep(id=number, herd="a"))
    herd.put(Sheep(id=3, herd="b"))
    herd.drop(1)
    blobs: Shelf[str, Blob] = Shelf(first, Blob, lambda v: v.sha)
    blobs.put(Blob(sha="x", data=b"\x00\xff\n"))
    first.close()
    second = Store(path)
    assert [(v.id, v.herd) for v in shelf(second)] == [(3, "b"), (2, "a")]
    assert Shelf(second, Blob, lambda v: v.sha)["x"].data == b"\x00\xff\n"
    second.close()
