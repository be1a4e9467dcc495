"""Rows of tokens as one tensor."""

import pytest

from app.training.padding import padded


@pytest.mark.parametrize(
    ("left", "ids", "mask"),
    [
        (True, [[5, 6, 7], [0, 0, 8]], [[1, 1, 1], [0, 0, 1]]),
        (False, [[5, 6, 7], [8, 0, 0]], [[1, 1, 1], [1, 0, 0]]),
    ],
)
def test_shorter_rows_are_padded_on_one_side(
    left: bool, ids: list[list[int]], mask: list[list[int]]
) -> None:
    tokens, real = padded([[5, 6, 7], [8]], left=left)
    assert (tokens.tolist(), real.tolist()) == (ids, mask)
