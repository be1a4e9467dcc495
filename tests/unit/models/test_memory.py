from collections.abc import Sequence

import pytest
import torch

from app.errors import TransientError
from app.models.memory import Batches, is_shortage


@pytest.mark.parametrize(
    ("error", "wanted"),
    [
        (MemoryError(), True),
        (torch.OutOfMemoryError("CUDA"), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), True),
        (RuntimeError("MPS backend out of memory"), True),
        (RuntimeError("DefaultCPUAllocator: not enough memory: you tried"), True),
        (RuntimeError("shapes do not fit"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_knows_a_shortage(error: Exception, wanted: bool) -> None:
    assert is_shortage(error) == wanted


def test_halves_what_does_not_fit_and_stays_there() -> None:
    sizes = []

    def work(items: Sequence[int]) -> list[int]:
        sizes.append(len(items))
        if len(items) > 3:
            raise MemoryError
        return [item * 2 for item in items]

    batches = Batches(8)
    assert batches.over(range(10), work) == [item * 2 for item in range(10)]
    assert sizes == [8, 4, 2, 2, 2, 2, 2]
    assert batches.most == 2


def test_one_that_does_not_fit_alone_does_not_stop_the_others() -> None:
    def work(items: Sequence[int]) -> list[int]:
        if 3 in items:
            raise MemoryError
        return list(items)

    found = Batches(4).over([1, 2, 3, 4], work)
    assert isinstance(found[2], TransientError)
    assert [found[0], found[1], found[3]] == [1, 2, 4]
