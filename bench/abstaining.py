"""Whether the bot knows when the text has no answer: what it refuses, rightly and wrongly.

    python -m bench.abstaining
    TREADLE_MODEL=bobbin python -m bench.abstaining --model

The questions are those of `bench/questions/abstain_test.json`, written before anything was
tuned for them and held out since; `--set abstain` asks those that were tuned on. Each package
is asked ten questions that its text answers and ten that it does not: about its own subject
(near), about another product, about no software at all. A question is refused if the product,
with its own limit, posts no answer. With `--model` the set language model answers, and its
figures are kept apart under its name.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from app.domain import Dictionary, Question
from app.knowledge.index import IndexedCorpus
from app.models.catalogue import layout_of, open_model
from app.models.extract import Extract
from app.settings import load as settings
from app.weave.answer import Composer, ComposerConfig, ModelUse
from bench.answers import has_sentence
from bench.measures import area, bootstrap, curve, declined, wilson
from bench.questions import ABSTAINING, Answerable, QuestionSet, Unanswerable, load
from bench.shelf import corpora

RESULTS = Path(__file__).parent / "results" / "abstaining.json"
WANTED = {"refused_rightly": 0.90, "refused_wrongly": 0.05}
KINDS = ("near", "other product", "off topic")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one question; `kind` is empty and `right` told where there is an answer."""

    id: str
    kind: str
    confidence: float
    refused: bool
    right: bool | None = None


def ask(
    questions: QuestionSet, shelf: dict[str, IndexedCorpus], composer: Composer
) -> list[Outcome]:
    """Asks every question as a person would."""
    found = []
    every: list[Answerable | Unanswerable] = [*questions.answerable, *questions.unanswerable]
    for item in track(every, "Asking"):
        answer = composer.answer(
            Question(text=item.question),
            corpus=shelf[item.package],
            memories=(),
            dictionary=Dictionary(repository_id=0),
        )
        quotes = [quote.text for quote in answer.quotes]
        found.append(
            Outcome(
                id=item.id,
                kind="" if isinstance(item, Answerable) else item.kind,
                confidence=answer.confidence,
                refused=answer.abstained,
                right=has_sentence(quotes, item.answers) if isinstance(item, Answerable) else None,
            )
        )
    return found


def share(hits: Sequence[bool]) -> list[float]:
    """Returns a share and its 95 % interval."""
    return [sum(hits) / len(hits), *wilson(sum(hits), len(hits))]


def _declined(sure: Sequence[float], unsure: Sequence[float]) -> float:
    return declined(sure, unsure, WANTED["refused_wrongly"])


def summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Returns all figures; each is a share or area with its 95 % interval."""
    yes = [one for one in outcomes if not one.kind]
    no = [one for one in outcomes if one.kind]
    sure = [one.confidence for one in yes]

    def areas(group: Sequence[Outcome]) -> list[float]:
        others = [one.confidence for one in group]
        return [area(sure, others), *bootstrap(area, sure, others)]

    unsure = [one.confidence for one in no]
    groups = {kind: [one for one in no if one.kind == kind] for kind in KINDS}
    return {
        "questions": [len(yes), len(no)],
        "refused_rightly": share([one.refused for one in no]),
        "refused_wrongly": share([one.refused for one in yes]),
        "right_said": share([bool(one.right) for one in yes]),
        "area": areas(no),
        "declined_at_5": [
            _declined(sure, unsure),
            *bootstrap(_declined, sure, unsure),
        ],
        "kinds": {
            kind: {
                "questions": len(group),
                "refused": share([one.refused for one in group]),
                "area": areas(group),
            }
            for kind, group in groups.items()
            if group
        },
        "curve": curve(sure, unsure),
    }


def show(figures: dict[str, Any], name: str, console: Console) -> None:
    """Prints the figures, beside what is wanted."""
    table = Table(title=f"Abstaining, {name} questions ({figures['questions']})")
    for column in ("", "share", "95 %", "wanted"):
        table.add_column(column)

    def row(label: str, values: Sequence[float], wanted: str = "") -> None:
        value, low, high = values
        table.add_row(label, f"{value:.2f}", f"{low:.2f}-{high:.2f}", wanted)

    row("refused, no answer", figures["refused_rightly"], f"{WANTED['refused_rightly']:.2f}")
    for kind, values in figures["kinds"].items():
        row(f"  {kind} ({values['questions']})", values["refused"])
    row(
        "refused, answered by the text",
        figures["refused_wrongly"],
        f"{WANTED['refused_wrongly']:.2f}",
    )
    row("refused, no answer, with 5 % refused wrongly", figures["declined_at_5"])
    row("right sentence said", figures["right_said"])
    row("area under the operating curve", figures["area"])
    for kind, values in figures["kinds"].items():
        row(f"  {kind}", values["area"])
    console.print(table)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures, prints and keeps the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--set", default="abstain_test", choices=ABSTAINING, dest="name")
    parser.add_argument("--model", action="store_true", help="answer with the set language model")
    options = parser.parse_args(arguments)
    name = options.name
    questions = load(name)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        composer = Composer(Extract())
        if options.model:
            known = settings()
            model = stack.enter_context(closing(open_model(known)))
            use = ModelUse(layout=layout_of(known), pieces=known.model_pieces)
            config = ComposerConfig(prompt_tokens=known.model_prompt_tokens)
            composer = Composer.of(model, use, config)
            name = f"{name}, {model.name}"
        outcomes = ask(questions, corpora(questions.packages, Path(folder)), composer)
    figures = summary(outcomes)
    show(figures, name, Console())
    RESULTS.parent.mkdir(exist_ok=True)
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    kept[name] = {**figures, "outcomes": [asdict(one) for one in outcomes]}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
