"""The section of `docs/figures.md` about the search on synthetic problems."""

from typing import Any

INTRODUCTION = """
## The search, on synthetic problems

Quality of the answers, 0 a plain sample's and 1 the best answer's, over {problems} problems of each
family (`bench/weave/families.py`); all searches have the same pieces, and only the baselines are
told how long answers are. *Near* says whether ours is not significantly below 97 % of the
family's best baseline. 95 % intervals in brackets, paired over problems.
[How it works](weave.md). `python -m bench.weave_quality`
"""


def search(found: dict[str, Any]) -> str:
    """The section: a table for each budget, and a line that compares the means."""
    parts = [INTRODUCTION.format(problems=found["problems"])]
    for one in found["budgets"]:
        methods = list(one["mean"])
        head = [f"{one['budget']} pieces", *methods, "near"]
        rows = [
            [
                family,
                *(_value(row["methods"][method]["quality"]) for method in methods),
                "yes" if row["within_3_percent"] else "no",
            ]
            for family, row in one["families"].items()
        ]
        rows.append(["**mean**", *(_value(one["mean"][method]) for method in methods), ""])
        parts.append(_table(head, rows))
        ratio, costs = one["ratio"], _costs(one)
        parts.append(
            f"{ratio['value']:.2f} times {one['best_baseline']}, the best baseline on the mean"
            f" ({ratio['low']:.2f}–{ratio['high']:.2f}); {costs}."
        )
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _costs(one: dict[str, Any]) -> str:
    """Says what ours costs beside greedy."""
    rows = [family["methods"] for family in one["families"].values()]
    most = max(row["treadle"]["most_calls"] for row in rows)
    ours, plain = (
        sum(row[method]["micros"] for row in rows) / len(rows) for method in ("treadle", "greedy")
    )
    return f"at most {most} calls, {ours:.0f} µs a piece in the search, greedy {plain:.1f}"


def _value(interval: dict[str, float]) -> str:
    return f"{interval['value']:.3f}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
