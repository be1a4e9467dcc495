"""Writes the figures of `docs/training.md` from `bench/results/retrain.json`; run `make docs`."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "training.md"
RESULTS = ROOT / "bench" / "results" / "retrain.json"
BEGIN = "<!-- From here on `make docs` writes, from bench/results/retrain.json. -->"
END = "<!-- To here. -->"

SECTION = """
{table}

With {model}, and {threads} threads that share the minutes between them. Without an adapter
{follows} of the {asked} other questions are opened as taught, and {right} are answered by the
right sentence. No process needed more than {memory:,.0f} MB of memory, and an adapter takes
{adapter:.1f} MB. `python -m bench.retrain`
"""

REFUSAL = """
Asked to train on {signals:,} of them, the bot says:

> {refused}
"""

SPEED = """
A step of the preference stage takes {treadle_seconds:.2f} s, and {plain_seconds:.2f} s with TRL's
own `DPOTrainer` on the same {pairs} pairs: {ratio_seconds:.2f} times as long, and
{ratio_processor_seconds:.2f} times as much of the processor.
"""

HEAD = [
    "signals",
    "rows, pairs",
    "adapters taught",
    "moved towards what people chose, held out",
    "p",
    "opened as taught",
    "same sentences as before",
    "right sentence",
    "minutes of one core",
    "gate",
]


def fill(page: str, found: dict[str, Any]) -> str:
    """Returns a page with the figures between its two marks.

    Raises:
        ValueError: it has no such marks.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"docs/training.md lacks the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{section(found)}\n{END}{after}"


def section(found: dict[str, Any]) -> str:
    """Returns the table of all runs, and what holds for all of them."""
    made = [one for one in found["runs"] if "passed" in one]
    text = SECTION.format(
        table="\n".join(
            "| " + " | ".join(cells) + " |"
            for cells in (HEAD, ["---"] * len(HEAD), *map(_cells, found["runs"]))
        ),
        threads=found["threads"],
        model=found["model"],
        asked=found["asked"],
        follows=f"{found['before']['follows']['value']:.0%}",
        right=f"{found['before']['right']['value']:.0%}",
        memory=found["memory_megabytes"],
        adapter=max((one["adapter_megabytes"] for one in made), default=0.0),
    )
    few = [one for one in found["runs"] if "passed" not in one and one["kind"] == "edits"]
    text += "".join(REFUSAL.format(**one) for one in few[:1])
    return text + (SPEED.format(**found["speed"]) if "speed" in found else "")


def _cells(one: dict[str, Any]) -> list[str]:
    flipped = f", {one['flipped']:.0%} of them wrong" if one["flipped"] else ""
    first = [f"{one['signals']:,} {_KINDS[one['kind']]}{flipped}", f"{one['rows']}, {one['pairs']}"]
    if "passed" not in one:
        return [*first, *[""] * (len(HEAD) - 3), "not begun"]
    won = one["preferred"]
    shares = (one[name] for name in ("follows", "kept", "right"))
    return [
        *first,
        # With folds one more is taught, with everything, and kept.
        str(one["folds"] + 1 if one["folds"] > 1 else 1),
        f"{won['won']} of {won['of']}",
        f"{won['p']:.1g}",
        *(f"{share['value']:.0%} ({share['low']:.0%}–{share['high']:.0%})" for share in shares),
        # By the clock it depends on what else the machine does.
        f"{one['processor_seconds'] / 60:.1f}",
        "passed" if one["passed"] else f"refused: {', '.join(one['failed'])}",
    ]


_KINDS = {"edits": "edits", "votes": "votes", "mixed": "edits and votes, half each"}


def main() -> None:
    """Writes the page and says so."""
    found = json.loads(RESULTS.read_text("utf-8"))
    PAGE.write_text(fill(PAGE.read_text("utf-8"), found), "utf-8")
    print("docs/training.md written")


if __name__ == "__main__":
    main()
