"""Against numbers worked out by hand: scores of ln 1, ln 2 and ln 5 are chances of 1, 2, 5 in 8."""

import math

import pytest
import torch

from app.training.bobbin import losses
from app.training.bobbin.losses import Weights, total

SCORES = torch.tensor([[[0.0, math.log(2), math.log(5)], [0.0, -math.inf, 0.0]]])


def where(*entries: tuple[int, ...], width: int) -> torch.Tensor:
    return torch.tensor(entries, dtype=torch.int64).view(-1, width)


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ([(0, 0, 1)], math.log(4)),
        ([(0, 1, 2)], math.log(2)),
        ([(0, 0, 1), (0, 1, 2)], math.log(8) / 2),
        ([], 0.0),
    ],
)
def test_looking_at_one_place(place: list[tuple[int, ...]], wanted: float) -> None:
    found = losses._point(SCORES, where(*place, width=3))
    assert float(found) == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize(
    ("span", "wanted"),
    [
        ([(0, 0, 1, 3)], math.log(8 / 7)),
        ([(0, 0, 0, 1)], math.log(8)),
        ([(0, 0, 0, 3), (0, 1, 0, 2)], math.log(2) / 2),
        ([], 0.0),
    ],
)
def test_looking_anywhere_in_a_span(span: list[tuple[int, ...]], wanted: float) -> None:
    found = losses._span(SCORES, where(*span, width=4))
    assert float(found) == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize(
    ("places", "wanted"),
    [
        ([(0, 0, 2), (0, 0, 0)], math.log(8 / 6)),
        # Each place of looking counts once, however many it may look at.
        ([(0, 0, 2), (0, 1, 0), (0, 0, 0)], (math.log(8 / 6) + math.log(2)) / 2),
        ([], 0.0),
    ],
)
def test_looking_at_any_of_several_places(places: list[tuple[int, ...]], wanted: float) -> None:
    found = losses._any(SCORES, where(*places, width=3))
    assert float(found) == pytest.approx(wanted, abs=1e-6)


def test_parts_are_summed_by_their_weights() -> None:
    weights = Weights(copy=2.0, cited=0.5)
    found = {"copy": torch.tensor(3.0), "cited": torch.tensor(4.0)}
    assert float(total(found, weights)) == 8.0


def test_every_head_is_another_one() -> None:
    heads = Weights().heads
    assert len(set(heads)) == len(heads)
