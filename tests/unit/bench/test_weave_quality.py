import json
from pathlib import Path

import pytest

from bench.weave_quality import main, summaries


def test_a_run_prints_and_keeps_its_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "figures.json"
    main(["--problems", "4", "--families", "scaled", "--budgets", "72", "--json", str(kept)])
    [figures] = json.loads(kept.read_text())["budgets"]
    assert figures["families"]["scaled"]["methods"]["greedy"]["most_calls"] <= 9
    printed = capsys.readouterr().out
    assert "open greedy" in printed
    assert "treadle reaches" in printed


def test_the_bench_tells_good_searches_from_bad_ones() -> None:
    made = summaries(["additive"], [72], 12)[72]
    assert made.overall("greedy").value > made.overall("best-of-n").value > 0.03
    assert abs(made.overall("minihf").value) < made.overall("greedy").value
