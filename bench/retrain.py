"""What training brings for 10, 100 and 1,000 signals, and what it costs.

    python -m bench.retrain [--signals 64] [--kind votes] [--flipped 0.3] [--no-speed]

Simulated maintainers go by the rule that the playground prints: replies are to open with the same
two words. What they say becomes a snapshot, which a training process of the product's own learns
from and is measured on, and which the gate judges; only its look at memory and weights needs a
whole bot, and is left out. Beside that, pages of other documents are answered with each adapter.
A step of training is compared with one of TRL's own trainer on the same pairs. Runs that are asked
for by themselves are kept beside the others, as long as model and recipe are the same.
"""

import argparse
import json
import resource
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, get_args

import torch
from rich.console import Console
from rich.table import Table

from app.domain import Lesson, Progress
from app.flows.orders import shortfall
from app.flows.run_folder import RunFolder
from app.layouts import Layout
from app.models.trainer import Ended, Ending, Trainer, Wish
from app.store.tallies import Tally
from app.training import gate, snapshot
from app.training.base_hash import base_hash
from app.training.bobbin.corpus import HELD_OUT, documents
from app.training.bobbin.probe import Probe
from app.training.exact import sign_test
from app.training.recipe import Recipe
from app.training.rules import Rules
from app.training.spec import Spec
from app.training_settings import TrainingSettings
from bench import plain_dpo
from bench.simulated import Kind, Replied, Signals, lessons, pages, replies
from bench.unseen import Unseen

MODEL = Path(__file__).parents[1] / "app" / "models" / "bobbin"
RESULTS = Path(__file__).parent / "results" / "retrain.json"
PLANS = (
    *(Signals(count=count) for count in (10, 64, 100, 32)),
    *(Signals(count=count, flipped=share) for count in (64, 100) for share in (0.1, 0.3)),
    Signals(count=64, kind="votes"),
    Signals(count=64, kind="mixed"),
    *(Signals(count=count) for count in (300, 1000)),
)
"""What takes longest comes last."""
ASKED = 150
"""Pages of other documents that are answered with each adapter."""
ROWS: int = TrainingSettings.model_fields["training_rows"].default
"""Rows that a run wants unless told otherwise; smaller runs are made as if it were told."""
SPEED_PAIRS, SPEED_RUNS = 32, 3
Train = Callable[[Path, Callable[[Progress | None], Wish]], Ended]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """What runs are made with: the base's folder, its replies, other pages, what trains."""

    model: Path
    replied: Sequence[Replied]
    unseen: Unseen
    train: Train
    console: Console


def run(bench: Bench, signals: Signals) -> dict[str, Any]:
    """Makes one run, from signals to the gate's verdict; returns its figures.

    Raises:
        SystemExit: the training process failed.
    """
    taken = snapshot.take(lessons(bench.replied, signals))
    tally = Tally(rows=len(taken.lessons), pairs=taken.pairs, threads=taken.independent)
    found: dict[str, Any] = {
        "signals": signals.count,
        "kind": signals.kind,
        "flipped": signals.flipped,
        "rows": len(taken.lessons),
        "pairs": taken.pairs,
        "threads": taken.independent,
        "folds": taken.count,
        "refused": shortfall(tally, ROWS, Rules()),
    }
    if shortfall(tally, min(ROWS, tally.rows), Rules()):
        return found
    with tempfile.TemporaryDirectory() as scratch:
        folder = RunFolder(Path(scratch) / "run")
        folder.make()
        snapshot.write(taken, folder.path)
        _spec(bench.model).write(folder.path)
        processor = _processor_seconds()
        with bench.console.status("…") as status:
            ended = bench.train(folder.path, _shown(signals, status.update))
        if ended.ending is not Ending.DONE:
            raise SystemExit(f"training {ended.ending}: {ended.reason}")
        processor = _processor_seconds() - processor
        return found | _outcome(bench, folder) | {"processor_seconds": round(processor, 1)}


