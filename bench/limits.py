"""What keeping to GitHub's limits costs: a change of the ledger, for each that is sent.

    python -m bench.limits --calls 500

On SQLite and on Postgres: the time of one change where one thread makes them, where eight do
for installations of their own, and where eight do for the same one; and as a baseline the
same rules in memory. One that only reads asks the ledger for 25 at a time, so it costs a 25th.
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from app.github.ledger import ProcessLedger
from app.github.limits import rules_of
from app.ports.github import Ledger
from app.settings import load
from app.store import migrate, open_store
from bench.deliveries import postgres

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "limits.json"
THREADS = 8
# What a busy hour leaves behind: the most that has to be read and written.
RULES = replace(rules_of(load({})), pause=0.0, minute=10**6, hour=10**6, rest=10**7)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Milliseconds that one change took."""

    ledger: str
    threads: int
    installations: int
    p50_ms: float
    p99_ms: float


def measure(name: str, ledger: Ledger, threads: int, installations: int, calls: int) -> Outcome:
    """Changes a ledger from some threads, the calls shared among them."""
    times: list[float] = []

    def change(thread: int) -> None:
        for number in range(calls // threads):
            rule = partial(RULES.write, key=f"{thread}-{number}")
            began = time.perf_counter()
            ledger.change(1 + thread % installations, rule)
            times.append((time.perf_counter() - began) * 1000)

    running = [threading.Thread(target=change, args=(thread,)) for thread in range(threads)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    cuts = statistics.quantiles(times, n=100)
    return Outcome(
        ledger=name,
        threads=threads,
        installations=installations,
        p50_ms=round(cuts[49], 2),
        p99_ms=round(cuts[98], 2),
    )


@contextmanager
def ledgers(folder: Path) -> Iterator[Sequence[tuple[str, Ledger]]]:
    """Opens one of each kind."""
    with postgres(folder / "postgres") as url, ExitStack() as opened:
        found: list[tuple[str, Ledger]] = [("memory", ProcessLedger())]
        for name, address in (("sqlite", ""), ("postgres", url)):
            settings = load({}, data_dir=folder / name, database_url=address)
            migrate(settings)
            found.append((name, opened.enter_context(closing(open_store(settings))).limits))
        yield found


def main() -> None:
    """Measures all and writes the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=500)
    calls = parser.parse_args().calls
    with tempfile.TemporaryDirectory() as made, ledgers(Path(made)) as opened:
        outcomes = [
            measure(name, ledger, threads, installations, calls)
            for name, ledger in opened
            for threads, installations in ((1, 1), (THREADS, THREADS), (THREADS, 1))
        ]
    table = Table("ledger", "threads", "installations", "p50, ms", "p99, ms")
    for outcome in outcomes:
        table.add_row(*(str(value) for value in asdict(outcome).values()))
    Console().print(table)
    report = {
        "calls": calls,
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "runs": [asdict(outcome) for outcome in outcomes],
    }
    RESULTS.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
