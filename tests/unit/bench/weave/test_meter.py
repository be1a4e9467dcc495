import pytest

from bench.weave.families import Additive
from bench.weave.meter import Meter, OverBudgetError


def test_the_meter_stops_a_search_that_takes_too_much() -> None:
    problem = Additive(0)
    meter = Meter(problem, 4)
    meter.expand(["", ""], [2, 2])
    with pytest.raises(OverBudgetError, match="5 pieces asked for, 4 allowed"):
        meter.expand([""], [1])
    meter.score(["a"] * 5)
    with pytest.raises(OverBudgetError, match="6 texts scored for 4 pieces"):
        meter.score(["a"])


def test_draws_do_not_depend_on_the_order_of_asking() -> None:
    problem = Additive(0)
    [first, second] = Meter(problem, 9).expand(["", "abcdabcd"], [2, 2])
    meter = Meter(problem, 9)
    late = [meter.expand(["abcdabcd"], [1])[0][0] for _ in range(2)]
    assert [late, *meter.expand([""], [2])] == [second, first]
