"""The meter's arithmetic and its limits."""

import pytest

from app.domain import Usage
from app.models.metering import Meter, Prices


def test_prices_are_for_a_million_tokens_cached_ones_in_full() -> None:
    prices = Prices(read=2.0, written=10.0)

    # 500,000 * 2 / 1,000,000 + 100,000 * 10 / 1,000,000 = 1 + 1
    assert prices.of(Usage(read=500_000, cached=400_000, written=100_000)) == pytest.approx(2.0)


def test_usage_adds_up_with_its_cost() -> None:
    meter = Meter(Prices(read=1.0, written=3.0))

    meter.add(Usage(read=1_000_000, cached=10, written=0))
    meter.add(Usage(read=0, written=2_000_000, cost=0.5))

    # 1 * 1 + 2 * 3 + 0.5
    assert meter.usage == Usage(read=1_000_000, cached=10, written=2_000_000, cost=7.5)
    assert not meter.spent


@pytest.mark.parametrize(
    ("max_tokens", "max_cost", "usage", "spent"),
    [
        (0, 0.0, Usage(read=10**9), False),
        (100, 0.0, Usage(read=60, written=39), False),
        (100, 0.0, Usage(read=60, written=40), True),
        (100, 0.0, Usage(read=1000, cached=950, written=40), False),
        (0, 0.5, Usage(read=499_999), False),
        (0, 0.5, Usage(read=500_000), True),
        (0, 0.5, Usage(cost=0.5), True),
    ],
)
def test_limits(max_tokens: int, max_cost: float, usage: Usage, spent: bool) -> None:
    meter = Meter(Prices(read=1.0), max_tokens=max_tokens, max_cost=max_cost)

    meter.add(usage)

    assert meter.spent is spent
