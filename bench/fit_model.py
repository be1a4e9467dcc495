"""Fits what a numbered model's word is worth: `model` in `app/weave/coefficients.json`.

    python -m bench.fit_model            prints cross-validated figures
    python -m bench.fit_model --write    also writes the file

The model is the one that the settings name, `TREADLE_MODEL=bobbin`. For each question of the
sets `dev` and `more` it is asked once about the page that it would answer from. The weights of
its likelihoods and of its yes and no are those under which the right sentences of the pages
are most probable, beside the ranking's own probabilities; that of its declining makes the
answerable questions most probable, beside the confidence. Each is chosen from a few values, 0
among them, and costs one nat unless it is 0 (Akaike's criterion), so that a model that adds
nothing gets no say; the figures leave one package out.
"""

import argparse
import itertools
import json
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from app.domain import Dictionary, Question
from app.knowledge.index import IndexedCorpus
from app.layouts import Layout, numbered
from app.layouts.templates import template
from app.models.catalogue import layout_of, open_model
from app.ports.models import Model
from app.settings import load as settings
from app.weave.confidence import confidence
from app.weave.drafting import ComposerConfig, Task
from app.weave.found import find
from app.weave.grounding import Grounding
from app.weave.judge import BOUND
from app.weave.lines import Lines
from app.weave.numbering import best, page, room
from app.weave.page_search import FLOOR
from app.weave.phrase_score import PhraseScore
from app.weave.quoting import evaluator_of
from app.weave.relevance import logit, probability
from bench.answers import has_sentence
from bench.fit import FILE, SETS
from bench.questions import Answerable, Unanswerable
from bench.questions import load as questions
from bench.shelf import corpora

SAMPLES = 9
GRIDS = {
    "likelihood": (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0),
    "quotes": (0.0, 0.05, 0.1, 0.2, 0.4),
    "addresses": (0.0, 0.05, 0.1, 0.2, 0.4),
}
DECLINED = (0.0, -0.25, -0.5, -1.0, -1.5, -2.0, -3.0)
JUDGED = ("quotes", "addresses")
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What a model says of one question's page of n sentences.

    `ranked` (n) are the ranking's log-probabilities, `says` (n, 3) the model's word in the
    order of `GRIDS`, `right` (n) whether a sentence answers; `sure` is the log-odds of the
    confidence, `declined` the share of samples that say that there is no answer.
    """

    package: str
    answerable: bool
    ranked: Floats
    says: Floats
    right: NDArray[np.bool_]
    sure: float
    declined: float


def measure(
    model: Model, item: Answerable | Unanswerable, corpus: IndexedCorpus, config: ComposerConfig
) -> Sample | None:
    """Asks a model about a question's page; None where nothing was found to lay out."""
    asked = Question(text=item.question)
    found = find(asked, corpus, (), retrieved=config.retrieved)
    dictionary = Dictionary(repository_id=0)
    task = Task(
        question=asked,
        found=found,
        facts=corpus.facts,
        dictionary=dictionary,
        phrases=PhraseScore(dictionary),
        grounding=Grounding.of(corpus, found.sources),
    )
    chosen = best(evaluator_of(task), room(config))
    if not chosen:
        return None
    lines = Lines(chosen)
    said = [lines.line(text) for text in lines.texts]
    with closing(model.session(page(task, chosen), seed=config.seed)) as session:
        pieces = session.expand([""], [SAMPLES])[0]
        likely = np.array(session.logprob(said) or [0.0] * len(said))
        judged = [
            np.clip(session.yes_no(said, numbered.check(template(f"judge/{name}"))), -BOUND, BOUND)
            for name in JUDGED
        ]
    heard = lines.hear([piece.text for piece in pieces])
    # What writes nonsense has no say, here as in the product.
    likely = heard.readable * np.maximum(FLOOR, likely - likely.max())
    answers = item.answers if isinstance(item, Answerable) else ()
    return Sample(
        package=item.package,
        answerable=isinstance(item, Answerable),
        ranked=np.log([probability(verdict.odds) for verdict in chosen]),
        says=np.column_stack([likely, *judged]),
        right=np.array([has_sentence([text], answers) for text in lines.texts]),
        sure=logit(confidence(found.signs)),
        declined=heard.declined,
    )