def _outcome(bench: Bench, folder: RunFolder) -> dict[str, Any]:
    result = folder.result()
    pairs = [pair for one in result.measured for pair in one.pairs]
    wins = sum(pair.gain > 0 for pair in pairs)
    verdict = gate.judge(result.measured, rules=Rules(columns=False))
    return {
        "steps": result.metrics["steps"],
        "seconds": result.metrics["seconds"],
        "megabytes": _megabytes(folder.path),
        "adapter_megabytes": _megabytes(folder.adapter),
        "preferred": {"won": wins, "of": len(pairs), "p": sign_test(wins, len(pairs))},
        "passed": verdict.passed,
        "failed": [finding.name for finding in verdict.findings if not finding.passed],
        "reasons": list(verdict.reasons),
        **bench.unseen.after(folder.adapter).figures(),
    }


def _spec(model: Path) -> Spec:
    return Spec(
        model=str(model),
        layout=Layout.NUMBERED,
        device="cpu",
        dtype="float32",
        # A run stands back for answers; here there are none, and its time is what is asked for.
        nice=0,
        recipe=Recipe.read(),
        adapter="r1-0001-bench",
    )


def _shown(signals: Signals, show: Callable[[str], object]) -> Callable[[Progress | None], Wish]:
    def look(progress: Progress | None) -> Wish:
        if progress is not None:
            show(f"{name(signals)}: {progress.phase} {progress.step}/{progress.steps}")
        return Wish.GO_ON

    return look


def name(signals: Signals) -> str:
    """Names a run for people."""
    flipped = f", {signals.flipped:.0%} flipped" if signals.flipped else ""
    return f"{signals.count:,} {signals.kind}{flipped}"


def speed(model: Path, taught: Sequence[Lesson]) -> dict[str, Any]:
    """Compares a step of training with one of TRL's own trainer, in turn; medians."""
    recipe = Recipe.read()
    ways = {"treadle": plain_dpo.treadle, "plain": plain_dpo.plain}
    costs: dict[str, list[plain_dpo.Cost]] = {way: [] for way in ways}
    for _ in range(SPEED_RUNS):
        for way, teach in ways.items():
            costs[way].append(teach(model, taught, recipe))
    found: dict[str, Any] = {"pairs": len(taught), "steps": costs["plain"][0].steps}
    for way, made in costs.items():
        for unit in ("seconds", "processor_seconds"):
            each = [getattr(cost, unit) / cost.steps for cost in made]
            found[f"{way}_{unit}"] = statistics.median(each)
    for unit in ("seconds", "processor_seconds"):
        found[f"ratio_{unit}"] = found[f"treadle_{unit}"] / found[f"plain_{unit}"]
    return found


