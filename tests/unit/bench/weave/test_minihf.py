from bench.weave.meter import Meter
from bench.weave.minihf import minihf
from bench.weave.problem import END
from tests.unit.bench.weave.spelled import Spelled, terms


def test_minihf_takes_five_pieces_at_most_with_72() -> None:
    # 3 rounds of 24 pieces, 8 at a time, look at most 2 + 3 pieces deep.
    problem = Spelled(9, {})
    for seed in range(20):
        meter = Meter(problem, 72)
        text = minihf(meter, terms(72, 9, seed))
        assert len(text.rstrip(END)) <= 5
        assert meter.calls == 9


def test_minihf_is_a_draw_and_not_the_best_seen() -> None:
    # At a temperature of 0.25, a lead of 0.1 is worth 1.5 times the chance of another piece.
    problem = Spelled(1, {"a.": 0.1})
    found = {minihf(Meter(problem, 8), terms(8, 1, seed)) for seed in range(40)}
    assert len(found) > 3
    problem.scores = {"a.": 5.0}
    assert minihf(Meter(problem, 8), terms(8, 1)) == "a."
