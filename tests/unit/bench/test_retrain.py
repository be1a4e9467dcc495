"""What the benchmark of training makes of runs; a played training stands for the process."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from app.domain import Progress
from app.models.trainer import Ended, Ending, Wish
from app.training import measured, snapshot
from app.training.bobbin.pages import Page, Turn
from app.training.bobbin.shares import Share
from app.training.measured import Measured, PairMeasure
from app.training.spec import Spec
from bench.retrain import ROWS, Bench, merged, name, run, table
from bench.simulated import Replied, Signals
from bench.unseen import Shares
from tests.unit.training.told import named

SHARES = Shares(
    follows=Share(hits=9, total=10), kept=Share(hits=8, total=8), right=Share(hits=6, total=10)
)


def replied(at: int) -> Replied:
    sources = (f"Here is {named(at)}.", "Nothing is here.")
    asked = Page(sources=sources, turns=(Turn(question=f"where is {named(at)}?", gold=(0,)),))
    return Replied(page=asked, said=f"[1] {sources[0]}", shown=sources[0])


class Training:
    """Stands for the training process: all but the fourth of four pairs are won."""

    def __init__(self, ending: Ending = Ending.DONE) -> None:
        self.ending = ending
        self.specs: list[Spec] = []

    def __call__(self, folder: Path, look: Callable[[Progress | None], Wish]) -> Ended:
        self.specs.append(Spec.read(folder))
        look(None)
        look(Progress(phase="dpo", step=1, steps=2))
        held_out = snapshot.read(folder).held_out(0)
        pairs = [
            PairMeasure(
                reply_id=one.reply_id,
                thread=one.thread,
                weight=one.weight,
                chosen=-1.0 if at % 4 < 3 else -9.0,
                rejected=-5.0,
                base_chosen=-5.0,
                base_rejected=-5.0,
            )
            for at, one in enumerate(held_out)
        ]
        found = {
            "measured": [measured.to_json(Measured(pairs=tuple(pairs), change=0.5))],
            "seconds": 12.5,
            "steps": 84,
            "losses": {},
            "too_long": 0,
            "base_hash": "b",
        }
        (folder / "result.json").write_text(json.dumps(found))
        (folder / "adapter").mkdir()
        (folder / "adapter" / "adapter_model.safetensors").write_bytes(b"0" * 250_000)
        return Ended(ending=self.ending, reason="no memory")


def bench(train: Training, count: int = 64) -> Bench:
    unseen: Any = SimpleNamespace(after=lambda adapter: SHARES)
    return Bench(
        model=Path("models/bobbin"),
        replied=[replied(at) for at in range(count)],
        unseen=unseen,
        train=train,
        console=Console(file=io.StringIO()),
    )


def test_a_run_tells_what_was_measured_and_what_the_gate_says_of_it() -> None:
    train = Training()
    found = run(bench(train), Signals(count=64))
    assert (found["rows"], found["pairs"], found["threads"], found["folds"]) == (64, 64, 64, 1)
    assert found["refused"] == ""
    # 16 pairs are held out, of which 12 are won: p = .0384.
    assert found["preferred"] == {"won": 12, "of": 16, "p": pytest.approx(0.0384, abs=1e-4)}
    assert (found["steps"], found["seconds"], found["adapter_megabytes"]) == (84, 12.5, 0.25)
    assert found["megabytes"] > 0.25
    # Nothing of content was measured, which never passes; nothing is said of the columns.
    assert not found["passed"] and len(found["reasons"]) == len(found["failed"])
    assert "content" in found["failed"] and "worth" not in found["failed"]
    assert "preference" not in found["failed"]
    assert found["follows"]["value"] == 0.9 and found["right"]["n"] == 10
    (spec,) = train.specs
    assert (spec.model, spec.device, spec.nice) == ("models/bobbin", "cpu", 0)


@pytest.mark.parametrize(
    ("signals", "pairs"), [(Signals(count=10), 10), (Signals(count=64, kind="votes"), 0)]
)
def test_too_little_is_refused_in_words(signals: Signals, pairs: int) -> None:
    train = Training()
    found = run(bench(train), signals)
    assert train.specs == [] and "passed" not in found
    assert found["pairs"] == pairs
    assert str(ROWS) in found["refused"] and "16" in found["refused"]


def test_fewer_rows_than_usual_are_trained_on_where_a_gate_can_judge_them() -> None:
    train = Training()
    found = run(bench(train), Signals(count=32))
    assert len(train.specs) == 1 and found["folds"] == 4
    assert str(ROWS) in found["refused"] and "passed" in found


def test_a_training_that_fails_ends_the_benchmark() -> None:
    with pytest.raises(SystemExit, match="no memory"):
        run(bench(Training(Ending.FAILED)), Signals(count=64))


def test_single_runs_are_kept_beside_the_others_of_the_same_model() -> None:
    def found(base: str, **runs: int) -> dict[str, Any]:
        listed = [
            {"signals": int(size[1:]), "kind": "edits", "flipped": 0.0, "seconds": seconds}
            for size, seconds in runs.items()
        ]
        return {
            "base_hash": base,
            "recipe": {"length": 4096},
            "asked": 10,
            "runs": listed,
            "memory_megabytes": 100 * len(listed),
        }

    kept = {**found("a", s10=1, s100=2), "speed": {"steps": 1}}
    both = merged(kept, found("a", s64=3, s100=4))
    assert [(one["signals"], one["seconds"]) for one in both["runs"]] == [
        (10, 1),
        (64, 3),
        (100, 4),
    ]
    assert both["speed"] == {"steps": 1} and both["memory_megabytes"] == 200
    other = merged(kept, found("b", s64=3))
    assert [one["signals"] for one in other["runs"]] == [64] and "speed" not in other
    for change in ({"asked": 5}, {"recipe": {"length": 2048}}):
        other = merged(kept, {**found("a", s64=3), **change})
        assert [one["signals"] for one in other["runs"]] == [64]
    assert [one["signals"] for one in merged({}, found("a", s64=3, s10=1))["runs"]] == [10, 64]


def test_runs_are_shown_with_their_verdicts() -> None:
    found = {
        "model": "bobbin",
        "threads": 2,
        "before": SHARES.figures(),
        "runs": [run(bench(Training()), Signals(count=count)) for count in (10, 64)],
    }
    out = io.StringIO()
    Console(file=out, width=200).print(table(found))
    shown = {row[0]: row[1:] for row in map(cells, out.getvalue().splitlines()) if len(row) > 9}
    assert shown["10 edits"][0] == "10/10/10" and shown["10 edits"][-1] == "not begun"
    assert shown["64 edits"][:5] == ["64/64/64", "1", "12", "12/16", "0.038"]
    assert shown["64 edits"][-1].startswith("refused: content")


@pytest.mark.parametrize(
    ("signals", "words"),
    [
        (Signals(count=1000), "1,000 edits"),
        (Signals(count=64, kind="votes", flipped=0.3), "64 votes, 30% flipped"),
    ],
)
def test_runs_are_named(signals: Signals, words: str) -> None:
    assert name(signals) == words


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("│┃ ").replace("┃", "│").split("│")]
