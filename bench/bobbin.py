"""How good the built-in model is: all figures of its card, printed again.

    python -m bench.bobbin [--model FOLDER] [--set test] [--no-style] [--write]

Synthetic pages are of packages held out of its training, hand-written questions those of
`bench/questions`. `--write` keeps the figures in the model's folder and writes its card from
them; without it they are compared with those that the folder has. Those of the built-in model
go to `bench/results` too, if all are measured.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from app.training.bobbin import kept
from app.training.bobbin.card import FIGURES, figures, write
from app.training.bobbin.corpus import HELD_OUT, Missing, documents
from app.training.bobbin.evaluate import Content, ask, content, refusals, right, verdicts
from app.training.bobbin.heldout import question
from app.training.bobbin.lexical import Overlap
from app.training.bobbin.measures import GROUPS, shortfalls
from app.training.bobbin.pages import Page
from app.training.bobbin.probe import Probe
from app.training.bobbin.sets import Sets, build
from app.training.bobbin.shares import Share
from bench.hand import Written, written
from bench.questions import NAMES, load

MODEL = Path(__file__).resolve().parents[1] / "app" / "models" / "bobbin"
RESULTS = Path(__file__).parent / "results" / "bobbin.json"
SAME = 0.011
"""Shares further apart than this are not the card's: rounding may turn a page or two."""
TRAINED = {"style_led": 0.05, "style_after": 0.05}
"""The same for measures of an adapter that is trained anew: what rounding does to one step all
later ones build on, and machines round differently. Of 200 pages these are ten."""


def synthetic(probe: Probe, sets: Sets, overlap: Overlap) -> dict[str, Share]:
    """Measures everything that is made by rule."""
    return {
        **_named("synthetic", content(ask(probe, sets.synthetic))),
        **_named("far", content(ask(probe, sets.far))),
        "far_lexical": Share.of(
            overlap.best(question(page).question, page.sources) in question(page).gold
            for page in sets.far
        ),
        "quotes": verdicts(probe, sets.quotes),
        "addresses": verdicts(probe, sets.addresses),
        "two": right(probe, sets.two),
        "unknown": refusals(probe, sets.unknown),
        "hints": right(probe, sets.hints),
        "leads": right(probe, sets.leads),
    }


def _named(prefix: str, found: Content) -> dict[str, Share]:
    names = ("exact", "source", "restricted", "refused")
    return {f"{prefix}_{name}": getattr(found, name) for name in names}


def hand(probe: Probe, items: Sequence[Written]) -> dict[str, Share]:
    """Measures hand-written questions."""
    shares: dict[str, Share] = {}
    ways: tuple[tuple[str, Callable[[Written], Page]], ...] = (
        ("hand", lambda item: item.drawn),
        ("hard", lambda item: item.hard),
    )
    for name, page_of in ways:
        shares |= _named(name, content(ask(probe, [page_of(item) for item in items])))
        shares[f"{name}_lexical"] = Share.of(
            item.overlap.best(item.asked.question, page_of(item).sources)
            in question(page_of(item)).gold
            for item in items
        )
    return shares


def styled(folder: Path, sets: Sets) -> tuple[dict[str, Share], float]:
    """Teaches a style and measures it; returns the seconds of teaching too."""
    # Imports half of everything; without a style nothing of it is needed.
    from app.training.bobbin.style import measure  # noqa: PLC0415

    found = measure(folder, sets.lessons, sets.styled)
    shares = {"style_led": found.led, "style_before": found.before, "style_after": found.after}
    return shares, found.seconds


def show(shares: dict[str, Share], title: str, console: Console) -> None:
    """Prints what was measured."""
    table = Table(title=title)
    for column in ("", "share", "95 %", "wanted", "n"):
        table.add_column(column)
    for group in GROUPS:
        rows = [measure for measure in group.measures if measure.name in shares]
        if rows:
            table.add_row(f"[bold]{group.title}[/] ({group.about})")
        for measure in rows:
            share = shares[measure.name]
            low, high = share.interval
            wanted = "" if measure.wanted is None else f"{measure.wanted:.2f}"
            table.add_row(
                f"  {measure.label}",
                f"{share.value:.3f}",
                f"{low:.2f}-{high:.2f}",
                wanted,
                str(share.total),
            )
    console.print(table)


def differences(card: dict[str, Any], shares: dict[str, Share]) -> list[str]:
    """Says in words which shares are not those of the card."""
    return [
        f"{name} is {share.value:.3f}, {card['measures'][name]['value']:.3f} in the card"
        for name, share in shares.items()
        if abs(share.value - card["measures"][name]["value"]) > TRAINED.get(name, SAME)
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, prints and keeps the figures; 1 where they are not those of the card."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", type=Path, default=MODEL, help="the model's folder")
    parser.add_argument("--set", default="test", choices=(*NAMES, "tuning"), dest="name")
    parser.add_argument("--no-style", action="store_true", help="leave the taught style out")
    parser.add_argument("--write", action="store_true", help="write figures and card")
    asked = parser.parse_args(arguments)
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    if asked.write and (asked.no_style or asked.name != "test"):
        parser.error("the card has the figures of all measures, over the test questions")
    console = Console()
    started = time.perf_counter()
    probe = Probe.load(asked.model)
    try:
        texts = documents(sorted(HELD_OUT))
        sets = build(texts)
    except Missing as error:
        parser.error(str(error))
    names = ("dev", "more") if asked.name == "tuning" else (asked.name,)
    overlap = Overlap(sentence for each in texts for sentence in each.sentences)
    shares = synthetic(probe, sets, overlap)
    shares |= hand(probe, [item for name in names for item in written(load(name))])
    measured = time.perf_counter() - started
    seconds = 0.0
    if not asked.no_style:
        taught, seconds = styled(asked.model, sets)
        shares |= taught
    show(shares, f"{asked.model.name}, hand-written: {', '.join(names)}", console)
    console.print(f"measured in {measured:.0f} s; the style was taught in {seconds:.0f} s")
    for said in [] if asked.no_style else shortfalls({n: s.value for n, s in shares.items()}):
        console.print(f"not as wanted: {said}")
    if asked.model.resolve() == MODEL and not asked.no_style:
        RESULTS.parent.mkdir(exist_ok=True)
        results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
        results[asked.name] = {name: share.figures() for name, share in shares.items()}
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    if asked.write:
        parameters = sum(each.numel() for each in probe.model.parameters())
        facts = figures(
            asked.model, kept.read(), shares, parameters=parameters, style_seconds=seconds
        )
        write(asked.model, facts)
        return 0
    if asked.name != "test" or not (asked.model / FIGURES).exists():
        return 0
    differing = differences(json.loads((asked.model / FIGURES).read_text("utf-8")), shares)
    for said in differing:
        console.print(f"[red]{said}")
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main())
