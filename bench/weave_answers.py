"""How many of the needed facts answers state: the product's search beside other ways.

    python -m bench.weave_answers [--questions N] [--model NAME] [--model-url URL] [--fresh]

Questions are those of `bench/questions/single.json`, which one source answers, and
`several.json`, which need two to four. Each package is indexed like a repository. All ways are
given the same sources and the same scores of drafts. treadle is what a user gets; best-of-n,
greedy and MiniHF's Weave sample about as many tokens as it wrote for the question, 72 pieces at
most; a single sample is the model's first word. Where the sources seem to have no answer, all of
them say nothing. Packages are divided into a half for tuning and one that is reported. A run
that was stopped goes on where it was.
"""

import argparse
import json
import platform
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from app.bootstrap.composers import composer_config
from app.domain import Answer, Dictionary, Question
from app.flows.policy import Policy
from app.models.catalogue import BOBBIN, EXTRACT, addresses, layout_of, open_model
from app.models.extract import Extract
from app.ports.knowledge import Corpus
from app.ports.models import Model
from app.settings import load as settings
from app.weave.answer import Composer, ComposerConfig, ModelUse
from bench.answering.drafters import drafter
from bench.answering.kept import Kept
from bench.answering.outcome import Outcome, outcome
from bench.answering.summary import OURS, figures, rows, selections
from bench.answering.ways import SINGLE, WAYS, Way, single
from bench.questions.facts import NAMES, Inquiry, load, package
from bench.shelf import corpora

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "weave_answers.json"
PARTIAL = ROOT / "build" / "weave_answers"
PLAIN = "no model"
"""The product without a language model: what the ranking alone comes to."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures, prints and keeps the figures."""
    options = _options(arguments)
    known = settings(model=options.model, model_url=options.model_url)
    asked = {name: load(name)[: options.questions] for name in NAMES}
    kept = Kept(
        PARTIAL / f"{Path(known.model).name}.jsonl",
        {"model": known.model, "url": known.model_url}
        | {"questions": options.questions, "tokens": options.tokens},
        fresh=options.fresh,
    )
    console = Console(width=150)
    with tempfile.TemporaryDirectory() as folder, closing(open_model(known)) as model:
        with console.status("Indexing the packages …"):
            names = {one.package for some in asked.values() for one in some}
            shelf = corpora({name: package(name) for name in names}, Path(folder))
        bench = Bench(
            model=model,
            use=ModelUse(
                layout=layout_of(known), pieces=known.model_pieces, addresses=addresses(known)
            ),
            config=composer_config(known, Policy()),
            tokens=options.tokens,
        )
        for group, inquiry in _asked(asked, console):
            if not kept.has(inquiry.id):
                kept.add(bench.answered(inquiry, group, shelf[inquiry.package]))
    for name, found in selections(kept.outcomes).items():
        console.print(table(name, found))
    whole = options.questions is None and not options.tokens
    target = options.json or (RESULTS if whole and known.model == BOBBIN else None)
    if target:
        target.write_text(written(known.model, kept.outcomes), "utf-8")
    if whole:
        kept.drop()


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """Answers questions in every way with one model, under a repository's usual policy."""

    model: Model
    use: ModelUse
    config: ComposerConfig
    tokens: int = 0

    def answered(self, inquiry: Inquiry, group: str, corpus: Corpus) -> list[Outcome]:
        """Answers a question in each way, ours first, since the others may write as much.

        A single sample tells how long a piece is, and so how many pieces they are given.
        """

        def answer(way: str, composer: Composer) -> Answer:
            started = time.perf_counter()
            said = composer.answer(
                Question(text=inquiry.question),
                corpus=corpus,
                memories=(),
                dictionary=Dictionary(repository_id=0),
            )
            seconds = time.perf_counter() - started
            found.append(outcome(inquiry, said, corpus, group=group, way=way, seconds=seconds))
            return said

        found: list[Outcome] = []
        ours = answer(OURS, Composer.of(self.model, self.use, self.config))
        alone = answer(SINGLE, self._composer(single, self.use.pieces))
        each = max(1, alone.usage.written) / max(1, alone.pieces)
        pieces = max(1, round((self.tokens or ours.usage.written) / each))
        for name, way in WAYS.items():
            answer(name, self._composer(way, min(self.use.pieces, pieces)))
        answer(PLAIN, Composer(Extract(), self.config))
        return found

    def _composer(self, way: Way, pieces: int) -> Composer:
        use = replace(self.use, pieces=pieces)
        return Composer.drafting(drafter(way, self.model, use, self.config), self.config)


def table(name: str, outcomes: Sequence[Outcome]) -> Table:
    """Shows one selection of questions: what each way states, and ours less it."""
    made = rows(outcomes)
    questions = len({one.id for one in outcomes})
    shown = Table(title=f"{name}: {questions} questions")
    for title in ("", "facts", f"{OURS} less it", "", "grounded", "withheld", "words"):
        shown.add_column(title, justify="left" if not title else "right")
    for title in ("tokens written", "computed", "seconds"):
        shown.add_column(title, justify="right")
    for row in made:
        lead = (
            f"{row.lead.value:+.3f} ({row.lead.low:+.3f} to {row.lead.high:+.3f})"
            if row.lead
            else ""
        )
        shown.add_row(
            row.way,
            f"{row.facts.value:.3f} ({row.facts.low:.2f}-{row.facts.high:.2f})",
            lead,
            row.verdict,
            f"{row.grounded:.3f}",
            f"{row.withheld:.2f}",
            f"{row.words:.0f}",
            f"{row.written:.0f}",
            f"{row.computed:.0f}",
            f"{row.seconds:.2f}",
        )
    return shown


def written(model: str, outcomes: Sequence[Outcome]) -> str:
    """Returns the figures as JSON."""
    made = {
        "model": model,
        "python": platform.python_version(),
        "selections": figures(outcomes),
    }
    return json.dumps(made, indent=1) + "\n"


def _asked(
    asked: Mapping[str, Sequence[Inquiry]], console: Console
) -> Iterator[tuple[str, Inquiry]]:
    """Yields all questions with the name of their group, and shows how far it has come.

    Their order is mixed, and always the same, so that what a part of a run says is of all kinds.
    """
    every = [(group, inquiry) for group, some in asked.items() for inquiry in some]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        bar = progress.add_task("questions", total=len(every))
        for group, inquiry in sorted(every, key=lambda one: crc32(one[1].id.encode())):
            yield group, inquiry
            progress.advance(bar)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--questions", type=int, help="of each file the first so many")
    parser.add_argument("--model", default=BOBBIN, help="as TREADLE_MODEL (default: %(default)s)")
    parser.add_argument("--model-url", default="", help="as TREADLE_MODEL_URL")
    parser.add_argument("--tokens", type=int, default=0, help="that others may write at most")
    parser.add_argument("--fresh", action="store_true", help="do not go on where a run stopped")
    parser.add_argument("--json", type=Path, help="keep the figures of this run here")
    given = parser.parse_args(arguments)
    if given.model == EXTRACT:
        parser.error(f"{EXTRACT} is no model: it is measured beside any")
    return given


if __name__ == "__main__":
    main()
