"""How well made-up names are told from true ones in drafts: precision and recall, by kind.

    python -m bench.grounding            # the half of the packages that nothing was tuned on
    python -m bench.grounding --half dev --show 20

Drafts are built over the trees of installed packages and this repository: true names are taken
from their files by other means than the product's, made-up ones are true ones changed as models
change them, until no file has them. Beside the product stands the plain way: every name has to
be a path, or stand in the sources. The halves have no package and no template in common.
"""

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from app.weave.claims import Claim
from app.weave.grounding import Grounding
from bench.grounded.drafts import Built, Item, drafts
from bench.grounded.names import KINDS
from bench.grounded.plain import Plain
from bench.grounded.trees import Tree, trees
from bench.measures import wilson

RESULTS = Path(__file__).parent / "results" / "grounding.json"
EACH = 30
"""Drafts a tree."""
WANTED = {"precision": 0.95, "recall": 0.90}


@dataclass
class Count:
    """Names of one kind: made-up ones that were found and all, and true ones that were blamed."""

    found: int = 0
    made_up: int = 0
    blamed: int = 0
    true: int = 0

    def add(self, item: Item, *, flagged: bool) -> None:
        """Counts one name of a draft."""
        self.made_up += not item.true
        self.true += item.true
        self.found += flagged and not item.true
        self.blamed += flagged and item.true

    def figures(self) -> dict[str, list[float]]:
        """Returns precision and recall, each with its 95 % interval."""
        flagged = self.found + self.blamed
        return {
            "precision": [self.found / flagged if flagged else 1.0, *wilson(self.found, flagged)],
            "recall": [
                self.found / self.made_up if self.made_up else 1.0,
                *wilson(self.found, self.made_up),
            ],
        }


@dataclass
class Tally:
    """What one way of checking found in all drafts; `faults` are its mistakes, to look at."""

    kinds: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def add(self, built: Built, flagged: Iterable[tuple[str, str, int, int]]) -> None:
        """Counts a draft, given (kind, text, start, end) of what was said not to exist."""
        hit: set[Item] = set()
        for kind, text, start, end in flagged:
            item = _meant(built.items, text, start, end)
            if item is None:
                self.kinds[kind].blamed += 1
                self.faults.append(f"{built.tree}: blamed {kind} {text!r}, which is no name")
            else:
                hit.add(item)
        for item in built.items:
            self.kinds[item.kind].add(item, flagged=item in hit)
            if item.true is (item in hit):
                said = "blamed" if item.true else "missed"
                self.faults.append(f"{built.tree}: {said} {item.kind} {item.text!r}")

    def figures(self) -> dict[str, object]:
        """Returns the figures of each kind and of all together."""
        every = Count()
        for count in self.kinds.values():
            for name in ("found", "made_up", "blamed", "true"):
                setattr(every, name, getattr(every, name) + getattr(count, name))
        counts = {**{kind: self.kinds[kind] for kind in KINDS}, "all": every}
        ordered = sorted(self.seconds)
        return {
            "kinds": {
                kind: {**count.figures(), "made_up": count.made_up, "true": count.true}
                for kind, count in counts.items()
            },
            "milliseconds": 1000 * sum(ordered) / len(ordered),
            "slowest_milliseconds": 1000 * ordered[-1],
        }


def _meant(items: Sequence[Item], text: str, start: int, end: int) -> Item | None:
    """Returns the name of a draft that is meant: the one that fits what was said best."""
    low = text.lower()
    near = [item for item in items if item.start < end and start < item.end]
    for fits in (
        lambda item: item.text.lower() == low,
        lambda item: low.endswith(item.text.lower()),
        lambda item: item.text.lower() in low or low in item.text.lower(),
    ):
        found = [item for item in near if fits(item)]
        if found:
            return min(found, key=lambda item: item.true)
    return None


def _placed(built: Built, names: Iterable[str]) -> list[tuple[str, str, int, int]]:
    """Finds names again in a draft, for a way of checking that does not say where they stand."""
    low = built.text.lower()
    found = []
    for name in names:
        at = low.find(name)
        places = [(item.start, item.end) for item in built.items if name in item.text.lower()]
        start, end = places[0] if places else (at, at + len(name))
        found.append(("symbol", name, start, end))
    return found


def measure(every: Sequence[Tree], half: str, each: int) -> dict[str, Tally]:
    """Checks the same drafts in both ways."""
    tallies = {"treadle": Tally(), "plain": Tally()}
    for tree in every:
        for built in drafts(tree, half, each, seed=0):
            started = time.perf_counter()
            lost = Grounding.of(tree.corpus, built.sources).ungrounded(built.text)
            tallies["treadle"].seconds.append(time.perf_counter() - started)
            tallies["treadle"].add(built, [_place(claim) for claim in lost])
            started = time.perf_counter()
            plain = Plain(tree.corpus.paths, [source.text for source in built.sources])
            missing = plain.missing(built.text)
            tallies["plain"].seconds.append(time.perf_counter() - started)
            tallies["plain"].add(built, _placed(built, missing))
    return tallies


def _place(claim: Claim) -> tuple[str, str, int, int]:
    return claim.kind.value, claim.text, claim.start, claim.end


def show(found: dict[str, dict[str, object]], title: str, console: Console) -> None:
    """Prints the figures beside the baseline's."""
    table = Table(title=title)
    for column in ("", "made up", "true", "precision", "95 %", "recall", "95 %", "plainly"):
        table.add_column(column)
    for kind in (*KINDS, "all"):
        mine = found["treadle"]["kinds"][kind]  # type: ignore[index]
        plain = found["plain"]["kinds"][kind]  # type: ignore[index]
        cells = []
        for name in ("precision", "recall"):
            value, low, high = mine[name]
            cells += [f"{value:.3f}", f"{low:.2f}-{high:.2f}"]
        beside = f"{plain['precision'][0]:.2f} / {plain['recall'][0]:.2f}"
        table.add_row(kind, str(mine["made_up"]), str(mine["true"]), *cells, beside)
    console.print(table)
    console.print(f"{found['treadle']['milliseconds']:.1f} ms a draft")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures, prints and keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--half", default="test", choices=("dev", "test"))
    parser.add_argument("--each", type=int, default=EACH, help="drafts a tree")
    parser.add_argument("--show", type=int, default=0, help="mistakes to print, on dev")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        tallies = measure(trees(options.half, Path(folder)), options.half, options.each)
    found = {way: tally.figures() for way, tally in tallies.items()}
    count = len(tallies["treadle"].seconds)
    console = Console()
    show(found, f"{count} drafts of the {options.half} half", console)
    if options.half == "dev":
        for fault in tallies["treadle"].faults[: options.show]:
            console.print(fault, markup=False, highlight=False)
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    kept[options.half] = {"drafts": count, "wanted": WANTED, **found}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
