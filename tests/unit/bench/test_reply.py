"""What the benchmark of replies keeps; what it measures needs processes."""

import json
import sys
from pathlib import Path

import pytest

import bench.reply

TREADLE = {"p50_ms": 400.0, "p95_ms": 500.0}
ECHO = {"p50_ms": 50.0, "p95_ms": 60.0}
OWN = {"own_ms": 100.0, "github_ms": 15.0, "calls": 8.0}
BOBBIN = {"p50_ms": 3000.04, "p95_ms": 4000.0}


def test_bobbin_is_kept_beside_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = tmp_path / "results" / "reply.json"
    monkeypatch.setattr(bench.reply, "RESULTS", results)
    asked = []

    def run(model: str, asks: int) -> dict[str, dict[str, float]]:
        asked.append((model, asks))
        one = {"treadle": TREADLE, "echo": ECHO, "own": OWN}
        return {"bobbin": BOBBIN} if model == "bobbin" else one

    monkeypatch.setattr(bench.reply, "_run", run)
    for arguments in (["--runs", "2"], ["--model", "bobbin", "--asks", "4", "--runs", "1"]):
        monkeypatch.setattr(sys, "argv", ["reply", *arguments])
        bench.reply.main()
    assert asked == [("extract", 30), ("extract", 30), ("bobbin", 4)]
    assert json.loads(results.read_text("utf-8")) == {
        "treadle": TREADLE,
        "echo": ECHO,
        "own": OWN,
        # 400 / 50, and 100 / 400.
        "ratio": {"p50": 8.0, "own_share": 0.25},
        "bobbin": {"p50_ms": 3000.0, "p95_ms": 4000.0},
    }
