"""One search on one problem, and all of them."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from multiprocessing import Pool

from app.weave.search import SearchConfig, weave
from bench.weave.families import FAMILIES
from bench.weave.levels import beam, best_of_n, greedy, open_greedy
from bench.weave.meter import Meter, Method, Terms
from bench.weave.minihf import minihf
from bench.weave.problem import END, Problem
from bench.weave.uct import uct


def treadle(meter: Meter, terms: Terms) -> str:
    """The product's search, which is not told how long an answer may be."""
    config = SearchConfig(budget=terms.budget, seed=terms.seed)
    return weave(None, expand=meter.expand, score=meter.score, config=config).text


def treadle_told(meter: Meter, terms: Terms) -> str:
    """The product's search, told how long an answer may be as the baselines are."""
    config = SearchConfig(budget=terms.budget, seed=terms.seed, max_pieces=terms.longest)
    return weave(None, expand=meter.expand, score=meter.score, config=config).text


PROCESSES = 2
OURS = "treadle"
TOLD = "treadle, told"
BASELINES: Mapping[str, Method] = {
    "minihf": minihf,
    "best-of-n": best_of_n,
    "greedy": greedy,
    "open greedy": open_greedy,
    "beam": beam,
    "uct": uct,
}
METHODS: Mapping[str, Method] = {**BASELINES, OURS: treadle, TOLD: treadle_told}


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """What a search made of a problem.

    Numbers with the same `seed` are the same problem but for its scores. `quality` is 0 where the
    answer is worth a plain sample and 1 where it is the hidden word; `finished` says whether the
    answer has ended; `scored` counts texts, `calls` those of `expand`; `micros` are microseconds
    of processor time a piece, spent in the search itself.
    """

    family: str
    variant: str
    number: int
    seed: int
    budget: int
    method: str
    text: str
    quality: float
    finished: bool
    pieces: int
    scored: int
    calls: int
    micros: float


@lru_cache(maxsize=1)
def problem_of(family: str, number: int) -> Problem:
    """Makes a problem, or gives the one made last again."""
    return FAMILIES[family](number)


def attempt(family: str, number: int, method: str, budget: int) -> Trial:
    """Runs a search on a problem.

    Raises:
        OverBudgetError: the search asked for more than it may.
    """
    problem = problem_of(family, number)
    meter = Meter(problem, budget)
    terms = Terms(budget=budget, longest=problem.longest, seed=problem.number)
    started = time.thread_time()
    text = METHODS[method](meter, terms)
    seconds = time.thread_time() - started - meter.seconds
    return Trial(
        family=family,
        variant=problem.variant,
        number=number,
        seed=problem.number,
        budget=budget,
        method=method,
        text=text,
        quality=problem.quality(text),
        finished=text.endswith(END),
        pieces=meter.pieces,
        scored=meter.scored,
        calls=meter.calls,
        micros=seconds / max(meter.pieces, 1) * 1e6,
    )


def trials(
    families: Sequence[str], methods: Sequence[str], budgets: Sequence[int], problems: int
) -> Iterator[Trial]:
    """Runs each search on the same problems, those with numbers below `problems`.

    Two processes share them: what a search costs is counted in its own processor time.
    """
    tasks = [(family, number) for family in families for number in range(problems)]
    run = partial(_on_one, methods=list(methods), budgets=list(budgets))
    with Pool(PROCESSES) as pool:
        for made in pool.imap(run, tasks, chunksize=16):
            yield from made


def _on_one(task: tuple[str, int], *, methods: list[str], budgets: list[int]) -> list[Trial]:
    return [attempt(*task, method, budget) for budget in budgets for method in methods]
