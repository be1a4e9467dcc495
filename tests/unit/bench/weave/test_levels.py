from bench.weave.levels import beam, best_of_n, greedy, open_greedy
from bench.weave.meter import Meter
from tests.unit.bench.weave.spelled import Spelled, terms


def test_best_of_n_samples_whole_answers() -> None:
    # 8 pieces are 4 answers of 2: the lanes draw a, b, c, d, and after each an a.
    problem = Spelled(2, {"ca.": 1.0, "cb.": 9.0})
    meter = Meter(problem, 8)
    assert best_of_n(meter, terms(8, 2)) == "ca."
    assert (meter.pieces, meter.scored, meter.calls) == (8, 4, 2)


def test_greedy_follows_the_best_piece() -> None:
    # 6 pieces: a, b, c at first, of which b leads; then ba., bb., bc.
    problem = Spelled(2, {"b": 2.0, "bc.": 1.0, "ca.": 9.0})
    assert greedy(Meter(problem, 6), terms(6, 2)) == "bc."


def test_greedy_stops_at_an_end_and_open_greedy_goes_on() -> None:
    # 24 pieces on 3 levels: a to h at first, and h ends.
    problem = Spelled(3, {"h.": 5.0, "d": 4.0, "da": 4.0, "dab.": 6.0})
    assert greedy(Meter(problem, 24), terms(24, 3)) == "h."
    assert open_greedy(Meter(problem, 24), terms(24, 3)) == "dab."
    problem.scores["h."] = 7.0
    assert open_greedy(Meter(problem, 24), terms(24, 3)) == "h."


def test_a_beam_keeps_the_fourth_and_drops_the_fifth() -> None:
    # 12 pieces on 2 levels: a to f at first, of which four stay; then 2, 2, 1 and 1.
    scores = {"a": 6.0, "b": 5.0, "c": 4.0, "d": 3.0, "e": 2.0}
    problem = Spelled(2, scores | {"da.": 7.0, "ea.": 9.0})
    meter = Meter(problem, 12)
    assert beam(meter, terms(12, 2)) == "da."
    assert meter.pieces == 12
