"""The searches on problems with other parameters than those that the search was tuned on.

    python -m bench.weave_changed --problems 60

Six letters instead of 4, answers of 4 to 14 pieces, larger errors, ends and copies more and
less often, one key in five. Quality as in `bench.weave_quality`; ours beside the baselines that
lead there.
"""

import argparse
import statistics
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from bench.weave.families import Additive, Copies, Deceptive, EarlyEnd, Noisy, WholeOnly
from bench.weave.levels import beam, best_of_n, open_greedy
from bench.weave.meter import Meter, Method, Terms
from bench.weave.problem import Problem
from bench.weave.trial import OURS, treadle

SIZES = (4, 14)
LETTERS = 6
METHODS: Mapping[str, Method] = {
    "best-of-n": best_of_n,
    "open greedy": open_greedy,
    "beam": beam,
    OURS: treadle,
}


def changed(family: type[Problem], **constants: float) -> type[Problem]:
    """Returns a family with more letters, other lengths and other constants."""

    def begin(self: Problem, number: int) -> None:
        # Families choose letters and lengths themselves, so they are given them afterwards.
        family.__init__(self, number)
        Problem.__init__(self, number, alphabet=LETTERS, sizes=SIZES)
        if isinstance(self, Deceptive) and self.place:
            self.place = self.longest // 2

    return type(family.__name__, (family,), {"__init__": begin, **constants})


FAMILIES: Mapping[str, type[Problem]] = {
    "additive": changed(Additive),
    "deceptive, a key in 5": changed(Deceptive, KEYS=5),
    "noisy, error 0.35": changed(Noisy, ERROR=0.35),
    "early end, 0.2": changed(EarlyEnd, CHANCE=0.2),
    "early end, 0.5": changed(EarlyEnd, CHANCE=0.5),
    "whole only": changed(WholeOnly),
    "copies, 0.8": changed(Copies, CHANCE=0.8),
}


def quality(problem: Problem, method: Method, budget: int) -> float:
    """Returns how good a method's answer to a problem is."""
    terms = Terms(budget=budget, longest=problem.longest, seed=problem.number)
    return problem.quality(method(Meter(problem, budget), terms))


def main(argv: Sequence[str] | None = None) -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", type=int, default=60, help="of each family")
    parser.add_argument("--budgets", type=int, nargs="+", default=[72, 144, 288])
    given = parser.parse_args(argv)
    for budget in given.budgets:
        table = Table("family", *METHODS, title=f"quality with {budget} pieces")
        rows = []
        for name, family in FAMILIES.items():
            problems = [family(number) for number in range(given.problems)]  # type: ignore[call-arg]
            row = [
                statistics.fmean(quality(problem, method, budget) for problem in problems)
                for method in METHODS.values()
            ]
            rows.append(row)
            table.add_row(name, *(f"{value:.3f}" for value in row))
        means = [statistics.fmean(column) for column in zip(*rows, strict=True)]
        table.add_section()
        table.add_row("mean", *(f"{value:.3f}" for value in means))
        Console(width=100).print(table)


if __name__ == "__main__":
    main()
