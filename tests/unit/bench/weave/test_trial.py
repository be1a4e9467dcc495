import pytest

from bench.weave.families import FAMILIES
from bench.weave.trial import BASELINES, METHODS, attempt, trials


@pytest.mark.parametrize("family", FAMILIES)
def test_nobody_spends_more_than_the_budget(family: str) -> None:
    # A search that did would be stopped by an OverBudgetError.
    for trial in trials([family], list(METHODS), [1, 2, 7, 25, 72, 90], 4):
        assert 1 <= trial.pieces <= trial.budget
        assert trial.scored <= 1.25 * trial.budget
        assert trial.text
        assert -1 < trial.quality <= 1


@pytest.mark.parametrize("method", BASELINES)
def test_nearly_all_of_the_budget_is_used(method: str) -> None:
    trial = attempt("additive", 0, method, 144)
    assert trial.pieces > 144 - 10


def test_the_same_seed_gives_the_same_trials() -> None:
    def run() -> list[tuple[str, int, int]]:
        families = ["noisy", "skewed", "copies"]
        return [(t.text, t.pieces, t.calls) for t in trials(families, list(METHODS), [72], 2)]

    assert run() == run()


@pytest.mark.parametrize("method", ["greedy", "open greedy", "beam", "best-of-n", "treadle"])
def test_the_scale_of_the_scores_changes_nothing(method: str) -> None:
    for first in (0, 4, 8):
        assert len({attempt("scaled", first + n, method, 72).text for n in range(4)}) == 1