def chances(sample: Sample, weights: Sequence[float]) -> Floats:
    """Returns each sentence's probability of being the answer, ranking and model together."""
    scores = sample.ranked + sample.says @ np.array(weights)
    raised = np.exp(scores - scores.max())
    return np.asarray(raised / raised.sum())


def fit_says(data: Sequence[Sample], names: Sequence[str]) -> tuple[float, ...]:
    """Returns the weights, of those that may be more than 0, that suit the right sentences."""
    usable = [sample for sample in data if sample.right.any()]
    grids = [values if name in names else (0.0,) for name, values in GRIDS.items()]

    def worth(weights: Sequence[float]) -> float:
        return sum(
            float(np.log(chances(sample, weights)[sample.right].sum() + 1e-12)) for sample in usable
        ) - sum(map(bool, weights))

    return max(itertools.product(*grids), key=worth)


def fit_declined(data: Sequence[Sample]) -> float:
    """Returns the weight of declining that suits which questions are answerable."""

    def worth(weight: float) -> float:
        sure = [probability(one.sure + weight * one.declined) for one in data]
        return sum(
            float(np.log(chance if one.answerable else 1 - chance))
            for one, chance in zip(data, sure, strict=True)
        ) - bool(weight)

    return max(DECLINED, key=worth)


def first_right(data: Sequence[Sample], weights: Sequence[float]) -> list[bool]:
    """Tells of each answerable question whether the first choice is right."""
    return [
        bool(sample.right[np.argmax(chances(sample, weights))])
        for sample in data
        if sample.answerable
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures, fits, prints cross-validated figures, and writes the file if told to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write coefficients.json")
    parser.add_argument("--addresses", action="store_true", help="fit the third weight as well")
    options = parser.parse_args(arguments)
    console = Console()
    known = settings()
    if layout_of(known) is not Layout.NUMBERED:
        parser.error("set TREADLE_MODEL=bobbin")
    names = ("likelihood", *(JUDGED if options.addresses else JUDGED[:1]))
    config = ComposerConfig(prompt_tokens=known.model_prompt_tokens)
    with tempfile.TemporaryDirectory() as folder, closing(open_model(known)) as model:
        sets = [questions(name) for name in SETS]
        shelf = corpora(
            {name: one for each in sets for name, one in each.packages.items()}, Path(folder)
        )
        items = [item for each in sets for item in (*each.answerable, *each.unanswerable)]
        measured = (measure(model, item, shelf[item.package], config) for item in items)
        data = [sample for sample in measured if sample is not None]
    before: list[bool] = []
    after: list[bool] = []
    for package in sorted({sample.package for sample in data}):
        weights = fit_says([one for one in data if one.package != package], names)
        left = [one for one in data if one.package == package]
        before += first_right(left, (0.0,) * len(GRIDS))
        after += first_right(left, weights)
        console.print(f"without {package}: {dict(zip(GRIDS, weights, strict=True))}")
    alone = [bool(one.right[np.argmax(one.says[:, 0])]) for one in data if one.answerable]
    console.print(
        f"left out, right sentence first: ranking {np.mean(before):.3f}, "
        f"with the model {np.mean(after):.3f}, the model alone {np.mean(alone):.3f}"
    )
    declined = [
        float(np.mean([one.declined for one in data if one.answerable is kind]))
        for kind in (True, False)
    ]
    console.print(f"declined: {declined[0]:.3f} of answerable, {declined[1]:.3f} of the others")
    fitted = dict(zip(GRIDS, fit_says(data, names), strict=True))
    model_weights = {**fitted, "declined": fit_declined(data)}
    console.print(model_weights)
    if options.write:
        kept = json.loads(FILE.read_text("utf-8"))
        if not options.addresses:
            model_weights["addresses"] = kept["model"]["addresses"]
        FILE.write_text(json.dumps({**kept, "model": model_weights}, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
