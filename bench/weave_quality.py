"""How good the answers of the product's search are, beside six others at equal cost.

    python -m bench.weave_quality --problems 40 --families noisy lengths

Nine families of synthetic problems (bench/weave/families.py), the same problems, draws and
budgets of pieces for all. A quality of 0 is a plain sample's and 1 the best answer's, judged by
the truth. The baselines are told how long an answer may be, ours is not; what it
reaches where it is told is shown beside it. Only a run over all
families and budgets is kept.
"""

import argparse
import json
import platform
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.weave.families import FAMILIES
from bench.weave.summary import Interval, Summary
from bench.weave.trial import METHODS, OURS, TOLD, trials

BUDGETS = (72, 144, 288)
PROBLEMS = 400
RESULTS = Path(__file__).parent / "results" / "weave_quality.json"


def summaries(families: Sequence[str], budgets: Sequence[int], number: int) -> dict[int, Summary]:
    """Runs all searches; returns what came out for each budget."""
    ran = sorted(trials(families, list(METHODS), budgets, number), key=lambda trial: trial.budget)
    return {
        budget: Summary(list(group)) for budget, group in groupby(ran, lambda trial: trial.budget)
    }


def quality_table(budget: int, summary: Summary) -> Table:
    """Shows quality by family and method, and ours less the best baseline with its interval."""
    table = Table(title=f"quality with {budget} pieces (0 a plain sample, 1 the best)")
    for name in ("family", *summary.methods, "ours - best", "within 3 %"):
        table.add_column(name, justify="left" if name == "family" else "right")
    for family in summary.families:
        values = [f"{summary.row(family, m).quality.value:.3f}" for m in summary.methods]
        close = "yes" if summary.close(family) else "no"
        table.add_row(family, *values, _signed(summary.lead([family])), close)
    table.add_section()
    means = [f"{summary.overall(method).value:.3f}" for method in summary.methods]
    table.add_row("mean", *means, _signed(summary.lead(summary.families)), "")
    return table


def cost_table(budget: int, summary: Summary) -> Table:
    """Shows what a problem costs each method: means over families (of medians, for the time)."""
    table = Table(title=f"cost with {budget} pieces, means over families")
    for name in ("method", "scored texts", "calls", "most calls", "µs a piece", "ended"):
        table.add_column(name, justify="left" if name == "method" else "right")
    for method in summary.methods:
        rows = [summary.row(family, method) for family in summary.families]
        table.add_row(
            method,
            f"{_mean([row.scored for row in rows]):.0f}",
            f"{_mean([row.calls for row in rows]):.1f}",
            str(max(row.most_calls for row in rows)),
            f"{_mean([row.micros for row in rows]):.1f}",
            f"{_mean([row.finished for row in rows]):.2f}",
        )
    return table


def verdict(budget: int, summary: Summary) -> str:
    """Says in a line how ours compares with the best single baseline."""
    ratio, best = summary.ratio(), summary.leader(summary.families)
    line = (
        f"{budget} pieces: {OURS} reaches {ratio.value:.3f} times {best}"
        f" on the mean, the best baseline ({ratio.low:.3f} to {ratio.high:.3f})"
    )
    if TOLD in summary.methods:
        line += f", {summary.ratio(TOLD).value:.3f} where it is told the length too"
    line += f"; the best of all in each family, chosen afterwards, {_hindsight(summary):.3f} times"
    if "scaled" in summary.families:
        same = summary.same("scaled", OURS)
        line += f"; {same:.0%} of its answers stay the same when scores are scaled or shifted"
    return line


def figures(budget: int, summary: Summary) -> dict[str, object]:
    """Returns everything known of a budget, for JSON."""
    return {
        "budget": budget,
        "families": {
            family: {
                "best_baseline": summary.leader([family]),
                "ours_less_best": asdict(summary.lead([family])),
                "within_3_percent": summary.close(family),
                "methods": {
                    method: asdict(summary.row(family, method))
                    | {"variants": summary.variants(family, method)}
                    for method in summary.methods
                },
            }
            for family in summary.families
        },
        "mean": {method: asdict(summary.overall(method)) for method in summary.methods},
        "best_baseline": summary.leader(summary.families),
        "ratio": asdict(summary.ratio()),
        "ratio_told": asdict(summary.ratio(TOLD)),
        "ratio_in_hindsight": _hindsight(summary),
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Measures, prints and keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", type=int, default=PROBLEMS, help="of each family")
    parser.add_argument("--families", nargs="+", choices=FAMILIES, default=list(FAMILIES))
    parser.add_argument("--budgets", nargs="+", type=int, default=list(BUDGETS))
    parser.add_argument("--json", type=Path, help="keep the figures of this run here")
    given = parser.parse_args(argv)
    if given.problems < 2 or min(given.budgets) < 1:
        parser.error("give at least 2 problems and budgets of at least 1 piece")
    console = Console(width=140)
    made = summaries(given.families, given.budgets, given.problems)
    for budget, summary in made.items():
        for shown in (quality_table(budget, summary), cost_table(budget, summary)):
            console.print(shown)
    for budget, summary in made.items():
        console.print(verdict(budget, summary), soft_wrap=True)
    full = (len(given.families), given.budgets) == (len(FAMILIES), list(BUDGETS))
    kept = given.json or (RESULTS if full and given.problems >= PROBLEMS else None)
    if kept:
        kept.write_text(written(given.problems, made))


def written(problems: int, made: dict[int, Summary]) -> str:
    """Returns the figures as JSON, with four decimals."""
    figured = {
        "problems": problems,
        "python": platform.python_version(),
        "budgets": [figures(budget, summary) for budget, summary in made.items()],
    }
    rounded = json.loads(json.dumps(figured), parse_float=lambda number: round(float(number), 4))
    return json.dumps(rounded, indent=1) + "\n"


def _hindsight(summary: Summary) -> float:
    """Returns what no choice among the baselines and ours, not told the length, can exceed."""
    return summary.hindsight([method for method in summary.methods if method != TOLD])


def _signed(interval: Interval) -> str:
    return f"{interval.value:+.3f} ({interval.low:+.3f} to {interval.high:+.3f})"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


if __name__ == "__main__":
    main()