def merged(kept: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Puts new results beside kept ones; those of another model, recipe or questions go."""
    if any(kept.get(name) != new[name] for name in ("base_hash", "recipe", "asked")):
        return {**new, "runs": sorted(new["runs"], key=_order)}
    runs = {_order(one): one for one in (*kept["runs"], *new["runs"])}
    memory = max(kept["memory_megabytes"], new["memory_megabytes"])
    return {**kept, **new, "runs": [runs[at] for at in sorted(runs)], "memory_megabytes": memory}


def _kept(found: dict[str, Any]) -> dict[str, Any]:
    """Puts new results beside kept ones on the disk; returns all."""
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    every = merged(kept, found)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(every, indent=1) + "\n", "utf-8")
    return every


def _order(one: dict[str, Any]) -> tuple[str, float, int]:
    return one["kind"], one["flipped"], one["signals"]


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _memory_megabytes() -> float:
    """Returns the most memory that any process had that this one started, in megabytes."""
    return round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000, 0)


def _megabytes(folder: Path) -> float:
    sizes = (path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return round(sum(sizes) / 1e6, 2)


def table(found: dict[str, Any]) -> Table:
    """Returns the table of all runs."""
    made = Table(title=f"{found['model']}, {found['threads']} threads")
    for column in ("", "rows/pairs/threads", "folds", "seconds", "prefers", "p"):
        made.add_column(column)
    for column in ("follows", "kept", "right", "gate"):
        made.add_column(column)
    before = {share: found["before"][share]["value"] for share in ("follows", "kept", "right")}
    made.add_row("the base alone", *[""] * 5, *(f"{value:.2f}" for value in before.values()), "")
    for one in found["runs"]:
        signals = Signals(count=one["signals"], kind=one["kind"], flipped=one["flipped"])
        counts = f"{one['rows']}/{one['pairs']}/{one['threads']}"
        if "passed" not in one:
            made.add_row(name(signals), counts, *[""] * 7, "not begun")
            continue
        preferred = one["preferred"]
        made.add_row(
            name(signals),
            counts,
            str(one["folds"]),
            f"{one['seconds']:.0f}",
            f"{preferred['won']}/{preferred['of']}",
            f"{preferred['p']:.2g}",
            *(f"{one[share]['value']:.2f}" for share in before),
            "passed" if one["passed"] else f"refused: {', '.join(one['failed'])}",
        )
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Makes the runs that are asked for, prints their table and keeps it as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", type=Path, default=MODEL, help="the base's folder")
    parser.add_argument("--signals", type=int, nargs="+", help="sizes; without it all runs")
    parser.add_argument("--kind", choices=get_args(Kind), default="edits")
    parser.add_argument("--flipped", type=float, default=0.0, help="share of wrong signals")
    parser.add_argument("--asked", type=int, default=ASKED, help="pages to try adapters on")
    parser.add_argument("--no-speed", action="store_true", help="leave TRL's trainer out")
    asked = parser.parse_args(arguments)
    console = Console()
    plans = PLANS
    if asked.signals:
        plans = tuple(
            Signals(count=count, kind=asked.kind, flipped=asked.flipped) for count in asked.signals
        )
    with console.status("reading documents, answering pages"):
        bench = _bench(asked.model, max(plan.count for plan in plans), asked.asked, console)
    made: dict[str, Any] = {
        "model": asked.model.name,
        "base_hash": base_hash(str(asked.model)),
        "recipe": Recipe.read().json(),
        "threads": torch.get_num_threads(),
        "asked": asked.asked,
        "before": bench.unseen.before().figures(),
    }
    for plan in plans:
        one = run(bench, plan)
        said = one["refused"] if "passed" not in one else " ".join(one["reasons"]) or "passed"
        console.print(f"{name(plan)}: {said}", markup=False, highlight=False)
        # After each, since the largest take long.
        found = _kept({**made, "runs": [one], "memory_megabytes": _memory_megabytes()})
    if not asked.no_speed:
        with console.status("timing steps beside TRL's trainer"):
            taught = lessons(bench.replied, Signals(count=min(SPEED_PAIRS, len(bench.replied))))
            found = _kept({**found, "speed": speed(asked.model, taught)})
    console.print(table(found))
    if "speed" in found:
        console.print(
            f"A step takes {found['speed']['treadle_seconds']:.2f} s, "
            f"{found['speed']['ratio_seconds']:.2f} times as long as with TRL's own trainer "
            f"({found['speed']['ratio_processor_seconds']:.2f} of the processor)."
        )


def _bench(model: Path, most: int, asked: int, console: Console) -> Bench:
    texts = documents(sorted(HELD_OUT))
    # The same split as where a style is taught to measure the built-in model.
    teaching, others = texts[::2], texts[1::2]
    given = list(islice(replies(Probe.load(model), pages(teaching, "taught")), most))
    return Bench(
        model=model,
        replied=given,
        unseen=Unseen(model, list(islice(pages(others, "unseen"), asked))),
        train=Trainer().run,
        console=console,
    )


if __name__ == "__main__":
    main()
