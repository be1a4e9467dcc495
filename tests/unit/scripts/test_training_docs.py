"""The figures of docs/training.md are those of the benchmark; how they are laid out."""

import json
from typing import Any

import pytest

from scripts.training_docs import BEGIN, END, PAGE, RESULTS, fill

SHARE = {"value": 0.9, "low": 0.8, "high": 0.95, "n": 150}
RUN = {
    "signals": 1000,
    "kind": "edits",
    "flipped": 0.1,
    "rows": 990,
    "pairs": 980,
    "folds": 1,
    "adapter_megabytes": 0.54,
    "preferred": {"won": 88, "of": 98, "p": 0.00012},
    "passed": True,
    "failed": [],
    "seconds": 90.0,
    "processor_seconds": 162.0,
    "follows": SHARE,
    "kept": SHARE,
    "right": SHARE,
}
FEW = {
    "signals": 10,
    "kind": "edits",
    "flipped": 0.0,
    "rows": 10,
    "pairs": 10,
    "folds": 4,
    "refused": "There are 10 rows.",
}
FOUND: dict[str, Any] = {
    "model": "bobbin",
    "threads": 2,
    "asked": 150,
    "memory_megabytes": 640.0,
    "before": dict.fromkeys(("follows", "kept", "right"), SHARE),
    "runs": [
        FEW,
        RUN,
        {**RUN, "folds": 4, "passed": False, "failed": ["content", "votes"]},
    ],
    "speed": {
        "pairs": 32,
        "treadle_seconds": 0.4,
        "plain_seconds": 0.5,
        "ratio_seconds": 0.8,
        "ratio_processor_seconds": 0.75,
    },
}


def test_the_page_has_the_figures_of_the_benchmark() -> None:
    page = PAGE.read_text("utf-8")
    assert page == fill(page, json.loads(RESULTS.read_text("utf-8"))), "run `make docs`"


def test_runs_are_rows_between_the_marks() -> None:
    page = fill(f"# Training\n{BEGIN}\nold\n{END}\nThe end.\n", FOUND)
    assert page.startswith(f"# Training\n{BEGIN}\n") and page.endswith(f"{END}\nThe end.\n")
    assert "old" not in page and fill(page, FOUND) == page
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    assert {len(row) for row in rows[:2]} == {10}
    assert rows[2][0] == "10 edits" and rows[2][-1] == "not begun"
    assert rows[3] == [
        "1,000 edits, 10% of them wrong",
        "990, 980",
        "1",
        "88 of 98",
        "0.0001",
        *["90% (80%–95%)"] * 3,
        "2.7",
        "passed",
    ]
    # Four folds, and the one that is kept.
    assert rows[4][2] == "5" and rows[4][-1] == "refused: content, votes"
    assert "\n> There are 10 rows.\n" in page
    assert "640 MB" in page and "0.5 MB" in page and "0.80 times as long" in page


def test_without_a_measure_of_speed_nothing_is_said_of_it() -> None:
    slow = {name: value for name, value in FOUND.items() if name != "speed"}
    assert "times as long" not in fill(f"{BEGIN}\n{END}\n", slow)


def test_a_page_without_marks_is_not_written_over() -> None:
    with pytest.raises(ValueError, match="lacks the lines"):
        fill(f"# Training\n{BEGIN}\n", FOUND)
