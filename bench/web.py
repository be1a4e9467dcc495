"""What the web process costs before its first delivery: import time, memory, no torch.

    python -m bench.web --runs 3

Beside it stands the import of FastAPI with uvicorn and SQLAlchemy alone.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results" / "web.json"
TARGETS = {
    "treadle web": "import app.main, app.serving",
    "bare FastAPI": "import fastapi, uvicorn, sqlalchemy",
}
PROBE = """
import json, sys, time
start = time.perf_counter()
{statement}
seconds = time.perf_counter() - start
with open("/proc/self/status") as status:
    kilobytes = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
heavy = sorted(set(sys.modules) & {{"torch", "transformers", "peft", "trl", "datasets"}})
print(json.dumps({{"seconds": seconds, "megabytes": kilobytes / 1024, "heavy": heavy}}))
"""


def main() -> None:
    """Runs the benchmark, prints its table and keeps it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    figures = {}
    for name, statement in TARGETS.items():
        runs = [_probe(statement) for _ in range(options.runs)]
        figures[name] = {
            "seconds": round(statistics.median(run["seconds"] for run in runs), 2),
            "megabytes": round(statistics.median(run["megabytes"] for run in runs)),
            "language models loaded": runs[0]["heavy"],
        }
    table = Table(title=f"Web process, median of {options.runs} starts")
    for column in ("", "import, s", "memory, MB", "language models loaded"):
        table.add_column(column)
    for name, row in figures.items():
        loaded = ", ".join(row["language models loaded"]) or "none"
        table.add_row(name, str(row["seconds"]), str(row["megabytes"]), loaded)
    Console().print(table)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=2) + "\n")


def _probe(statement: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(statement=statement)],
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(done.stdout))


if __name__ == "__main__":
    main()
