from bench.weave.meter import Meter
from bench.weave.uct import uct
from tests.unit.bench.weave.spelled import Spelled, terms


def test_uct_learns_which_beginning_pays() -> None:
    scores = {f"c{letter}.": 1.0 for letter in "abcdefg"}
    found = uct(Meter(Spelled(2, scores), 60), terms(60, 2))
    assert found in scores
