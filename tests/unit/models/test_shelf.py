import torch

from app.models.rows import Layers, Stem
from app.models.shelf import Shelf


def stem(adapter: str, *ids: int) -> Stem:
    return Stem(adapter=adapter, ids=ids, cache=())


def layers(count: int) -> Layers:
    return ((torch.zeros(1, count, 2), torch.zeros(1, count, 2)),)


def test_keeps_stems_by_adapter_and_tokens() -> None:
    shelf = Shelf(100)
    one, other = stem("", 1, 2), stem("a", 1, 2)
    shelf.add(one)
    shelf.add(other)
    assert shelf.stem("", (1, 2)) is one
    assert shelf.stem("a", (1, 2)) is other
    assert shelf.stem("b", (1, 2)) is None
    assert shelf.tokens == 4


def test_frees_the_least_recently_used_stem_with_its_tails() -> None:
    shelf = Shelf(10)
    old, new = stem("", 1, 2), stem("", 3, 4)
    shelf.add(old)
    shelf.keep(old, (5, 6), layers(2))
    shelf.add(new)
    shelf.keep(new, (5, 6, 7), layers(3))
    assert shelf.tokens == 9
    assert shelf.stem("", (1, 2)) is old
    shelf.add(stem("", 8, 9))
    # Six tokens would be over the limit; `new`, used longest ago, had five of eleven.
    assert shelf.stem("", (3, 4)) is None
    assert shelf.tail(old, (5, 6)) is not None
    assert shelf.tokens == 6


def test_the_last_stem_stays_and_its_oldest_tails_go() -> None:
    shelf = Shelf(6)
    only = stem("", 1, 2, 3)
    shelf.add(only)
    shelf.keep(only, (4,), layers(1))
    shelf.keep(only, (5,), layers(1))
    assert shelf.tail(only, (4,)) is not None
    shelf.keep(only, (6, 7), layers(2))
    # Seven are one too many: (5,) was used longest ago.
    assert shelf.tail(only, (5,)) is None
    assert shelf.tail(only, (4,)) is not None
    assert shelf.tail(only, (6, 7)) is not None
    assert shelf.tokens == 6
    big = Shelf(2)
    big.add(only)
    assert big.stem("", (1, 2, 3)) is only


def test_keeps_nothing_for_a_stem_that_is_gone() -> None:
    shelf = Shelf(10)
    gone = stem("", 1)
    shelf.keep(gone, (2,), layers(1))
    shelf.add(stem("", 1))
    shelf.keep(gone, (2,), layers(1))
    assert shelf.tokens == 1


def test_drops_a_prompt_or_an_adapter() -> None:
    shelf = Shelf(100)
    for one in (stem("a", 1), stem("a", 2), stem("b", 1)):
        shelf.add(one)
    shelf.drop("a", (1,))
    assert shelf.stem("a", (1,)) is None
    assert shelf.tokens == 2
    shelf.drop("a")
    assert shelf.stem("a", (2,)) is None
    assert shelf.stem("b", (1,)) is not None
    assert shelf.tokens == 1
